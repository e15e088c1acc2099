"""What every reader of documents makes, and how it becomes passages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bedside.core.types import Passage, Scalar

from .cutting import cut

MOST_TITLE = 2_000
MOST_FIELD = 8_000
"""Characters of a title (heading, URL) and of any other field: every passage repeats them, so they must have an end."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document. `heading` is its path of headings ("Methods > Patients"; empty for text without one), `page`
    the number of the page (from 1) where the format has pages. Offsets of passages count in `text`."""

    heading: str
    text: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One article, book page or case.

    `id` names it within its source (`PMID:123`, `PMC:123`, the path of a file). `types` are publication types in the words
    of the source, `notices` sentences for people ("Retracted: see PMID 123."), `retracted` whether it is withdrawn: such a
    document is kept, and must never be the only support of a sentence.
    """

    id: str
    title: str
    sections: tuple[Section, ...]
    url: str = ""
    year: int | None = None
    journal: str = ""
    doi: str = ""
    pmid: str = ""
    mesh: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    retracted: bool = False


def passages(
    source_id: str, document: Document, *, kind: str = "passage", more: Mapping[str, Scalar] | None = None
) -> Iterator[Passage]:
    """Whole-sentence cuts of about 1,000 characters, each with its place.

    `fields` of each: `document`, `start` and `end` (characters of the section's text) and, where there is one, `section`
    (heading), `part` (which section, from 0, when there are several), `page`, `year`, `journal`, `type`, `mesh` (several are
    joined with "; "), `retracted` (True), `notice`, and `more`. `doc_id` is the document's id for the passage at its very
    start and `id#…` for the others, so that the same words twice are two passages.
    """
    references = ((f"PMID:{document.pmid}",) if document.pmid else ()) + ((f"DOI:{document.doi}",) if document.doi else ())
    common: dict[str, Scalar] = {"document": document.id, **(more or {})}
    if document.year is not None:
        common["year"] = document.year
    for name, value in (
        ("journal", document.journal),
        ("type", "; ".join(document.types)),
        ("mesh", "; ".join(document.mesh)),
        ("notice", " ".join(document.notices)),
    ):
        if value:
            common[name] = _short(value, MOST_FIELD)
    title, url = _short(document.title, MOST_TITLE), document.url if len(document.url) <= MOST_TITLE else ""
    if document.retracted:
        common["retracted"] = True
    for part, section in enumerate(document.sections):
        where = dict(common)
        if section.heading:
            where["section"] = _short(section.heading, MOST_TITLE)
        if len(document.sections) > 1:
            where["part"] = part
        if section.page is not None:
            where["page"] = section.page
        for start, end in cut(section.text):
            yield Passage.of(
                source_id=source_id,
                doc_id=_place(document.id, part, start),
                text=section.text[start:end],
                title=title,
                kind=kind,
                url=url,
                references=references,
                fields={**where, "start": start, "end": end},
            )


def _short(value: str, most: int) -> str:
    return value if len(value) <= most else value[: most - 1] + "…"


def _place(ident: str, part: int, start: int) -> str:
    if part:
        return f"{ident}#{part}.{start}"
    return f"{ident}#{start}" if start else ident
