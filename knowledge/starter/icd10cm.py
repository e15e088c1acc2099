"""ICD-10-CM: every code as a term to search for, with its place in the hierarchy in the graph."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from bedside.core.errors import SourceError
from bedside.core.host.registered import KnowledgeSource
from bedside.core.types import GraphEdge, GraphNode, Term

from .files import data_file, version_of

if TYPE_CHECKING:
    from bedside.core.types import Record

ID = "icd10cm"
PACKAGE = "simple-icd-10-cm"


def tabular_path() -> Path:
    return data_file("simple_icd_10_cm", PACKAGE, "data/icd10c-tabular-April-1-2026.xml")


def version() -> str:
    for _, element in ElementTree.iterparse(tabular_path()):
        if element.tag == "version":
            return f"{element.text} (April 1, 2026), {PACKAGE} {version_of(PACKAGE)}"
    raise SourceError("the ICD-10-CM tabular list has no version", supplier=PACKAGE)


def listed() -> set[str]:
    """Every code of the release without its dot (and the headings)."""
    path = data_file("simple_icd_10_cm", PACKAGE, "data/code-list-April-2026.txt")
    return set(path.read_text(encoding="utf-8").split())


def records() -> Iterator[Record]:
    path = tabular_path()
    valid = listed()
    try:
        for _, element in ElementTree.iterparse(path):
            if element.tag == "section":
                for code in element.findall("diag"):
                    yield from _code(code, None, None, valid)
                element.clear()
    except ElementTree.ParseError as error:
        raise SourceError(f"{path.name} is not well-formed XML", hint=f"reinstall {PACKAGE}", supplier=PACKAGE) from error


def _code(
    element: ElementTree.Element, parent: tuple[str, str] | None, sevenths: dict[str, str] | None, valid: set[str]
) -> Iterator[Record]:
    code, name = element.findtext("name", ""), " ".join(element.findtext("desc", "").split())
    if not code or not name:
        return
    found = element.find("sevenChrDef")
    if found is not None:
        sevenths = {one.get("char", ""): " ".join((one.text or "").split()) for one in found.findall("extension")}
    notes = (" ".join((note.text or "").split()) for note in element.findall("inclusionTerm/note"))
    yield from _one(code, name, parent, tuple(dict.fromkeys(note for note in notes if note)))
    below = element.findall("diag")
    for child in below:
        yield from _code(child, (code, name), sevenths, valid)
    if not below and sevenths:
        # A leaf takes its seventh character after as many X as it lacks (S72.00 + A = S72.00XA).
        digits = code.replace(".", "")
        stem = f"{digits[:3]}.{digits[3:].ljust(3, 'X')}"
        for char, meaning in sevenths.items():
            # Not every character goes with every code: nobody who died of it has a later encounter.
            if char and meaning and (stem + char).replace(".", "") in valid:
                yield from _one(stem + char, f"{name}, {meaning}", (code, name), ())


def _one(code: str, name: str, parent: tuple[str, str] | None, synonyms: tuple[str, ...]) -> Iterator[Record]:
    ident = f"ICD10CM:{code}"
    yield Term(id=ident, kind="icd10cm", name=name, synonyms=synonyms, source_id=ID)
    if len(code) > 7:  # The seventh characters are 50,000 codes that say only which encounter it is.
        return
    yield GraphNode(id=ident, kind="Icd10Code", name=name, source_id=ID)
    if parent:
        yield GraphEdge.of(
            kind="is_a",
            start=ident,
            end=f"ICD10CM:{parent[0]}",
            text=f"{name} ({code}) is a kind of {parent[1]} ({parent[0]}) in ICD-10-CM.",
            source_id=ID,
        )


SOURCE = KnowledgeSource(
    id=ID,
    title="ICD-10-CM tabular list",
    licence="public domain (CDC/NCHS and CMS)",
    version=version,
    records=records,
    homepage="https://www.cdc.gov/nchs/icd/icd-10-cm/",
    package=PACKAGE,
    starter=True,
)
