"""A small world for the ranker: 14 terms, 7 diseases, numbers that can be worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from bedside.plugins.genomics.rare_disease.model.annotations import Annotations, frequency
from bedside.plugins.genomics.rare_disease.model.disease_similarity import findings_in_names, relatives, simple
from bedside.plugins.genomics.rare_disease.model.finding_probabilities import Model, derive
from bedside.plugins.genomics.rare_disease.model.ontology import ROOT, Ontology, build
from bedside.plugins.genomics.rare_disease.model.parameters import Parameters
from bedside.plugins.genomics.rare_disease.scoring.score import DiseaseScorer

# term: parents
PARENTS = {
    ROOT: [],
    "HP:0000001": [],  # above the root: must not be kept
    "HP:1000010": [ROOT],  # eye
    "HP:1000011": ["HP:1000010"],  # lens
    "HP:1000012": ["HP:1000011"],  # ectopia lentis
    "HP:1000013": ["HP:1000011"],  # cataract
    "HP:1000020": [ROOT],  # heart
    "HP:1000021": ["HP:1000020"],  # aneurysm
    "HP:1000022": ["HP:1000021"],  # aortic root aneurysm
    "HP:1000023": ["HP:1000020"],  # septal defect
    "HP:1000030": [ROOT],  # limbs
    "HP:1000031": ["HP:1000030"],  # arachnodactyly
    "HP:1000032": ["HP:1000030", "HP:1000020"],  # two parents
    "HP:1000040": [ROOT],  # optic atrophy
}
NAMES = {t: f"term {t[-2:]}" for t in PARENTS} | {"HP:1000040": "Optic atrophy"}
# (disease, name, genes, [(term, frequency, negated, references)])
DISEASES: list[tuple[str, str, tuple[str, ...], list[tuple[str, str, bool, tuple[str, ...]]]]] = [
    ("OMIM:100001", "Lens syndrome 1", ("GENA",), [
        ("HP:1000012", "9/10", False, ("PMID:1",)),
        ("HP:1000022", "3/10", False, ("PMID:1", "PMID:2")),
        ("HP:1000031", "HP:0040281", False, ("OMIM:100001",)),
        ("HP:1000023", "0/10", False, ("PMID:1",)),
    ]),
    ("OMIM:100002", "Lens syndrome 2", ("GENB",), [
        ("HP:1000013", "", False, ("PMID:3",)),
        ("HP:1000031", "2/4", False, ("PMID:4",)),
    ]),
    ("OMIM:100003", "Heart and hand disorder", ("GENC",), [
        ("HP:1000023", "50%", False, ("PMID:5",)),
        ("HP:1000032", "HP:0040283", False, ("PMID:5",)),
        ("HP:1000031", "", True, ("PMID:5",)),
    ]),
    ("OMIM:100004", "Optic atrophy 16", ("GEND",), [("HP:1000021", "1/1", False, ("PMID:6",))]),
    ("OMIM:100005", "Unlike anything", (), [("HP:1000020", "1/2", False, ("PMID:7",))]),
    ("ORPHA:1", "Lens syndrome", ("GENA", "GENB"), [("HP:1000012", "HP:0040281", False, ("ORPHA:1",))]),
    ("ORPHA:2", "Something of its own", (), [("HP:1000013", "HP:0040282", False, ("ORPHA:2",))]),
]  # fmt: skip


DESCRIBED = frozenset({"lens", "optic", "atrophy", "heart", "hand"})


def plain(**changes: float) -> Parameters:
    """Round numbers, so that tests do not move with the shipped ones."""
    chosen = {
        "unstated": 0.5, "study": 1.0, "expected": 0.5, "cap": 0.98, "specialise": 1.0, "noise": 0.05, "blank": 0.5,
        "kin": 0.8, "own": 8.0, "kin_mass": 1.0, "enough": 4.0, "named": 0.5, "told": 0.2, "silence": 1.0,
        "absence": 1.0, "least_absent": 0.05, "overlap": 0.0, "background": 1e-4, "sharpness": 0.5, "blur": 0.0,
        "name_power": 3.0, "gene_weight": 1.0,
    }  # fmt: skip
    return Parameters(**{**chosen, **changes})


def ontology() -> Ontology:
    return build(PARENTS, NAMES, {"HP:9999999": "HP:1000012"})


def annotations(without: frozenset[str] = frozenset(), terms: Ontology | None = None) -> Annotations:
    """All lines, or those that do not rest on these publications alone."""
    o = terms or ontology()
    kept = [[line for line in lines if not (line[3] and set(line[3]) <= without)] for *_, lines in DISEASES]
    flat = [line for lines in kept for line in lines]
    numbers = [frequency(line[1]) for line in flat]
    references = tuple(sorted({r for line in flat for r in line[3]}))
    return Annotations(
        diseases=tuple(d for d, *_ in DISEASES),
        disease_names=tuple(name for _, name, *_ in DISEASES),
        at=np.concatenate([[0], np.cumsum([len(lines) for lines in kept])]).astype(np.int64),
        term=np.array([o.number[line[0]] for line in flat], dtype=np.int32),
        have=np.array([n[0] for n in numbers], dtype=np.float32),
        seen=np.array([n[1] for n in numbers], dtype=np.float32),
        share=np.array([n[2] for n in numbers], dtype=np.float32),
        negated=np.array([line[2] for line in flat], dtype=bool),
        reference_at=np.concatenate([[0], np.cumsum([len(line[3]) for line in flat])]).astype(np.int64),
        reference=np.array([references.index(r) for line in flat for r in line[3]], dtype=np.int32),
        references=references,
        edge=tuple(f"e_{i}" for i in range(len(flat))),
        genes=tuple(genes for _, _, genes, _ in DISEASES),
        inheritance=tuple(() for _ in DISEASES),
        onset=tuple(() for _ in DISEASES),
    )


def scorer(parameters: Parameters | None = None, without: frozenset[str] = frozenset(), **model: Any) -> DiseaseScorer:
    """A scorer whose model never saw the lines of these publications; `model` replaces arrays of the model."""
    p = parameters or plain()
    o = ontology()
    a = annotations(without, o)
    words = {simple(name): i for i, name in enumerate(o.names)}
    named = findings_in_names(a.disease_names, words)
    derived: Model = derive(o, a, relatives(a, DESCRIBED, name_power=p.name_power, gene_weight=p.gene_weight), named, p)
    return DiseaseScorer(o, a, replace(derived, **model), p)
