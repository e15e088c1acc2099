"""Which lines of guidance are for a person's results, and whether the results tell them apart.

A line holds when one of its keys does, and a key when all its genes match. A phenotype that is given without the activity
score that a line goes by may be any of its scores: then every line of these may hold, and which one does depends on the
score, which is reported.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice, product

from .cpic_vocabulary import INDETERMINATE, PHENOTYPES
from .guidance_line import NO_RESULT, NO_SCORE, GuidanceLine, Key, Score

_UNDETERMINED = frozenset({NO_SCORE, INDETERMINATE})
_REFERENCE = frozenset({"Reference", "*1"})
_VKORC1 = {"A": "rs9923231 variant (T)", "G": "rs9923231 reference (C)"}
_MOST = 400
"""Combinations of possible results that are gone through."""

_BY_PHENOTYPE, _BY_SCORE, _BY_ALLELES = 1, 2, 3


@dataclass(frozen=True)
class Result:
    """One result of a gene: any of `phenotype` (CPIC's words), `score` and `alleles` (both of them, or one on a single
    copy), as far as known; or, for HLA genes, the `statuses` of alleles ("*57:01 positive"), all of which hold."""

    phenotype: str = ""
    score: str = ""
    alleles: tuple[str, ...] = ()
    statuses: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Fitting:
    """`lines` that hold or, where results are open, may hold; `sure` are the ids of those that hold whichever result is the
    right one. `open`: gene → the scores between which they differ; `missing`: genes without which a line that is otherwise
    for these results can't be judged."""

    lines: tuple[GuidanceLine, ...] = ()
    sure: frozenset[str] = frozenset()
    open: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()


def fitting_any(
    lines: Sequence[GuidanceLine], possible: Mapping[str, Sequence[Result]], unresolved: Collection[str] = ()
) -> Fitting:
    """As `fitting`, where one of the `possible` results of each gene is the person's."""
    genes = {gene for line in lines for gene in line.genes}
    named = [gene for gene in possible if gene in genes]
    found: dict[str, GuidanceLine] = {}
    open_: dict[str, tuple[str, ...]] = {}
    missing: set[str] = set()
    sure: frozenset[str] | None = None
    combinations = product(*(dict.fromkeys(possible[gene]) for gene in named))
    for combination in islice(combinations, _MOST):
        one = fitting(lines, dict(zip(named, combination, strict=True)), unresolved)
        found |= {line.edge.id: line for line in one.lines}
        open_ |= one.open
        missing |= one.missing
        sure = one.sure if sure is None else sure & one.sure
    if next(combinations, None) is not None:
        sure = None  # of those that were not gone through, nothing is sure
    ordered = tuple(sorted(found.values(), key=lambda line: line.order))
    return Fitting(ordered, sure or frozenset(), open_, frozenset(missing))


def fitting(lines: Sequence[GuidanceLine], known: Mapping[str, Result], unresolved: Collection[str] = ()) -> Fitting:
    """Of the lines of one drug, those for the results. Of one publication for one population, a line for the very alleles or
    score counts before one for their phenotype. `unresolved` are genes with a result that could not be read: no line holds
    that goes by them, not even by their result not being available."""
    found: list[tuple[GuidanceLine, int, list[Key]]] = []
    missing: set[str] = set()
    best: dict[tuple[object, ...], int] = {}
    for line in lines:
        matched = [(key, how) for key in line.keys if (how := _holds(key, known, unresolved, lines))]
        if matched:
            how = max(how for _, how in matched)
            found.append((line, how, [key for key, _ in matched]))
            best[_publication(line)] = max(how, best.get(_publication(line), 0))
        elif line.genes & known.keys():
            missing |= (line.genes & set(unresolved)) | _unknown(line, known)
    kept = [(line, keys) for line, how, keys in found if how == best[_publication(line)]]
    open_, doubted = _open(kept, known)
    sure = frozenset(line.edge.id for line, _ in kept) - doubted
    return Fitting(tuple(line for line, _ in kept), sure, open_, frozenset(missing))


def _publication(line: GuidanceLine) -> tuple[object, ...]:
    return line.publisher, line.kind, line.population, line.genes


def _unknown(line: GuidanceLine, known: Mapping[str, Result]) -> set[str]:
    """Genes of a line without a result, where all others of one of its keys match."""
    out: set[str] = set()
    for key in line.keys:
        rest = {gene for gene, value in key.values.items() if gene not in known and value != NO_RESULT}
        others = [gene for gene in key.values if gene in known]
        if rest and others and all(_matches(key, gene, known[gene]) for gene in others):
            out |= rest
    return out


