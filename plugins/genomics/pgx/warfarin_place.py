"""Where a person with these results stands in CPIC's flow chart for warfarin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from .fitting import Result
from .person import Person
from .warfarin import FLOW_CHART, Patient, Step, steps_of

if TYPE_CHECKING:
    from bedside.core import GraphEdge


def patient_of(possible: Mapping[str, Sequence[Result]], person: Person) -> Patient:
    """What is known for the chart; of a gene with several possible results nothing is."""

    def only(gene: str) -> Result:
        found = possible.get(gene, ())
        return found[0] if len(found) == 1 else Result()

    cyp2c9, vkorc1, cyp4f2 = only("CYP2C9"), only("VKORC1"), only("CYP4F2")
    return Patient(
        adult=None if person.is_child is None else not person.is_child,
        cyp2c9="/".join(cyp2c9.alleles) or None,
        cyp2c9_phenotype=cyp2c9.phenotype or None,
        vkorc1=vkorc1.phenotype or "/".join(vkorc1.alleles) or None,
        cyp4f2="/".join(cyp4f2.alleles) or None,
    )


def chart_steps(edges: Sequence[GraphEdge], possible: Mapping[str, Sequence[Result]], person: Person) -> list[Step]:
    """The boxes among a drug's edges that the person is at or may be at; none where no gene of the chart has a result."""
    boxes = [e for e in edges if e.kind == FLOW_CHART]
    if not boxes or not {"CYP2C9", "VKORC1"} & possible.keys():
        return []
    return [step for step in steps_of(patient_of(possible, person), boxes) if step.here.state != "no"]
