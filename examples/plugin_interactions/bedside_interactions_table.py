"""The table: pairs of drugs, and what labels or studies say that they do together, in words of our own. Only a sample.

A line's `effect` stands in its text word by word, so that a row of an answer's table can cite it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bedside.core import Passage

SOURCE = "interactions-sample"
VERSION = "2025-01"


@dataclass(frozen=True)
class Line:
    """Two drugs, what they do together, how, and who says so."""

    a: str
    b: str
    effect: str
    how: str
    references: tuple[str, ...]

    @property
    def passage(self) -> Passage:
        """The line as it is stored; its id is the same on every machine."""
        return Passage.of(
            source_id=SOURCE,
            text=f"{self.a} and {self.b} together: {self.effect}. {self.how}",
            kind="interaction",
            references=self.references,
            fields={"a": self.a, "b": self.b},
        )


TABLE = (
    Line(
        "warfarin",
        "ibuprofen",
        "higher risk of bleeding",
        "Ibuprofen hinders platelets and injures the lining of the stomach while warfarin slows clotting.",
        ("US label of Coumadin, section 7",),
    ),
    Line(
        "warfarin",
        "fluconazole",
        "the INR rises, with a higher risk of bleeding",
        "Fluconazole inhibits CYP2C9, which clears S-warfarin.",
        ("US label of Coumadin, section 7", "US label of Diflucan, section on drug interactions"),
    ),
    Line(
        "clarithromycin",
        "simvastatin",
        "higher risk of myopathy and rhabdomyolysis",
        "Clarithromycin inhibits CYP3A4, which clears simvastatin; the label of simvastatin names the pair contraindicated.",
        ("US label of Zocor, sections 4 and 7",),
    ),
    Line(
        "sildenafil",
        "nitroglycerin",
        "severe fall of blood pressure",
        "Both act through cyclic GMP; the label of sildenafil names nitrates contraindicated.",
        ("US label of Viagra, sections 4 and 7",),
    ),
    Line(
        "clopidogrel",
        "omeprazole",
        "weaker effect of clopidogrel on platelets",
        "Omeprazole inhibits CYP2C19, which makes the active metabolite of clopidogrel.",
        ("US label of Plavix, section 7",),
    ),
    Line(
        "methotrexate",
        "trimethoprim",
        "higher risk of bone marrow suppression",
        "Both work against folate, and trimethoprim hinders the excretion of methotrexate.",
        ("US label of methotrexate, section on drug interactions",),
    ),
    Line(
        "lithium",
        "ibuprofen",
        "the lithium level rises",
        "Ibuprofen lowers the clearance of lithium by the kidney.",
        ("US label of lithium carbonate, section 7",),
    ),
    Line(
        "digoxin",
        "amiodarone",
        "the digoxin level rises",
        "Amiodarone inhibits P-glycoprotein, which carries digoxin out.",
        ("US label of Lanoxin, section 7",),
    ),
    Line(
        "azathioprine",
        "allopurinol",
        "higher risk of bone marrow suppression",
        "Allopurinol inhibits xanthine oxidase, which breaks down the active form of azathioprine.",
        ("US label of Imuran, section on drug interactions",),
    ),
    Line(
        "linezolid",
        "sertraline",
        "risk of serotonin syndrome",
        "Linezolid inhibits monoamine oxidase weakly while sertraline keeps serotonin in the synapse.",
        ("US label of Zyvox, section 5",),
    ),
    Line(
        "tamoxifen",
        "paroxetine",
        "less of the active metabolite endoxifen",
        "Paroxetine inhibits CYP2D6, which makes endoxifen of tamoxifen.",
        ("PMID:14652237",),
    ),
)


def records() -> Iterator[Passage]:
    return (line.passage for line in TABLE)
