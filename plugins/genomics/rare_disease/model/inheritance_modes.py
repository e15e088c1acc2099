"""Modes of inheritance as HPO names them, and those that the diseases are annotated with."""

from __future__ import annotations

from collections.abc import Iterable

DOMINANT, RECESSIVE = "HP:0000006", "HP:0000007"
X_LINKED, X_RECESSIVE, X_DOMINANT, Y_LINKED = "HP:0001417", "HP:0001419", "HP:0001423", "HP:0001450"
MITOCHONDRIAL, SEMIDOMINANT = "HP:0001427", "HP:0032113"
PSEUDOAUTOSOMAL, PSEUDO_DOMINANT, PSEUDO_RECESSIVE = "HP:0034339", "HP:0034340", "HP:0034341"
NON_MENDELIAN, POLYGENIC, OLIGOGENIC, DIGENIC = "HP:0001426", "HP:0010982", "HP:0010983", "HP:0010984"
SPORADIC, DE_NOVO = "HP:0003745", "HP:0025352"
MALE_ONLY, FEMALE_ONLY = "HP:0001475", "HP:0034344"

NAMES = {
    DOMINANT: "autosomal dominant",
    RECESSIVE: "autosomal recessive",
    SEMIDOMINANT: "semidominant",
    X_LINKED: "X-linked",
    X_RECESSIVE: "X-linked recessive",
    X_DOMINANT: "X-linked dominant",
    Y_LINKED: "Y-linked",
    PSEUDOAUTOSOMAL: "pseudoautosomal",
    PSEUDO_DOMINANT: "pseudoautosomal dominant",
    PSEUDO_RECESSIVE: "pseudoautosomal recessive",
    MITOCHONDRIAL: "mitochondrial",
    NON_MENDELIAN: "of several genes",
    POLYGENIC: "polygenic",
    OLIGOGENIC: "oligogenic",
    DIGENIC: "digenic",
}
"""Modes proper. What else stands beside them in HPO (penetrance, anticipation, sporadic) qualifies a mode and is none."""

ABOVE = {
    X_RECESSIVE: (X_LINKED,),
    X_DOMINANT: (X_LINKED,),
    PSEUDO_DOMINANT: (PSEUDOAUTOSOMAL, DOMINANT),
    PSEUDO_RECESSIVE: (PSEUDOAUTOSOMAL, RECESSIVE),
    SEMIDOMINANT: (DOMINANT, RECESSIVE),
    POLYGENIC: (NON_MENDELIAN,),
    OLIGOGENIC: (NON_MENDELIAN,),
    DIGENIC: (NON_MENDELIAN,),
}
"""What a family with the mode can look like besides: HPO's `is_a`, and the modes between which a mode lies."""

WORDS = {
    **{name.lower(): id_ for id_, name in NAMES.items()},
    "ad": DOMINANT,
    "dominant": DOMINANT,
    "ar": RECESSIVE,
    "recessive": RECESSIVE,
    "xl": X_LINKED,
    "xlr": X_RECESSIVE,
    "xr": X_RECESSIVE,
    "xld": X_DOMINANT,
    "xd": X_DOMINANT,
    "yl": Y_LINKED,
    "mt": MITOCHONDRIAL,
    "maternal": MITOCHONDRIAL,
    "sporadic": SPORADIC,
    "de novo": DE_NOVO,
}


def of_disease(annotated: Iterable[str]) -> tuple[str, ...]:
    """The modes among what is annotated as inheritance, without those that a more specific one implies."""
    modes = {id_ for id_ in annotated if id_ in NAMES}
    implied = {above for id_ in modes for above in ABOVE.get(id_, ())}
    return tuple(sorted(modes - implied))


def told(modes: Iterable[str]) -> str:
    return " or ".join(NAMES[m] for m in modes)
