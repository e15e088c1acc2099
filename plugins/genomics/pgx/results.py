"""What is known of each gene, in CPIC's words: the calls of a sample, with the phenotypes that CPIC's tables add."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from ..named_alleles.outside_calls import SCORE, same_phenotype, same_score
from .cpic_phenotypes import Phenotyped, in_range, phenotype_of
from .cpic_vocabulary import PHENOTYPES, cpic_alleles, cpic_phenotype
from .unread import Unread, unread_of

if TYPE_CHECKING:
    from bedside.core import GraphEdge

    from ..named_alleles import GeneCall
    from .guidance import GuidanceTables

State = Literal["known", "open", "unknown"]
_COMPONENTS = re.compile(r"/| \+ ")  # the plus of c.1905+1G>A has no blanks around it
_STATUSES = re.compile(r"(?:(?:^|;)\s*\*\d{2,3}:\d{2,3} (?:posi|nega)tive\s*)+", re.IGNORECASE)
"""`*15:02 negative; *57:01 positive`, as `hla.carriage` gives them."""
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
    not known, `steps` are the table rows that completed it. `alternatives` are diplotypes that fit the genotypes and rank
    lower, each with its phenotype. `doubts` are why usual dosing must not be relied on although a phenotype is known.

    `unsure` says, where positions that were not read (or were assumed to be reference) could change the phenotype or the
    activity score, how many they are, what they may hide and what to test: no line for this gene, of usual dosing or not, is
    then more than one to review. Empty where nothing that was not read could change the result. `may_also_be` are the
    phenotypes, in CPIC's words, that it could change to; they are not among `cpic`. `could_be` are the pairs of phenotype
    and activity score (None = not known, or the gene has none) that it could change to: where lines go by the score, one
    phenotype may be among them with another score.
    """

    call: GeneCall
    state: State
    cpic: tuple[str, ...] = ()
    complete: bool = True
    reason: str = ""
    steps: tuple[GraphEdge, ...] = field(default=())
    alternatives: tuple[tuple[str, str | None], ...] = ()
    doubts: tuple[str, ...] = ()
    unsure: str = ""
    could_be: tuple[tuple[str | None, str | None], ...] = ()

    @property
    def may_also_be(self) -> tuple[str, ...]:
        """The phenotypes of `could_be` that are not among `cpic`, each once."""
        return tuple(dict.fromkeys(phenotype for phenotype, _ in self.could_be if phenotype and phenotype not in self.cpic))

    @property
    def gene(self) -> str:
        return self.call.gene


Lookup = Callable[[str, str], "str | None"]
"""(gene, diplotype) → the phenotype that the definitions give."""


def results_of(
    calls: Iterable[GeneCall],
    tables: GuidanceTables | None,
    tabled: Callable[[str], bool],
    phenotype: Lookup = lambda gene, diplotype: None,
) -> dict[str, GeneResult]:
    """By gene. `tabled` tells whether the definitions have a phenotype table of a gene, `phenotype` asks it; without
    `tables` (CPIC is not loaded) the phenotypes are those of the definitions alone."""
    found = (_result(call, tables, tabled(call.gene)) for call in calls)
    return {one.gene: _with_doubts(one, tables, tabled(one.gene), phenotype) for one in found}


def _result(call: GeneCall, tables: GuidanceTables | None, tabled: bool) -> GeneResult:
    has_any = call.diplotypes or call.haplotypes or any(call.phenotypes) or any(call.activity_scores)
    if not has_any or (call.status == "not_assessed" and not call.phenotype_from):
        return GeneResult(call, "unknown", complete=False, reason=call.reason or "not assessed")
    completed, steps, problems = _completed(call, tables)
    if call.source == "outside" and tables is not None and not (tabled and call.diplotypes):
        completed = _compared(completed, tables)
    known = tables.phenotypes.get(call.gene, frozenset()) if tables else frozenset()
    words: dict[str, None] = {}
    for phenotype in completed.phenotypes:
        if phenotype is None:
            continue
        word = _word(call.gene, phenotype, known)
        if word is None:
            problems[f"CPIC's lines for {call.gene} are not by the phenotype “{phenotype}”"] = None
        else:
            words[word] = None
    complete = not problems and None not in completed.phenotypes
    shown = call if tabled and call.diplotypes else completed
    if complete and len(words) == 1:
        return GeneResult(shown, "known", tuple(words), steps=steps)
    reasons = list(problems)
    if len(words) > 1 and shown.source == "outside" and shown.reason:
        reasons.insert(0, f"{shown.reason} ({', '.join(words)})")
    elif len(words) > 1:
        reasons.insert(0, f"{_candidates(call)} differ in phenotype ({', '.join(words)})")
    return GeneResult(shown, "open", tuple(words), complete, "; ".join(reasons) or "its phenotype is not known", steps)


def _word(gene: str, phenotype: str, known: Collection[str]) -> str | None:
    """CPIC's word for it; a gene without lines has no words of CPIC (`known`) to agree with. Of an HLA gene it is the status
    of each allele, of which a drug's lines may go by any."""
    if gene.startswith("HLA-") and _STATUSES.fullmatch(phenotype):
        return "; ".join(part.strip().lower() for part in phenotype.split(";"))
    if known:
        return cpic_phenotype(gene, phenotype, known)
    return PHENOTYPES.get((gene, " ".join(phenotype.split())), phenotype)


