"""Candidate genes and classified variants against the genes of the diseases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..model import inheritance_modes as m
from ..scoring.results import ContextWords
from ..variants.deduplicate import distinct
from ..variants.genotype import UNKNOWN_MODE, counted, one_expected, ratio
from ..variants.variant import Variant
from .context_ratio import ContextRatio

if TYPE_CHECKING:
    from ..model.annotations import Annotations

ALL_GENES = 20_000
"""Protein-coding genes, in round numbers (GENCODE, HGNC: 19,000 to 20,000)."""
_HELD = {False: 0.5, True: 0.95}
"""Chance that a list holds the patient's gene by design, without and with the user's word that it is complete. 0.95 is
LIRICAL's chance of not missing a variant (PMID:32755546); one half is judgement."""
_MOST = one_expected([Variant("GENE", "pathogenic or likely pathogenic")])
"""Bound of a listed gene's ratio, 255: a short list is a suspicion and must count less than a pathogenic variant that was
found (846). Judgement."""


@dataclass(frozen=True)
class Genes:
    """What is known of the patient's genes. `complete`: the list holds every gene that can be the cause."""

    listed: tuple[str, ...]
    complete: bool
    variants: tuple[Variant, ...]
    sex: str | None


def by_gene(annotations: Annotations) -> dict[str, list[int]]:
    """{symbol in lower case: its diseases}"""
    out: dict[str, list[int]] = defaultdict(list)
    for disease, genes in enumerate(annotations.genes):
        for gene in genes:
            out[gene.lower()].append(disease)
    return dict(out)


def evidence(known: Genes, annotations: Annotations, index: Mapping[str, Sequence[int]]) -> tuple[ContextRatio, list[str]]:
    """One LR a disease, the mean over its genes (any of them may be the patient's), and what could not be used.

    A gene of the list has LR h * G / n + 1 - h, with n genes listed of G = `ALL_GENES` and h the chance that the list was
    made so that it holds the gene (else it does so by chance), but `_MOST` at most. A gene outside has 1 - h when the list
    is complete, else 1. A gene with variants that count has their LR (`genotype`) instead: the list may come from them. A
    disease without known gene: 1.
    """
    import numpy as np

    inside = {g.lower() for g in known.listed}
    called: dict[str, list[Variant]] = defaultdict(list)
    variants, notes = distinct(known.variants)
    for v in counted(variants):
        called[v.gene.lower()].append(v)
    held = _HELD[known.complete]
    in_list = min(_MOST, max(1.0, _by_length(held, len(inside)))) if inside else 1.0
    outside = 1 - held if inside and known.complete else 1.0

    genes = np.array([len(g) for g in annotations.genes], dtype=np.float64)
    total = genes * outside
    for gene in sorted(inside - called.keys()):
        for disease in index.get(gene, ()):
            total[disease] += in_list - outside
    for gene, found_in in called.items():
        for disease in index.get(gene, ()):
            found = m.of_disease(annotations.inheritance[disease])
            total[disease] += ratio(found_in, found, known.sex) - outside
    log = np.log(np.where(genes > 0, total / np.maximum(genes, 1), 1.0))

    def leading(disease: int) -> list[str]:
        own = annotations.genes[disease]
        return [g for g in own if g.lower() in called] or [g for g in own if g.lower() in inside] or list(own)

    def words(disease: int) -> ContextWords:
        gene, of_disease = leading(disease)[0], []
        if gene.lower() in called:
            # a semicolon parts what is the patient's from what is the disease's where both are shown in one line
            told = " and ".join(v.told(annotations.diseases[disease]).replace("; ", ", ") for v in called[gene.lower()])
            said = f"{gene}: {told}"
            of_disease.append(m.told(m.of_disease(annotations.inheritance[disease])) or UNKNOWN_MODE)
        elif gene.lower() in inside:
            said = f"{gene} is one of {len(inside)} candidate genes"
        else:
            outside_list = " and ".join(leading(disease)[:3])
            return ContextWords(f"{outside_list} not among the {len(inside)} candidate genes, said to be complete")
        number = len(annotations.genes[disease])
        if number > 1:
            of_disease.append(f"one of {number} genes of this disease")
        return ContextWords(said, "; ".join(of_disease))

    if inside and _by_length(held, len(inside)) > _MOST:
        notes = (*notes, f"few candidate genes are a suspicion, no variant that was found: each counts ×{_MOST:.0f} at most")
    return ContextRatio(log, lambda disease: f"GENE:{leading(disease)[0]}", words), [*notes, *_notes(known, variants, index)]


def _by_length(held: float, listed: int) -> float:
    return held * ALL_GENES / listed + 1 - held


def _notes(known: Genes, variants: Sequence[Variant], index: Mapping[str, Sequence[int]]) -> list[str]:
    notes = []
    strange = [g for g in known.listed if g.lower() not in index]
    if strange:
        named = ", ".join(strange[:5]) + (", …" if len(strange) > 5 else "")
        notes.append(f"{len(strange)} of {len(known.listed)} candidate genes have no annotated disease: {named}")
    if len(known.listed) >= ALL_GENES / 2:
        notes.append("the list holds half of all genes or more: it tells next to nothing")
    idle = len(variants) - len(counted(variants))
    if idle:
        of = f"of {len(variants)} variants, {idle} count" if len(variants) > 1 else "the variant counts"
        notes.append(f"{of} nothing: benign, uncertain or not assessed")
    lost = sorted({v.gene for v in counted(variants) if v.gene.lower() not in index})
    if lost:
        notes.append(f"pathogenic variants in genes without an annotated disease: {', '.join(lost)}")
    return notes
