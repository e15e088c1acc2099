"""The formula of CHA₂DS₂-VASc, and the words it is stated in.

Points after Lip GYH et al., Chest 2010;137(2):263-272 (PMID:19762550). Only a denial counts 0: a history of which nothing
was read may be there, and widens the range.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bedside.core import Computed, ComputedFunction
from bedside.core.types import Scalar

VERSION = "1"
MOST = 9
HistoryState = Literal["present", "denied", "unknown"]
Inputs = Mapping[str, Scalar | None]


@dataclass(frozen=True)
class Item:
    """One item of the history. It is there when one of its `parts` is, and denied only when each of them is. Of the ids of
    a part any affirms it; only the first, the widest concept, denies it."""

    field: str
    title: str
    points: int
    parts: Mapping[str, tuple[str, ...]]


ITEMS = (
    Item("congestive_heart_failure", "congestive heart failure", 1, {"heart failure": ("HP:0001635",)}),
    Item("hypertension", "hypertension", 1, {"high blood pressure": ("HP:0000822",)}),
    Item(
        "diabetes",
        "diabetes",
        1,
        {"diabetes mellitus": ("HP:0000819", "HP:0005978", "HP:0100651", "OMIM:125853", "OMIM:222100")},
    ),
    Item(
        "stroke_tia_thromboembolism",
        "stroke, TIA or thromboembolism",
        2,
        {"stroke": ("HP:0001297", "HP:0002140"), "TIA": ("HP:0002326",), "thromboembolism": ("HP:0001907",)},
    ),
    Item(
        "vascular_disease",
        "vascular disease",
        1,
        {
            "myocardial infarction": ("HP:0001658",),
            "peripheral artery disease": ("HP:0004950",),
            "aortic plaque": ("HP:0012397",),
        },
    ),
)


@dataclass(frozen=True)
class Part:
    """One line of the score: what it is, what was found, and the fewest and most points it may give."""

    title: str
    found: str
    low: int
    high: int

    @property
    def points(self) -> str:
        return str(self.low) if self.low == self.high else f"{self.low} to {self.high}"


def state_of(item: Item, inputs: Inputs) -> HistoryState:
    """From the item as a whole, where it is given so, and from its parts (True: there, False: denied, None: not known)."""
    whole, parts = inputs.get(item.field), [inputs.get(name) for name in item.parts]
    if whole is True or True in parts:
        return "present"
    return "denied" if whole is False or all(one is False for one in parts) else "unknown"


def parts_of(inputs: Inputs) -> list[Part]:
    """The lines of the score."""
    age, sex = inputs.get("age_years"), inputs.get("sex")
    if isinstance(age, int | float):
        points = 2 if age >= 75 else 1 if age >= 65 else 0
        parts = [Part("age", f"{int(age)} years", points, points)]
    else:
        parts = [Part("age", "not known", 0, 2)]
    if sex in ("female", "male"):
        parts.append(Part("sex", str(sex), int(sex == "female"), int(sex == "female")))
    else:
        parts.append(Part("sex", "not known" if sex is None else "neither female nor male", 0, 1))
    for item in ITEMS:
        state = state_of(item, inputs)
        found = "not known" if state == "unknown" else state
        parts.append(Part(item.title, found, item.points * (state == "present"), item.points * (state != "denied")))
    return parts


def score(inputs: Inputs) -> Computed:
    """The score, or the range in which it lies, and the sentence that is quoted."""
    parts = parts_of(inputs)
    low, high = sum(p.low for p in parts), sum(p.high for p in parts)
    value = f"{low}" if low == high else f"between {low} and {high}"
    lines = "; ".join(f"{p.title}: {p.found}, {p.points}" for p in parts)
    return Computed(low if low == high else f"{low} to {high}", f"CHA₂DS₂-VASc score {value} of {MOST} points ({lines}).")


FUNCTION = ComputedFunction(
    name="cha2ds2vasc.score",
    version=VERSION,
    title="CHA₂DS₂-VASc score",
    run=score,
    url="https://pubmed.ncbi.nlm.nih.gov/19762550/",
    references=("PMID:19762550",),
    licence="published formula",
)
