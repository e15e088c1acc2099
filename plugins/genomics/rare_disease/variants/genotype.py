"""The patient's variants in a gene, as likelihood ratio of a disease of that gene.

After LIRICAL's genotype likelihood ratio (Robinson et al. 2020, PMID:32755546): a dominant disease expects one pathogenic
allele in its gene, a recessive one two; other people carry such alleles rarely (Poisson). With d the chance that an expected
allele is found, and alleles of odds r (`variant.Variant.odds`) against carrying them by chance, P(observed | disease) /
P(observed | another disease) becomes

    one allele expected      (1 - d) + d * sum(r)
    two alleles expected     (1 - d) ** 2 + 2 d (1 - d) * sum(r) + 2 d ** 2 * sum over pairs(r_i * r_j)

which is binomial detection over a Poisson background of 1 / r. What is simpler than in
LIRICAL: no computed pathogenicity of unclassified variants; one background for all genes of a mode instead of gnomAD's by
gene; a gene in which nothing is reported counts neither way, and a variant never counts against its gene's diseases (who
reported variants did not say that all else was looked at); the modes of a disease are averaged where LIRICAL takes the best.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from ..model import inheritance_modes as m
from .variant import Variant

FOUND = 0.95
"""d; LIRICAL's chance of missing an allele is 5 %."""
CARRIERS = 10.0
"""How much commoner healthy people with one such allele of a recessive gene are: by gene about 2.5 in 1,000 (24 % carry one
of 108 recessive disorders: Lazarin et al. 2013, PMID:22975760) against 0.2 in 1,000 (2 % for 112 mostly dominant ones:
Amendola et al. 2015, PMID:25637381), in round numbers."""
_ONE = (m.DOMINANT, m.X_DOMINANT, m.Y_LINKED, m.MITOCHONDRIAL, m.PSEUDO_DOMINANT)
_EITHER = (m.SEMIDOMINANT, m.PSEUDOAUTOSOMAL)
UNKNOWN_MODE = "mode of inheritance not annotated"


def counted(variants: Iterable[Variant]) -> list[Variant]:
    """Those that are evidence: pathogenic in some degree. Benign, uncertain and unassessed variants count nothing."""
    return [v for v in variants if v.odds > 1]


def ratio(variants: Sequence[Variant], modes: Sequence[str], sex: str | None) -> float:
    """LR of a disease with these annotated `modes` from the `counted` variants in its gene; at least 1."""
    if not modes:
        return (one_expected(variants) + two_expected(variants)) / 2
    return sum(_by_mode(variants, mode, sex) for mode in modes) / len(modes)


def one_expected(variants: Sequence[Variant]) -> float:
    return max(1.0, (1 - FOUND) + FOUND * sum(v.odds for v in variants))


def two_expected(variants: Sequence[Variant]) -> float:
    alleles = [(v, v.odds / CARRIERS) for v in variants for _ in range(2 if v.zygosity == "homozygous" else 1)]
    pairs = sum(r * s for (v, r), (w, s) in combinations(alleles, 2) if v is w or not v.together(w))
    missed = 1 - FOUND
    return max(1.0, missed**2 + 2 * missed * FOUND * sum(r for _, r in alleles) + 2 * FOUND**2 * pairs)


def _by_mode(variants: Sequence[Variant], mode: str, sex: str | None) -> float:
    """A man has one X chromosome: one allele there is all that he can have."""
    one = mode in _ONE or (mode in (m.X_LINKED, m.X_RECESSIVE) and (sex == "male" or _hemizygous(variants)))
    if one:
        return one_expected(variants)
    if mode in _EITHER or mode == m.X_LINKED:
        return (one_expected(variants) + two_expected(variants)) / 2
    return two_expected(variants)


def _hemizygous(variants: Sequence[Variant]) -> bool:
    return any(v.zygosity == "hemizygous" for v in variants)
