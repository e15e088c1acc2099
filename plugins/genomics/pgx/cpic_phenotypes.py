"""Diplotype to phenotype, by CPIC's tables: the row of the diplotype, else the sum of its alleles' activity scores.

Activity scores: Caudle et al. 2020 (PMID:31647186) for CYP2D6 and the guideline of each gene otherwise; the numbers are
read from the loaded tables, none is written here.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from bedside.core import GraphEdge

from .cpic_vocabulary import INDETERMINATE

_COPIES = re.compile(r"^(?P<allele>.+?)(?:x(?P<n>≥?\d+|N))?$")
_NOT_KNOWN = frozenset({"unknown function", "uncertain function"})
"""CPIC's functions without an activity value: a diplotype with one is what CPIC calls Indeterminate."""


@dataclass(frozen=True)
class Phenotyped:
    """`phenotype` is empty when it can't be determined, and `reason` says why. `steps` are the table rows it rests on."""

    gene: str
    diplotype: str
    phenotype: str = ""
    score: str = ""
    steps: tuple[GraphEdge, ...] = ()
    reason: str = ""


def phenotype_of(gene: str, diplotype: str, tables: list[GraphEdge]) -> Phenotyped:
    """`tables` are the gene's `diplotype_phenotype`, `allele_function` and `activity_range` edges.

    An unknown allele, an allele without a score, or a copy number `xN` that leaves several phenotypes open gives no
    phenotype: nothing is guessed. An allele to which CPIC gives an unknown or uncertain function is Indeterminate, in CPIC's
    word.
    """
    halves = diplotype.split("/")
    both = (diplotype, "/".join(halves[::-1]))
    row = next((e for e in tables if e.kind == "diplotype_phenotype" and e.props["diplotype"] in both), None)
    if row is None and len(halves) != 2:
        return Phenotyped(gene, diplotype, reason=f"{diplotype} is not two alleles")
    by_score = _by_score(gene, diplotype, tables)
    if row is None:
        return by_score
    phenotype = str(row.props["phenotype"])
    # a score that leads to another phenotype is not the one that the row goes by
    if by_score.phenotype != phenotype:
        return Phenotyped(gene, diplotype, phenotype, steps=(row,))
    return Phenotyped(gene, diplotype, phenotype, by_score.score, (row, *by_score.steps))


def _by_score(gene: str, diplotype: str, tables: list[GraphEdge]) -> Phenotyped:
    """The sum of the alleles' scores, and the range that it falls into."""
    halves = diplotype.split("/")
    ranges = [e for e in tables if e.kind == "activity_range"]
    if not ranges:
        return Phenotyped(gene, diplotype, reason=f"the loaded tables do not hold {gene} {diplotype}")
    alleles = {str(e.props["allele"]): e for e in tables if e.kind == "allele_function"}
    steps: list[GraphEdge] = []
    low = high = 0.0
    unknown: GraphEdge | None = None
    for half in halves:
        scored = _score(half, alleles)
        if isinstance(scored, str):
            return Phenotyped(gene, diplotype, reason=f"{gene} {scored}")
        if isinstance(scored, GraphEdge):
            unknown = unknown or scored
            continue
        low, high = low + scored[0], high + scored[1]
        steps += [s for s in scored[2] if s not in steps]
    if unknown:
        return Phenotyped(gene, diplotype, INDETERMINATE, steps=(unknown,))
    matching = [e for e in ranges if _overlaps(e, low, high)]
    score = _number(low) if low == high else f"at least {_number(low)}"
    if len(matching) != 1:
        names = ", ".join(str(e.props["phenotype"]) for e in matching) or "no phenotype"
        return Phenotyped(
            gene,
            diplotype,
            score=score,
            reason=f"an activity score of {score} is open between: {names}; the copy number decides",
        )
    return Phenotyped(gene, diplotype, str(matching[0].props["phenotype"]), score, (*steps, matching[0]))


def _score(half: str, alleles: dict[str, GraphEdge]) -> tuple[float, float, list[GraphEdge]] | GraphEdge | str:
    """(lowest, highest score, rows) of one chromosome, the row of an allele whose function is not known, or why not.

    `*36+*10` adds up; `x2` doubles; `x≥3` is three or more; `xN` is two or more."""
    low = high = 0.0
    rows: list[GraphEdge] = []
    whole = alleles.get(half)
    for part in [half] if whole else half.split("+"):
        match = _COPIES.match(part)
        exact = alleles.get(part)
        name, copies = (part, None) if exact or not match else (match["allele"], match["n"])
        row = exact or alleles.get(name)
        if row is None:
            return f"{name} is not in the loaded allele table"
        value = row.props.get("activity_score")
        if value is None and str(row.props.get("function", "")).casefold() in _NOT_KNOWN:
            return row
        if value is None:
            return f"{name} has no activity score in the loaded allele table"
        one = float(value)
        if copies == "N" or (copies and copies.startswith("≥")):
            least = 2 if copies == "N" else int(copies[1:])
            low, high = low + least * one, math.inf if one else high
        else:
            low, high = low + one * int(copies or 1), high + one * int(copies or 1)
        rows.append(row)
    return low, high, rows


def in_range(edge: GraphEdge, score: float, *, at_least: bool = False) -> bool:
    """Does the `activity_range` row hold for `score`, or for some score that is no less?"""
    return _overlaps(edge, score, math.inf if at_least else score)


def _overlaps(edge: GraphEdge, low: float, high: float) -> bool:
    """Does any score in [low, high] fall into the row's range?"""
    p = edge.props
    floor = -math.inf if p.get("low") is None else float(p["low"])
    ceiling = math.inf if p.get("high") is None else float(p["high"])
    above = high > floor or (bool(p.get("low_inclusive")) and high == floor)
    below = low < ceiling or (bool(p.get("high_inclusive")) and low == ceiling)
    return above and below


def _number(value: float) -> str:
    return f"{value:g}"