def _compared(call: GeneCall, tables: GuidanceTables) -> GeneCall:
    """With what CPIC's tables give for the diplotype, or for the score beside a phenotype, where the outside call says
    something else: neither is preferred."""
    phenotypes, scores, names, why = [], [], [], []
    for i, phenotype in enumerate(call.phenotypes):
        score, name = call.activity_scores[i], call.diplotypes[i] if call.diplotypes else ""
        names.append(name)
        phenotypes.append(phenotype)
        scores.append(score)
        if not phenotype or not (name or score):
            continue
        table = _remembered(call, i, None if name else score, tables)
        if not table.phenotype or (same_phenotype(phenotype, table.phenotype) and same_score(score, table.score)):
            continue
        names.append(name)
        phenotypes.append(table.phenotype)
        scores.append(table.score)
        given = f"{phenotype} (activity score {score})" if score else phenotype
        gives = f"{table.phenotype} (activity score {table.score})" if table.score else table.phenotype
        why.append(f"the outside call says {given}, CPIC's table gives {gives} for {name or f'activity score {score}'}")
    if not why:
        return call
    return replace(
        call,
        status="ambiguous",
        diplotypes=tuple(names) if call.diplotypes else (),
        phenotypes=tuple(phenotypes),
        activity_scores=tuple(scores),
        reason="; ".join([*([call.reason] if call.reason else []), *why]),
    )


def _with_doubts(result: GeneResult, tables: GuidanceTables | None, tabled: bool, phenotype: Lookup) -> GeneResult:
    call = result.call
    if result.state == "unknown":
        return result
    doubts = list(call.warnings)
    if call.source == "outside" and call.status == "ambiguous" and result.state == "known":
        doubts.append(call.reason)
    others = tuple((name, phenotype(call.gene, name)) for name in call.alternatives)
    other: dict[str, list[str]] = {}
    for name, means in others:
        if means and means not in call.phenotypes:
            other.setdefault(means, []).append(name)
    for means, names in other.items():
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        verb = "fits" if len(names) == 1 else "fit"
        rank = "ranks" if len(names) == 1 else "rank"
        doubts.append(f"{', '.join(names[:3])}{more} ({means}) {verb} the genotypes as well, but {rank} lower")
    if tabled and tables is not None:
        doubts += _disagreements(call, tables)
    unread = _unread(call, tables)
    return replace(
        result,
        alternatives=others,
        doubts=tuple(dict.fromkeys(doubts)),
        unsure=unread.words,
        could_be=unread.results,
    )


def _unread(call: GeneCall, tables: GuidanceTables | None) -> Unread:
    """What the positions that were not read leave open of a call."""
    if not call.hidden:
        return Unread()
    made = [
        (d, p, s) for one in call.hidden for d, p, s in zip(one.diplotypes, one.phenotypes, one.activity_scores, strict=True)
    ]
    diplotypes, phenotypes, scores = zip(*made, strict=True)
    hidden = replace(call, diplotypes=diplotypes, haplotypes=(), phenotypes=phenotypes, activity_scores=scores)
    known = tables.phenotypes.get(call.gene, frozenset()) if tables else frozenset[str]()

    def results(of: GeneCall) -> list[tuple[str | None, str | None]]:
        completed, _, _ = _completed(of, tables)
        pairs = zip(completed.phenotypes, completed.activity_scores, strict=True)
        return [((_word(of.gene, p, known) or p) if p else None, score) for p, score in pairs]

    return unread_of(call, results, hidden)


def _disagreements(call: GeneCall, tables: GuidanceTables) -> list[str]:
    """Where CPIC's loaded table has another phenotype for a diplotype than the definitions."""
    known = tables.phenotypes.get(call.gene)
    out = []
    for name, phenotype in zip(call.diplotypes, call.phenotypes, strict=False):
        if not known or phenotype is None or name.count("/") != 1:
            continue
        key = ("row", call.gene, name)
        if key not in tables.derived:
            rows = [e for e in tables.of_gene(call.gene, name) if e.kind == "diplotype_phenotype"]
            tables.derived[key] = str(rows[0].props["phenotype"]) if rows else ""
        theirs: str = tables.derived[key]
        word = cpic_phenotype(call.gene, phenotype, known)
        if theirs and word and theirs.casefold() != word.casefold():
            out.append(f"CPIC's loaded table gives {theirs} for {name}, the definitions {phenotype}: the definitions count")
    return out


def _candidates(call: GeneCall) -> str:
    names = list(dict.fromkeys(call.diplotypes))
    shown = names[:4]
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return f"the possible diplotypes {', '.join(shown)}{more}" if shown else "the possible results"


def _completed(call: GeneCall, tables: GuidanceTables | None) -> tuple[GeneCall, tuple[GraphEdge, ...], dict[str, None]]:
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


def _remembered(call: GeneCall, i: int, score: str | None, tables: GuidanceTables) -> Derived:
    """`_derive`, once for the same alleles: in bulk most people share theirs."""
    key = (call.gene, call.diplotypes[i] if i < len(call.diplotypes) else call.haplotypes, score)
    if key not in tables.derived:
        tables.derived[key] = _derive(call, i, score, tables)
    found: Derived = tables.derived[key]
    return found


def _derive(call: GeneCall, i: int, score: str | None, tables: GuidanceTables) -> Derived:
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


def _by_score(gene: str, score: str, tables: GuidanceTables) -> Derived:
    number = SCORE.match(score.strip())
    if number is None:
        return Derived(reason=f"the activity score of {gene} could not be read")
    value, at_least = float(number["value"]), bool(number["least"])
    rows = [e for e in tables.of_gene(gene) if e.kind == "activity_range"]
    ranges = [e for e in rows if in_range(e, value, at_least=at_least)]
    if len(ranges) != 1:
        return Derived(reason=f"CPIC's tables do not tell the phenotype of {gene} for the activity score {score}")
    return Derived(str(ranges[0].props["phenotype"]), score, (ranges[0],))


def _ryr1(named: str, tables: GuidanceTables) -> Derived:
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
