"""Results of one gene that can't all be true: none of them is used."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from ....types.context import FhirAddress, Genotype
from ..reports import Reports
from .words import alleles

_RS = re.compile(r"(rs\d+) (.+)")


def settled(genotypes: Sequence[Genotype], reports: Reports) -> tuple[Genotype, ...]:
    """The same results, `uncertain` where another of the same gene contradicts them."""
    by_gene: dict[str, list[Genotype]] = {}
    for one in genotypes:
        if one.model_copy(update={"negated": False}).holds:
            by_gene.setdefault(one.gene, []).append(one)
    unsure = {gene for gene, found in by_gene.items() if _contradict(found)}
    # a diplotype that its own haplotypes contradict: neither is used
    unsure |= {
        g.gene for g in genotypes if g.certainty == "uncertain" and g.model_copy(update={"certainty": "certain"}).holds
    }
    for gene in sorted(unsure):
        for one in by_gene.get(gene, ()):
            assert isinstance(one.address, FhirAddress)
            reports.add(one.address.reference, "contradicting-results")
    return tuple(
        one.model_copy(update={"certainty": "uncertain"}) if one.gene in unsure and one in by_gene.get(one.gene, ()) else one
        for one in genotypes
    )


def _contradict(found: Sequence[Genotype]) -> bool:
    """Do results of one gene exclude one another?"""
    results = dict.fromkeys((f.form, f.result, f.negated) for f in found)
    if _variants_contradict([(name, negated) for form, name, negated in results if form == "variant"]):
        return True
    if any(_exclude(one, other) for one, other in combinations([r for r in results if r[0] != "variant"], 2)):
        return True
    single = {f.result for f in found if f.form == "allele" and " " not in f.result}
    return sum(not any(a != b and _same(a, b) and len(a) < len(b) for b in single) for a in single) > 2


def _variants_contradict(found: Sequence[tuple[str, bool]]) -> bool:
    """Is a variant there and not there, or at one rsID twice with different bases?"""
    said: dict[str, set[str]] = {}
    for name, negated in found:
        bases = _RS.fullmatch(name)
        said.setdefault(bases[1] if bases else name, set()).add("absent" if negated else bases[2] if bases else "present")
    return any(len(words) > 1 for words in said.values())


_Result = tuple[str, str, bool]


def _exclude(one: _Result, other: _Result) -> bool:
    (form, result, _), (form_2, result_2, _) = sorted((one, other))
    if form == form_2 in ("diplotype", "phenotype"):
        return alleles(result) != alleles(result_2)
    if form == "allele" and form_2 in ("allele", "diplotype"):
        name, _, carried = result.partition(" ")
        name_2, _, carried_2 = result_2.partition(" ")
        there = [_same(name, part) for part in alleles(name_2)]
        if carried or carried_2:  # typed as carried or not, against a typing or the other answer
            says = carried or "positive"
            says_2 = carried_2 or "positive"
            return (any(there) and says != says_2) or (form_2 == "diplotype" and carried == "positive" and not any(there))
        return form_2 == "diplotype" and not any(there)
    return False


def _same(one: str, other: str) -> bool:
    """Can two names be of one allele? `*57:01` and `*57:01:01G`, `*7` and `*7.001`."""
    short, long = sorted((one.rstrip("G"), other.rstrip("G")), key=len)
    return short == long or long.startswith((f"{short}:", f"{short}."))
