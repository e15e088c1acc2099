"""Outside calls: a TSV of genes typed by another method (CYP2D6, HLA, MT-RNR1, or any gene), as PharmCAT reads it.

Columns: gene, diplotype, phenotype, activity score; at least one of the last three. `#` starts a comment, several diplotypes
are joined by " or ", an allele may repeat the gene's name (`CYP2D6*1/CYP2D6*4`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from bedside.core.errors import CaseError

_GENE = re.compile(r"[A-Z][A-Z0-9-]*\Z")
SCORE = re.compile(r"(?P<least>≥|>=)?\s*(?P<value>[0-9]+(?:\.[0-9]+)?)\Z")
"""An activity score: a number, or the least that it may be."""
_NO_COPY = re.compile(r"x0+(?:$|\D)")
_NOT_GIVEN = frozenset({"n/a", "N/A", "NA"})
_HINT = "each line: GENE <tab> diplotype <tab> phenotype <tab> activity score"
LARGEST = 1 << 20


@dataclass(frozen=True)
class OutsideCall:
    """One line of the file. `diplotypes` are the alternatives it names, "" and () where it names none."""

    gene: str
    diplotypes: tuple[tuple[str, ...], ...]
    phenotype: str
    activity_score: str
    line: int


def read_outside(path: Path | str) -> list[OutsideCall]:
    """Raises CaseError naming file and line for anything that can't be read as a call."""
    path = Path(path)
    try:
        if path.stat().st_size > LARGEST:
            raise CaseError(f"{path.name} is too large for a file of outside calls", hint=_HINT)
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CaseError(f"{path.name} can't be read: {type(error).__name__}", hint="check the path") from error
    except UnicodeDecodeError as error:
        raise CaseError(f"{path.name} is not UTF-8 text", hint=_HINT) from error
    calls: list[OutsideCall] = []
    lines: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#") or (number == 1 and line.split("\t")[0].strip().lower() == "gene"):
            continue
        call = _parse(line, number, path.name)
        if call.gene in lines:
            raise CaseError(
                f"{path.name}, line {number}: {call.gene} was already given on line {lines[call.gene]}",
                hint='keep one line a gene; several possible diplotypes are joined by " or "',
            )
        lines[call.gene] = number
        calls.append(call)
    if not calls:
        raise CaseError(f"{path.name} holds no call", hint=_HINT)
    return calls


def _parse(line: str, number: int, file: str) -> OutsideCall:
    where = f"{file}, line {number}"
    fields = [f.strip() for f in line.rstrip("\r\n").split("\t")]
    if len(fields) < 2:
        raise CaseError(f"{where}: no tab, so no call beside the gene", hint=_HINT)
    if len(fields) > 4 and any(fields[4:]):
        raise CaseError(f"{where}: {len(fields)} columns, at most 4 are expected", hint=_HINT)
    gene, diplotype, phenotype, score = ["" if f in _NOT_GIVEN else f for f in [*fields, "", "", ""][:4]]
    if not _GENE.match(gene):
        raise CaseError(f"{where}: the first column is not a gene symbol", hint=_HINT)
    if not (diplotype or phenotype or score):
        raise CaseError(f"{where}: {gene} has neither diplotype, phenotype nor activity score", hint=_HINT)
    if score and not SCORE.match(score):
        raise CaseError(f"{where}: the activity score of {gene} is no number", hint="write it as 1.5, or as ≥3.0")
    return OutsideCall(
        gene, tuple(_alleles(part, gene, where) for part in _alternatives(diplotype)), phenotype, score, number
    )


def _alternatives(text: str) -> list[str]:
    return re.split(r"\s+or\s+", text) if text else []


def _alleles(text: str, gene: str, where: str) -> tuple[str, ...]:
    """`CYP2D6*1/CYP2D6*4` or `*1/*4` → ("*1", "*4"); one name for a haploid gene."""
    parts = tuple(p.strip().removeprefix(gene).strip() for p in text.split("/"))
    if len(parts) > 2 or not all(parts):
        raise CaseError(f"{where}: the diplotype of {gene} is not one allele, or two joined by /", hint=_HINT)
    if any(_NO_COPY.search(p) for p in parts):
        raise CaseError(f"{where}: an allele of {gene} has no copy (x0)", hint="write a deleted gene as its own allele: *5")
    return parts
