"""Warfarin by CPIC's flow charts (PMID:28198005): the steps in order, and whether a person is at each of them.

The charts are edges of the graph, a box each, in CPIC's words. Nothing is computed: where a chart says to calculate a dose
by a published algorithm, this is shown. What is not known of the person is not taken as normal, absent or untested: the
step then says what is missing, and both branches stand side by side.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from .diplotype_names import alleles_of

if TYPE_CHECKING:
    from bedside.core import GraphEdge

Ancestry = Literal["african_american", "african", "european", "other"]
"""As the person states it. `african`: African, not said to be African American; `other`: neither African nor European."""
State = Literal["yes", "no", "not known"]

FLOW_CHART = "flow_chart"
"""The kind of the edges."""
OTHER_CYP2C9 = frozenset({"*5", "*6", "*8", "*11"})
_CYP4F2_T = frozenset({"*3", "*4", "*22"})  # alleles of PharmVar that are defined with rs2108622 T
_BASES = re.compile(r"(?<![A-Za-z0-9])([ACGT])[/|]?([ACGT])?(?![A-Za-z0-9])")


@dataclass(frozen=True)
class Patient:
    """What is known for the charts: None is not known, an empty string is known to be not tested.

    `adult`: False for a child. `cyp2c9`: a diplotype (`*1/*3`); `cyp2c9_phenotype` as CPIC writes it. `vkorc1`: genotype at
    -1639G>A (rs9923231), `A/G`, `-1639 AG` or `C/T` of the other strand. `cyp4f2`: genotype at rs2108622 (`C/T`, `G/A`) or
    a diplotype of CYP4F2 (`*1/*3`). `rs12777823`: its genotype (`A/G`). `other_cyp2c9_tested`: were CYP2C9*5, *6, *8 and
    *11 tested too?
    """

    adult: bool | None = None
    cyp2c9: str | None = None
    cyp2c9_phenotype: str | None = None
    vkorc1: str | None = None
    cyp4f2: str | None = None
    rs12777823: str | None = None
    other_cyp2c9_tested: bool | None = None
    ancestry: Ancestry | None = None


@dataclass(frozen=True)
class Known:
    """A three-valued answer; `why` says what is missing where it is not known."""

    state: State
    why: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.state}: {'; '.join(self.why)}" if self.why else self.state


YES, NO = Known("yes"), Known("no")


@dataclass(frozen=True)
class Step:
    """A box of a chart. `text` is the chart's, `notes` its footnotes; `strength` STRONG, MODERATE, OPTIONAL or empty.

    `here`: is the person at it? `answer` is the person's to a box that is a question, else None.
    """

    chart: Literal["adults", "children"]
    id: str
    text: str
    notes: tuple[str, ...]
    strength: str
    here: Known
    edge: GraphEdge
    answer: Known | None = None

    @property
    def said(self) -> str:
        """What is so of the person, in words."""
        if self.answer is None:
            return str(self.here)
        if self.here == NO:
            return "not asked"
        return f"the answer is {self.answer}" if self.answer.state != "not known" else str(self.answer)


def steps_of(patient: Patient, edges: Sequence[GraphEdge]) -> list[Step]:
    """The steps of the chart for the person's age, of both charts where the age is not known. `edges` are those of kind
    `FLOW_CHART`."""
    boxes = sorted(edges, key=lambda e: (str(e.props["chart"]), int(e.props["place"])))
    out: list[Step] = []
    if patient.adult is not False:
        out += _walk("adults", boxes, patient, YES if patient.adult else _unknown("whether the patient is an adult"))
    if patient.adult is not True:
        start = YES if patient.adult is False else _unknown("whether the patient is an adult")
        out += _walk("children", boxes, patient, start)
    return out


def _walk(chart: Literal["adults", "children"], edges: Sequence[GraphEdge], patient: Patient, start: Known) -> list[Step]:
    found = {str(e.props["id"]): e for e in edges if e.props["chart"] == chart}
    boxes = {name: e.props for name, e in found.items()}

    @cache
    def answer(box: str) -> Known:
        return _FACTS[boxes[box]["asks"]](patient)

    @cache
    def reached(box: str) -> Known:
        arrows = boxes[box].get("after")
        return _any([_arrow(*arrow.partition(": ")[::2]) for arrow in arrows]) if arrows else start

    def _arrow(source: str, wanted: str) -> Known:
        if not wanted:
            return reached(source)
        said = answer(source)
        if said.state in boxes[source].get("ends", ()):
            said = _unknown(f"the chart has no arrow from “{boxes[source]['text']}” for “{said.state}”")
        elif said.state != "not known":
            said = YES if said.state == wanted else NO
        return _all([reached(source), said])

    out = []
    for name, box in boxes.items():
        held = _FACTS[box["holds"]](patient) if "holds" in box else YES
        out.append(
            Step(
                chart=chart,
                id=name,
                text=box["text"],
                notes=tuple(box.get("notes", ())),
                strength=box.get("strength", ""),
                here=_all([reached(name), held]),
                edge=found[name],
                answer=answer(name) if "asks" in box else None,
            )
        )
    return out


def _all(parts: Sequence[Known]) -> Known:
    if any(part.state == "no" for part in parts):
        return NO
    return _joined(parts) or YES


def _any(parts: Sequence[Known]) -> Known:
    if any(part.state == "yes" for part in parts):
        return YES
    return _joined(parts) or NO


def _joined(parts: Sequence[Known]) -> Known | None:
    why = dict.fromkeys(reason for part in parts if part.state == "not known" for reason in part.why)
    return Known("not known", tuple(why)) if why else None


def _unknown(what: str) -> Known:
    return Known("not known", (what,))


def _is(value: bool) -> Known:
    return YES if value else NO


def _genotype(patient: Patient) -> Known:
    """Are both genotypes there?"""
    parts = []
    for name, value in (("VKORC1 -1639G>A", patient.vkorc1), ("the genotype of CYP2C9", patient.cyp2c9)):
        parts.append(_unknown(name) if value is None else _is(bool(value)))
    return _all(parts)


def _african(patient: Patient) -> Known:
    return _of_ancestry(patient, patient.ancestry in ("african_american", "african"))


def _european(patient: Patient) -> Known:
    return _of_ancestry(patient, patient.ancestry == "european")


def _african_american(patient: Patient) -> Known:
    if patient.ancestry == "african":
        return _unknown("whether the ancestry is mainly of West Africa")
    return _of_ancestry(patient, patient.ancestry == "african_american")


def _of_ancestry(patient: Patient, value: bool) -> Known:
    return _unknown("the ancestry") if patient.ancestry is None else _is(value)


def _carried(patient: Patient) -> set[str]:
    return set(alleles_of(patient.cyp2c9 or "")) - {""}


def _other_tested(patient: Patient) -> Known:
    if patient.other_cyp2c9_tested is not None and not _carried(patient) & OTHER_CYP2C9:
        return _is(patient.other_cyp2c9_tested)
    if _carried(patient) & OTHER_CYP2C9:
        return YES  # one that was found was tested
    return _unknown("whether CYP2C9*5, *6, *8 and *11 were tested")


def _other_cyp2c9(patient: Patient) -> Known:
    carried = _carried(patient)
    if carried & OTHER_CYP2C9:
        return YES
    if carried and patient.other_cyp2c9_tested:
        return NO
    if patient.other_cyp2c9_tested is False:
        return _unknown("CYP2C9*5, *6, *8 and *11 were not tested")
    return _other_tested(patient) if patient.other_cyp2c9_tested is None else _unknown("the genotype of CYP2C9")


def _poor(patient: Patient) -> Known:
    """CYP2C9 poor metabolism, by its phenotype, else by the two genotypes that the chart names."""
    if patient.cyp2c9_phenotype and patient.cyp2c9_phenotype.casefold() != "indeterminate":
        return _is("poor" in patient.cyp2c9_phenotype.casefold())
    both = sorted(alleles_of(patient.cyp2c9)) if patient.cyp2c9 else []
    if both in (["*2", "*3"], ["*3", "*3"]):
        return YES
    return _unknown("the phenotype of CYP2C9")


def _has(base: str, other_strand: str, genotype: str, name: str) -> Known:
    """Whether `A/G`, `-1639 AG` or `rs12777823 reference (G)/rs12777823 variant (A)` has a base, on either strand."""
    bases = {base for pair in _BASES.findall(genotype) for base in pair if base}
    return (
        _is(bool(bases & {base, other_strand})) if bases else Known("not known", (f"the genotype of {name} can't be read",))
    )


def _cyp4f2_t(patient: Patient) -> Known:
    said = patient.cyp4f2
    if not said:
        return _unknown("rs2108622 (CYP4F2)" if said is None else "rs2108622 (CYP4F2) was not tested")
    if "*" in said:
        return _is(bool(set(alleles_of(said)) & _CYP4F2_T))
    return _has("T", "A", said, "rs2108622 (CYP4F2)")


def _rs12777823_tested(patient: Patient) -> Known:
    return _unknown("whether rs12777823 was tested") if patient.rs12777823 is None else _is(bool(patient.rs12777823))


def _rs12777823_a(patient: Patient) -> Known:
    if not patient.rs12777823:
        return _rs12777823_tested(patient) if patient.rs12777823 is None else _unknown("rs12777823 was not tested")
    return _has("A", "T", patient.rs12777823, "rs12777823")


_FACTS = {
    "genotype": _genotype,
    "african": _african,
    "european": _european,
    "african_american": _african_american,
    "other_tested": _other_tested,
    "other_cyp2c9": _other_cyp2c9,
    "poor": _poor,
    "cyp4f2_t": _cyp4f2_t,
    "rs12777823_tested": _rs12777823_tested,
    "rs12777823_a": _rs12777823_a,
}