def _holds(key: Key, known: Mapping[str, Result], unresolved: Collection[str], lines: Iterable[GuidanceLine]) -> int:
    """0 for no; else how closely it was compared."""
    how = 0
    for gene, value in key.values.items():
        if gene in unresolved:
            return 0
        if value == NO_RESULT:
            if gene in known and not _of_other_alleles(gene, known[gene], lines):
                return 0
            continue
        if gene not in known:
            return 0
        matched = _matches(key, gene, known[gene])
        if not matched:
            return 0
        how += matched
    return how


def _of_other_alleles(gene: str, known: Result, lines: Iterable[GuidanceLine]) -> bool:
    """Are the results of an HLA gene of alleles that none of the drug's lines goes by?"""
    if not known.statuses:
        return False
    asked = {str(key.values[gene]).split()[0] for line in lines for key in line.keys if gene in key.values}
    return not any(status.split()[0] in asked for status in known.statuses)


def _matches(key: Key, gene: str, known: Result) -> int:
    value = key.values[gene]
    if known.statuses:
        return _BY_ALLELES if isinstance(value, str) and value in known.statuses else 0
    if not isinstance(value, str):
        return _BY_ALLELES if dict(value) == copies_of(gene, known) else 0
    wanted = Score.of(value)
    if wanted is not None:
        return _score(wanted, key.phenotypes.get(gene, ""), known)
    if value in _UNDETERMINED:
        same = known.phenotype in _UNDETERMINED or same_words(gene, value, known.phenotype)
        return _BY_PHENOTYPE if same and Score.of(known.score) is None else 0
    return _BY_PHENOTYPE if known.phenotype and same_words(gene, value, known.phenotype) else 0


def _score(wanted: Score, phenotype: str, known: Result) -> int:
    """A score by number; a phenotype without one by that of the score."""
    given = Score.of(known.score)
    if given is None:
        how = _BY_PHENOTYPE if known.phenotype and known.phenotype == phenotype else 0
    elif given == Score(wanted.value, wanted.least):
        how = _BY_SCORE
    else:
        how = _BY_PHENOTYPE if wanted.least and given.value >= wanted.value else 0
    if how and wanted.note and known.alleles and 0 < wanted.value < 2:
        # DPWG, DPYD: of two altered copies the sum tells less than the enzyme's activity does ("Phenotyping")
        altered = not set(known.alleles) & _REFERENCE
        return how if altered == (wanted.note == "Phenotyping") else 0
    return how


@lru_cache(maxsize=4096)
def same_words(gene: str, value: str, phenotype: str) -> bool:
    """PharmCAT's words for a phenotype and CPIC's."""
    return phenotype.casefold() in (value.casefold(), PHENOTYPES.get((gene, value), value).casefold())


def copies_of(gene: str, known: Result) -> dict[str, float]:
    """Allele → copies; those of VKORC1 follow from its phenotype."""
    alleles = known.alleles
    if gene == "VKORC1" and not alleles and known.phenotype.startswith("-1639 "):
        alleles = tuple(_VKORC1[base] for base in known.phenotype.removeprefix("-1639 ") if base in _VKORC1)
    out: dict[str, float] = {}
    for allele in alleles:
        out[allele] = out.get(allele, 0.0) + 1.0
    return out


def _open(
    kept: Sequence[tuple[GuidanceLine, Sequence[Key]]], known: Mapping[str, Result]
) -> tuple[dict[str, tuple[str, ...]], set[str]]:
    """Gene → the scores among which the lines of one publication differ, where the person's is not known; and the lines."""
    out: dict[str, dict[str, None]] = {}
    doubted: set[str] = set()
    by: dict[tuple[object, ...], list[tuple[GuidanceLine, Sequence[Key]]]] = {}
    for line, keys in kept:
        by.setdefault(_publication(line), []).append((line, keys))
    for group in by.values():
        if len({line.text for line, _ in group}) < 2:
            continue
        for gene, one in known.items():
            scores = [str(k.values[gene]) for _, keys in group for k in keys if gene in k.values]
            if not one.score and not one.statuses and len(set(scores)) > 1 and all(Score.of(s) for s in scores):
                out.setdefault(gene, {}).update(dict.fromkeys(scores))
                doubted |= {line.edge.id for line, _ in group}
    ordered = {gene: tuple(sorted(scores, key=lambda s: (Score.of(s) or Score(0)).value)) for gene, scores in out.items()}
    return ordered, doubted
