"""Catalogue: CPIC's own log of what it changed and when, as edges from the drugs and genes that it names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from bedside.core.errors import SourceError
from bedside.core.host.registered import KnowledgeSource, RemoteFile, Skip
from bedside.core.types import GraphEdge, GraphNode, Term

from ..starter.cpic_genes import cpic_genes, gene_node
from ..starter.drug_ids import cpic_pairs, drug_node, related_ids

if TYPE_CHECKING:
    from bedside.core.types import Record

ID = "cpic-changes"
FILE = "change_log.tsv"
HOME = "https://github.com/cpicpgx/cpic-data"
COLUMNS = ("Date of Change", "Type of Data", "Subject", "Note of Change")
LOG = "GUIDELINE:CPIC change log"
_HINT = f"bedside knowledge pull {ID}"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_OF_PAIR = re.compile(r"\[(?P<drug>[^\[\]]+?)-(?P<gene>[A-Z][A-Z0-9]+(?:-[A-Z0-9]+)?)\]")
_GENE = re.compile(r"\b[A-Z][A-Z0-9]{2,}(?:-[A-Z0-9]+)?(?![a-z])")
_CLASSES: tuple[tuple[str, tuple[str, ...]], ...] = (
    # a class of drugs as a note names it → the codes of the ATC that all drugs of the class, and no other, begin with
    ("beta blocker", ("C07",)),
    ("statin", ("C10AA",)),
    ("thiopurine", ("L04AX01", "L01BB02", "L01BB03")),
    ("SSRI", ("N06AB",)),
    ("SNRI", ("N06AX16", "N06AX17", "N06AX21", "N06AX23")),
)


@dataclass(frozen=True, slots=True)
class Change:
    """One entry: `date` (YYYY-MM-DD), `type` (RECOMMENDATION, PAIR…), `subject` (a drug or gene, or empty), `note`."""

    date: str
    type: str
    subject: str
    note: str

    @property
    def of_one_pair(self) -> bool:
        """Is it about the level or label of one gene-drug pair (`[metoprolol-CYP2D6] PGx Testing: …`)?"""
        return self.type == "PAIR" and self.note.startswith("[")

    @property
    def concerns_lines(self) -> bool:
        """May a recommendation be another one since? Levels and labels of a pair, and mended misprints, change none."""
        return (
            self.type in ("RECOMMENDATION", "TEST_ALERT", "GUIDELINE", "PAIR")
            and not self.of_one_pair
            and not self.note.startswith("fixed typo")
        )


def read_log(path: Path) -> list[Change]:
    """The entries, newest first as in the file.

    Four columns with a tab between them, nothing quoted: a line without a tab goes on with the note before it. A file
    without the columns, with a line of another number of columns, or with a date that is none, is a SourceError.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path} can't be read as text: {type(error).__name__}", hint=_HINT) from error
    if not lines or tuple(lines[0].split("\t")) != COLUMNS:
        raise SourceError(f"{path} line 1: the columns are not {', '.join(COLUMNS)}", hint=_HINT)
    found: list[Change] = []
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        if len(cells) == 1:
            if not line.strip():
                continue
            if not found:
                raise SourceError(f"{path} line {number}: it goes on with a note, and there is none before it", hint=_HINT)
            last = found[-1]
            found[-1] = Change(last.date, last.type, last.subject, f"{last.note}\n{line.strip()}".strip())
            continue
        if len(cells) != len(COLUMNS):
            raise SourceError(f"{path} line {number}: {len(cells)} columns, {len(COLUMNS)} wanted", hint=_HINT)
        day, kind, subject, note = (cell.strip() for cell in cells)
        if not _is_day(day) or not kind:
            raise SourceError(f"{path} line {number}: no date as 2025-09-01 or no type of data", hint=_HINT)
        found.append(Change(day, kind, subject, note))
    return found


