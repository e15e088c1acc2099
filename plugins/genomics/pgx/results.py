"""What is known of each gene, in CPIC's words: the calls of a sample, with the phenotypes that CPIC's tables add."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from ..phenotyping import Phenotyped, in_range, phenotype_of
from .words import cpic_alleles, cpic_phenotype

if TYPE_CHECKING:
    from bedside.core import GraphEdge

    from ..stars import GeneCall
    from .tables import CpicTables

State = Literal["known", "open", "unknown"]
_COMPONENTS = re.compile(r"/| \+ ")  # the plus of c.1905+1G>A has no blanks around it
_ASSOCIATED = "Malignant Hyperthermia Associated"
_SUSCEPTIBLE = "Malignant Hyperthermia Susceptibility"


@dataclass(frozen=True)
class Derived:
    """A phenotype from CPIC's tables: the rows it rests on, or why there is none."""

    phenotype: str = ""
    score: str | None = None
    steps: tuple[GraphEdge, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class GeneResult:
    """`call`, with `phenotypes` and `activity_scores` completed from CPIC's tables where the definitions have none of the
    gene (CYP2D6, G6PD, RYR1).

    `state` is `known` (one phenotype, whichever diplotype is the right one), `open` (several are possible, or one of them
    has none) or `unknown` (nothing to go by). `cpic` are the possible phenotypes in CPIC's words, `reason` says why it is
    not known, `steps` are the table rows that completed it.
    """

    call: GeneCall
    state: State
    cpic: tuple[str, ...] = ()
    complete: bool = True
    reason: str = ""
    steps: tuple[GraphEdge, ...] = field(default=())

    @property
    def gene(self) -> str:
        return self.call.gene


def results_of(calls: Iterable[GeneCall], tables: CpicTables | None, tabled: Callable[[str], bool]) -> dict[str, GeneResult]:
    """By gene. `tabled` tells whether the definitions have a phenotype table of a gene; without `tables` (CPIC is not
    loaded) the phenotypes are those of the definitions alone."""
    return {call.gene: _result(call, tables, tabled(call.gene)) for call in calls}


def _result(call: GeneCall, tables: CpicTables | None, tabled: bool) -> GeneResult:
    has_any = call.diplotypes or call.haplotypes or any(call.phenotypes) or any(call.activity_scores)
    if not has_any or (call.status == "not_assessed" and not call.phenotype_from):
        return GeneResult(call, "unknown", complete=False, reason=call.reason or "not assessed")
    completed, steps, problems = _completed(call, tables)
    known = tables.phenotypes.get(call.gene, frozenset()) if tables else frozenset()
    words: dict[str, None] = {}
    for phenotype in completed.phenotypes:
        if phenotype is None:
            continue
        # a gene without lines has no words of CPIC to agree with
        word = cpic_phenotype(call.gene, phenotype, known) if known else phenotype
        if word is None:
            problems[f"CPIC's lines for {call.gene} are not by the phenotype “{phenotype}”"] = None
        else:
            words[word] = None
    complete = not problems and None not in completed.phenotypes
    shown = call if tabled else completed
    if complete and len(words) == 1:
        return GeneResult(shown, "known", tuple(words), steps=steps)
    reasons = list(problems)
    if len(words) > 1:
        reasons.insert(0, f"{_candidates(call)} differ in phenotype ({', '.join(words)})")
    return GeneResult(shown, "open", tuple(words), complete, "; ".join(reasons) or "its phenotype is not known", steps)


def _candidates(call: GeneCall) -> str:
    shown = call.diplotypes[:4]
    more = f" and {len(call.diplotypes) - 4} more" if len(call.diplotypes) > 4 else ""
    return f"the possible diplotypes {', '.join(shown)}{more}" if shown else "the possible results"


def _completed(call: GeneCall, tables: CpicTables | None) -> tuple[GeneCall, tuple[GraphEdge, ...], dict[str, None]]:
    """The call with each phenotype that CPIC's tables can add, the rows used, and why some could not be added."""
    count = max(len(call.diplotypes), len(call.phenotypes), len(call.activity_scores), 1)
    phenotypes = [*call.phenotypes, *[None] * (count - len(call.phenotypes))]
    scores = [*call.activity_scores, *[None] * (count - len(call.activity_scores))]
    steps: dict[str, GraphEdge] = {}
    problems: dict[str, None] = {}
    for i in range(count):
        if phenotypes[i] is not None:
            continue
        if tables is None:
            problems[f"{call.gene} has no phenotype in the loaded tables"] = None
            continue
        derived = _remembered(call, i, scores[i], tables)
        if not derived.phenotype:
            problems[derived.reason] = None
            continue
        phenotypes[i], scores[i] = derived.phenotype, scores[i] or derived.score
        steps |= {step.id: step for step in derived.steps}
    completed = replace(call, phenotypes=tuple(phenotypes), activity_scores=tuple(scores))
    return completed, tuple(steps.values()), problems


def _remembered(call: GeneCall, i: int, score: str | None, tables: CpicTables) -> Derived:
    """`_derive`, once for the same alleles: in bulk most people share theirs."""
    key = (call.gene, call.diplotypes[i] if i < len(call.diplotypes) else call.haplotypes, score)
    if key not in tables.derived:
        tables.derived[key] = _derive(call, i, score, tables)
    found: Derived = tables.derived[key]
    return found


def _derive(call: GeneCall, i: int, score: str | None, tables: CpicTables) -> Derived:
    gene = call.gene
    named = call.diplotypes[i] if i < len(call.diplotypes) else "/".join(call.haplotypes)
    if gene == "RYR1" and named:
        return _ryr1(named, tables)
    if score is not None:
        return _by_score(gene, score, tables)
    if not named:
        return Derived(reason=f"{gene} has neither diplotype nor phenotype")
    if call.haplotypes and not call.diplotypes:
        return Derived(reason=f"CPIC's tables have no phenotype for the alleles {', '.join(call.haplotypes)} of {gene}")
    diplotype = cpic_alleles(gene, named)
    found: Phenotyped = phenotype_of(gene, diplotype, tables.of_gene(gene, diplotype))
    return Derived(found.phenotype, found.score or None, found.steps, found.reason or f"{gene} {named} has no phenotype")


def _by_score(gene: str, score: str, tables: CpicTables) -> Derived:
    try:
        value = float(score.lstrip("≥>= "))
    except ValueError:
        return Derived(reason=f"the activity score of {gene} could not be read")
    at_least = score.strip()[:1] in "≥>"
    rows = [e for e in tables.of_gene(gene) if e.kind == "activity_range"]
    ranges = [e for e in rows if in_range(e, value, at_least=at_least)]
    if len(ranges) != 1:
        return Derived(reason=f"CPIC's tables do not tell the phenotype of {gene} for the activity score {score}")
    return Derived(str(ranges[0].props["phenotype"]), score, (ranges[0],))


def _ryr1(named: str, tables: CpicTables) -> Derived:
    """One allele that is associated with malignant hyperthermia makes susceptible, whatever the others are; without one,
    every allele must be known (CPIC's guideline of RYR1 and CACNA1S, PMID:30499100; each row of its table agrees)."""
    rows = (e for e in tables.of_gene("RYR1") if e.kind == "allele_function")
    functions: Mapping[str, GraphEdge] = {str(e.props["allele"]): e for e in rows}
    alleles = [part for part in (p.strip("[] ") for p in _COMPONENTS.split(named)) if part]
    carried = [functions[a] for a in alleles if a in functions and functions[a].props.get("function") == _ASSOCIATED]
    if carried:
        return Derived(_SUSCEPTIBLE, steps=tuple(carried[:2]))
    unknown = sorted({a for a in alleles if a not in functions})
    if unknown:
        return Derived(reason=f"the function of RYR1 {', '.join(unknown)} is not in the loaded CPIC table")
    # none is associated, so that any two of them have the same phenotype; those that are not the reference say most
    two = "/".join(sorted(alleles, key=lambda a: a == "Reference")[:2])
    found = phenotype_of("RYR1", two, tables.of_gene("RYR1", two))
    return Derived(found.phenotype, None, found.steps, found.reason or f"RYR1 {named} has no phenotype")
