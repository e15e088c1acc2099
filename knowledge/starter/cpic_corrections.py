"""What CPIC says of an allele today, where the tables of pypgx say something else or nothing.

The values stand in `data/cpic_corrections.toml` (written by tools/packaged_alleles.py) and `data/cpic_alleles.toml` (read
from CPIC's change log by hand): facts, each with its date and gene.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

Known = Mapping[str, tuple[str, float | None]]
"""Allele → (function, activity value)."""


@dataclass(frozen=True, slots=True)
class Correction:
    """`function` and `score` (activity value, None where CPIC gives none) of an allele, in CPIC's words. `date` is when
    CPIC's change log names the change, or empty; `as_of` then is the date of the table that has the value."""

    function: str
    score: float | None
    date: str
    as_of: str

    def since(self) -> str:
        return f"changed {self.date}" if self.date else f"as of {self.as_of}"


CORRECTED = "2026-11-28"
"""When the corrections of the packaged tables were last changed: what was loaded before is loaded anew."""


ALLELES_DATE = "2025-11-05"
"""CPIC's functions and scores of alleles as they were on this day, after the corrections."""


@dataclass(frozen=True, slots=True)
class Row:
    """The phenotype of a diplotype by the functions of its alleles; `why` names those that were corrected, or is empty."""

    diplotype: str
    phenotype: str
    why: str


@cache
def corrections() -> dict[str, dict[str, Correction]]:
    """Gene → allele → its correction."""
    found: dict[str, dict[str, Correction]] = {}
    for one in _table("cpic_corrections")["change"]:
        value = Correction(one["function"], one.get("score"), one.get("date", ""), one.get("as_of", ""))
        found.setdefault(one["gene"], {}).update(dict.fromkeys(one["alleles"], value))
    return found


@cache
def remarks() -> dict[tuple[str, str], tuple[str, str]]:
    """(gene, allele) → (date, what CPIC did with it): alleles that it removed, or whose newer function is not known here."""
    table = _table("cpic_alleles")
    said = {
        "removed": "removed by CPIC on {}",
        "superseded": "CPIC gave it another function on {}, which this table does not have",
    }
    return {
        (one["gene"], allele): (one["date"], words.format(one["date"]))
        for key, words in said.items()
        for one in table[key]
        for allele in one["alleles"]
    }


@cache
def pair_rules(gene: str) -> dict[tuple[str, ...], str]:
    """Functions of the alleles, sorted → phenotype; empty for a gene that goes by activity scores or has no correction."""
    rules: dict[tuple[str, ...], str] = {}
    for name in ("cpic_corrections", "cpic_alleles"):
        for phenotype, pairs in _table(name)["pairs"].get(gene, {}).items():
            rules.update({tuple(sorted(pair)): phenotype for pair in pairs})
    return rules


def corrected(gene: str, packaged: Known) -> dict[str, tuple[str, float | None]]:
    """The alleles of a gene with today's functions and values: the packaged ones in their order, then those it lacks."""
    changed = corrections().get(gene, {})
    now = {name: (changed[name].function, changed[name].score) if name in changed else packaged[name] for name in packaged}
    return now | {name: (one.function, one.score) for name, one in changed.items() if name not in now}


def replaced(gene: str, diplotype: str) -> bool:
    """Whether the packaged row of a diplotype rests on an allele that has been corrected since."""
    return not corrections().get(gene, {}).keys().isdisjoint(diplotype.split("/"))


def corrected_rows(gene: str, now: Known, kept: Collection[str]) -> Iterator[Row]:
    """A row for each diplotype that is not `kept` of the packaged table and whose phenotype follows from both functions."""
    changed, rules = corrections().get(gene, {}), pair_rules(gene)
    if not rules:
        return
    single = {pair[0]: phenotype for pair, phenotype in rules.items() if len(pair) == 1}
    names = list(now)
    for at, one in enumerate(names):
        if one in changed and now[one][0] in single:  # MT-RNR1: one copy, which the packaged table writes twice
            for diplotype in (one, f"{one}/{one}"):
                yield Row(diplotype, single[now[one][0]], _why(changed, (one,)))
        for other in names[at:]:
            if f"{one}/{other}" not in kept and f"{other}/{one}" not in kept:
                phenotype = rules.get(tuple(sorted((now[one][0], now[other][0]))))
                if phenotype:
                    yield Row(f"{one}/{other}", phenotype, _why(changed, dict.fromkeys((one, other))))


def _why(changed: Mapping[str, Correction], names: Any) -> str:
    return "; ".join(f"{n} {changed[n].function}, CPIC, {changed[n].since()}" for n in names if n in changed)


@cache
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("data", f"{name}.toml").read_text(encoding="utf-8"))