def _is_day(text: str) -> bool:
    try:
        return bool(_DAY.fullmatch(text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False


@lru_cache(maxsize=1)
def _by_code() -> dict[str, tuple[str, ...]]:
    """CPIC's drugs with their ATC codes."""
    return {row["Drug"]: tuple(code.strip() for code in row["ATC"].split(",")) for row in cpic_pairs()}


def subjects(change: Change) -> tuple[list[str], list[str]]:
    """(drugs, genes) that an entry is certainly about: its subject, else those that its note names as a pair or a class."""
    genes = cpic_genes()
    if change.subject:
        return ([], [change.subject]) if change.subject in genes or change.subject.isupper() else ([change.subject], [])
    if change.type not in ("PAIR", "GUIDELINE"):
        return [], []
    if match := _OF_PAIR.match(change.note):
        return [match["drug"]], [match["gene"]]
    note = change.note.lower()
    drugs = dict.fromkeys(drug for drug in _by_code() if re.search(rf"\b{re.escape(drug.lower())}\b", note))
    if re.search(r"\bpairs?\b|\bguideline\b", note) and "no recommendation" not in note:
        for name, codes in _CLASSES:
            if re.search(rf"\b{name}s?\b", change.note):
                drugs |= dict.fromkeys(d for d, own in _by_code().items() if any(code.startswith(codes) for code in own))
    of_genes = dict.fromkeys(gene for gene in _GENE.findall(change.note) if gene in genes)
    return list(drugs), list(of_genes)


class ChangeLog:
    """The `read` of the source: the log's node, the drugs and genes, and an edge for each entry and what it is about.

    Of an edge's `props`, `lines` says whether the entry may have changed a recommendation.
    """

    def __init__(self) -> None:
        self._about_nothing = 0

    def __call__(self, folder: Path) -> Iterator[Record]:
        self._about_nothing = 0
        changes = read_log(folder / FILE)
        yield GraphNode(id=LOG, kind="Guideline", name="CPIC change log", source_id=ID)
        known: set[str] = set()
        genes = cpic_genes()
        for change in changes:
            of_drugs, of_genes = subjects(change)
            self._about_nothing += not of_drugs and not of_genes
            for node in [*(drug_node(drug, ID) for drug in of_drugs), *(_gene(gene, genes) for gene in of_genes)]:
                if node.id not in known:
                    known.add(node.id)
                    yield node
                    if node.kind == "Drug":
                        yield Term(id=node.id, kind="drug", name=node.name, source_id=ID, related=related_ids(node.name))
                edge = _edge(change, node)
                if edge.id not in known:  # some entries stand in the log twice
                    known.add(edge.id)
                    yield edge

    def skipped(self) -> Sequence[Skip]:
        return [Skip("record", FILE, f"{self._about_nothing} name no drug or gene")] if self._about_nothing else []


def _gene(gene: str, of_cpic: set[str]) -> GraphNode:
    return gene_node(gene) if gene in of_cpic else GraphNode(id=f"GENE:{gene}", kind="Gene", name=gene, source_id=ID)


def _edge(change: Change, node: GraphNode) -> GraphEdge:
    note = " ".join(change.note.split())
    return GraphEdge.of(
        kind="change",
        start=node.id,
        end=LOG,
        text=f"CPIC change log, {change.date}, {change.type}, {node.name}: {note or 'no note'}",
        source_id=ID,
        url=HOME,
        props={
            "date": change.date,
            "type": change.type,
            "subject": change.subject or node.name,
            "note": note,
            "lines": change.concerns_lines,
        },
    )


def newest(changes: Sequence[Change]) -> str:
    return max((change.date for change in changes), default="")


SOURCE = KnowledgeSource(
    id=ID,
    title="CPIC change log: what CPIC changed, by drug and gene",
    licence="CC0 1.0 (https://cpicpgx.org/license/)",
    licence_url="https://creativecommons.org/publicdomain/zero/1.0/",
    version=lambda: "current",
    homepage=HOME,
    files=(RemoteFile(FILE, "https://raw.githubusercontent.com/cpicpgx/cpic-data/main/data.tsv", mirror=f"cpic/{FILE}"),),
    read=ChangeLog(),
    release=lambda folder: f"up to {newest(read_log(folder / FILE))}",
    note="The address leads to the latest log, so that no hash is fixed: it is recorded at the first pull.",
    max_age_days=180,
)
SOURCES = (SOURCE,)
