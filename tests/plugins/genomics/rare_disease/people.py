"""The small world with inheritance, onset and genes, for what is known of a patient besides findings."""

from __future__ import annotations

from dataclasses import replace

from bedside.plugins.genomics.rare_disease.model.annotations import Annotations

from .small import annotations

AD, AR, XL, XLR, XLD, YL = "HP:0000006", "HP:0000007", "HP:0001417", "HP:0001419", "HP:0001423", "HP:0001450"
# disease number: inheritance, onset, genes
PEOPLE: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    ((AD,), ("HP:0003577",), ("GENA",)),
    ((AR,), ("HP:0011463",), ("GENB",)),
    ((XLR,), ("HP:0003581",), ("GENC",)),
    ((XLD, XL), (), ("GEND",)),
    ((AD, AR), ("HP:0003676",), ("GENA", "GENE", "GENF")),
    ((), ("HP:0003593", "HP:0011463"), ("GENG",)),
    (("HP:0003829", "HP:0001475"), (), ()),
)


class World:
    """What `Context.ratios` needs of a scorer."""

    def __init__(self) -> None:
        inheritance, onset, genes = zip(*PEOPLE, strict=True)
        self.annotations: Annotations = replace(annotations(), inheritance=inheritance, onset=onset, genes=genes)
        self.diseases = len(PEOPLE)
