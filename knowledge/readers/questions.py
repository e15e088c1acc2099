"""Two published sets of questions, read as the texts that answer them: PubMedQA and MedQuAD."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from bedside.core.errors import SourceError
from bedside.core.types import content_id

from .archive_members import Item
from .document import Document, Section
from .jsonvalue import parsed
from .read_session import Run
from .rows import json_lines
from .streams import whole
from .xml import year_in

if TYPE_CHECKING:
    from bedside.core.types import Record


_MEDQUAD = {"focus": "focus", "publisher": "source"}


def read_pubmedqa(item: Item, stream: BinaryIO, run: Run) -> Iterator[Record]:
    """The abstracts of PubMedQA (https://pubmedqa.github.io), `PMID:…`, with their section labels.

    Question and long answer are left out: the question is the article's title, the answer its conclusion, and whoever
    searches with the one would find it in the other. `pubmedqa_reader` takes them in.
    """
    yield from _pubmedqa(item, stream, run, questions=False)


def pubmedqa_reader(*, questions: bool) -> Callable[[Item, BinaryIO, Run], Iterator[Record]]:
    """`read_pubmedqa` with the question as title and the long answer as a section of its own, if `questions`."""
    return lambda item, stream, run: _pubmedqa(item, stream, run, questions=questions)


def _pubmedqa(item: Item, stream: BinaryIO, run: Run, *, questions: bool) -> Iterator[Record]:

    value = parsed(whole(stream, item.where), item.where)
    if not isinstance(value, dict) or not value:
        raise SourceError(
            f"{item.where} contains no PubMedQA records", hint='{"PMID": {"CONTEXTS": [...], "LABELS": [...]}}'
        )
    for pmid, record in value.items():
        texts, labels = _texts(record, "CONTEXTS"), _texts(record, "LABELS")
        if not pmid.isdigit() or not texts or (labels and len(labels) != len(texts)):
            raise SourceError(f"{item.where}: the record {pmid[:20]!r} is not in PubMedQA's form")
        sections = [Section(label, text) for label, text in zip(labels or ["Abstract"] * len(texts), texts, strict=True)]
        if questions and isinstance(record.get("LONG_ANSWER"), str):
            sections.append(Section("CONCLUSION", record["LONG_ANSWER"]))
        document = Document(
            id=f"PMID:{pmid}",
            title=str(record.get("QUESTION") or "") if questions else "",
            sections=tuple(sections),
            url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/",
            year=year_in(str(record.get("YEAR") or "")),
            pmid=pmid,
            mesh=tuple(_texts(record, "MESHES")),
        )
        yield from run.passages(document, item.where, kind="abstract")


def _texts(record: Any, key: str) -> list[str]:
    found = record.get(key) if isinstance(record, dict) else None
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def read_medquad(item: Item, stream: BinaryIO, run: Run) -> Iterator[Record]:
    """MedQuAD's answers (https://github.com/abachaa/MedQuAD), one JSON object a line: the question is the title, the answer
    the text, `focus` (the disease or drug), `publisher` (the institute) and `row` (the id of the line) are fields.

    Ids of lines recur in the set, also within one institute; with the question they don't, so a document is named by
    institute, id and a hash of the question.
    """
    for number, row in json_lines(stream, item.where):
        where = f"{item.where} line {number}"
        ident, question, answer = (row.get(key) for key in ("id", "question", "answer"))
        if not all(isinstance(value, str) and value.strip() for value in (ident, question, answer)):
            raise SourceError(f"{where} has no id, question or answer")
        more = {"row": str(ident), **{name: str(row[key]) for name, key in _MEDQUAD.items() if row.get(key)}}
        mark = content_id("q", question)[2:10]
        url = str(row.get("url") or "")
        document = Document(
            id=":".join(filter(None, (more.get("publisher"), str(ident), mark))),
            title=str(question).strip(),
            sections=(Section("", str(answer)),),
            url=url if url.startswith(("http://", "https://")) else "",
        )
        yield from run.passages(document, where, more=more)
