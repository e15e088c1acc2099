"""What the readers of pharmacogenes pass to each other, and their tables (`data/pharmacogenes.toml`)."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

_SENTENCE_END = re.compile(r"[.](?=\s|$)|[;?!\n]")
LATER = r"(?:repeat\w*|re-?test\w*|re-?check\w*|second|new|latest|now|later|currently|today)\b"
"""Words for a second test of the same thing, as a pattern."""
_FAR = 120
_CLAUSE_END = re.compile(r"[.](?!\d)|[;?!\n]|,")
_NEAR = 60
_BEHIND = 20
_ROW = 3
_ID = {"pgx_phenotype": "PGX", "diplotype": "DIPLOTYPE", "activity_score": "SCORE"}


class Gene(NamedTuple):
    """A gene found in the text, at `start:end` of the normalised string."""

    symbol: str
    start: int
    end: int


class Result(NamedTuple):
    """A phenotype, diplotype or activity score (`kind`, as of `Mention`) of `gene`, at `start:end`."""

    kind: str
    gene: str
    name: str
    start: int
    end: int

    @property
    def id(self) -> str:
        return f"{_ID[self.kind]}:{self.gene}:{self.name}"


def nearest(plain: str, genes: Sequence[Gene], start: int, end: int) -> Gene | None:
    """The one of `genes` (rising) inside `start:end`, or the one before or else behind it in the same part of a sentence."""
    at = bisect_right(genes, end, key=lambda gene: gene.start)
    for gene in reversed(genes[max(0, at - _ROW) : at]):
        if gene.end > end:
            continue
        if start <= gene.start or (start - gene.end <= _NEAR and not _CLAUSE_END.search(plain, gene.end, start)):
            return gene
    after = genes[at] if at < len(genes) else None
    return after if after and after.start - end <= _BEHIND and not _CLAUSE_END.search(plain, end, after.start) else None


def gene_of(plain: str, genes: Sequence[Gene], start: int, end: int) -> str:
    """The symbol of the nearest gene; "" where none is near."""
    gene = nearest(plain, genes, start, end)
    return gene.symbol if gene else ""


def gene_of_sentence(plain: str, genes: Sequence[Gene], start: int, end: int) -> str:
    """The symbol of the last gene before, or else the first behind, in the same sentence and over commas; "" for none."""
    at = bisect_right(genes, start, key=lambda gene: gene.start)
    if at and start - genes[at - 1].end <= _FAR and not _SENTENCE_END.search(plain, genes[at - 1].end, start):
        return genes[at - 1].symbol
    after = genes[at] if at < len(genes) else None
    near = after and after.start - end <= _FAR and not _SENTENCE_END.search(plain, end, after.start)
    return after.symbol if after and near else ""


@cache
def tables() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("data/pharmacogenes.toml").read_text(encoding="utf-8"))
