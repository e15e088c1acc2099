"""Which drugs a text advises for, and which against."""

from __future__ import annotations

import re

import pytest
from bedside.core.evidence.advice import advice
from bedside.core.types import Mention

DRUGS = ("codeine", "tramadol", "morphine", "clopidogrel", "prasugrel", "ticagrelor", "warfarin", "paroxetine")


def drugs_in(text: str) -> list[Mention]:
    return [
        Mention(kind="drug", id=m.group().lower(), name=m.group(), text=m.group(), start=m.start(), end=m.end())
        for m in re.finditer("|".join(DRUGS), text, re.IGNORECASE)
    ]


def advised(text: str) -> dict[str, str]:
    return dict(advice(text, drugs_in(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Avoid codeine.", {"codeine": "avoid"}),
        ("Use codeine at the label's dose.", {"codeine": "use"}),
        ("Codeine is contraindicated.", {"codeine": "avoid"}),
        ("Codeine should not be used.", {"codeine": "avoid"}),
        ("Codeine must not be given.", {"codeine": "avoid"}),
        ("Don't use codeine.", {"codeine": "avoid"}),
        ("Codeine is not recommended.", {"codeine": "avoid"}),
        ("Codeine is recommended.", {"codeine": "use"}),
        ("codeine: use is recommended.", {"codeine": "use"}),
        # one drug for, one against
        ("Avoid codeine, consider morphine.", {"codeine": "avoid", "morphine": "use"}),
        ("Avoid codeine and consider morphine.", {"codeine": "avoid", "morphine": "use"}),
        ("Avoid codeine and tramadol; consider morphine.", {"codeine": "avoid", "tramadol": "avoid", "morphine": "use"}),
        ("Codeine should be avoided and morphine used instead.", {"codeine": "avoid", "morphine": "use"}),
        ("Use morphine instead of codeine.", {"morphine": "use", "codeine": "avoid"}),
        ("Consider morphine rather than codeine.", {"morphine": "use", "codeine": "avoid"}),
        ("Choose another agent in lieu of codeine.", {"codeine": "avoid"}),
        ("Discontinue codeine and start morphine.", {"codeine": "avoid", "morphine": "use"}),
        ("Use codeine, avoid tramadol.", {"codeine": "use", "tramadol": "avoid"}),
        (
            "clopidogrel, CYP2C19 Poor Metabolizer: Avoid standard dose (75 mg/day) clopidogrel if possible. "
            "Use prasugrel or ticagrelor at standard dose if no contraindication.",
            {"clopidogrel": "avoid", "prasugrel": "use", "ticagrelor": "use"},
        ),
        # the drug that the line is about, where a clause names none
        ("codeine, CYP2D6 Normal Metabolizer: Initiate therapy with recommended starting dose.", {"codeine": "use"}),
        ("codeine, CYP2D6 Poor Metabolizer: Avoid use.", {"codeine": "avoid"}),
        ("Codeine is a prodrug. It should not be used in poor metabolizers.", {"codeine": "avoid"}),
        ("paroxetine, CYP2D6 Poor Metabolizer: Select alternative drug not metabolized by CYP2D6.", {"paroxetine": "avoid"}),
        (
            "paroxetine, CYP2D6 Poor Metabolizer: Consider a 50% reduction of recommended starting dose or select "
            "alternative drug not metabolized by CYP2D6.",
            {"paroxetine": "use"},
        ),
        ("codeine: Use therapeutic drug monitoring.", {}),
        ("warfarin: Avoid alcohol.", {}),
        # conditions and reasons name drugs that are not advised
        ("If clopidogrel is considered, use prasugrel.", {"prasugrel": "use"}),
        ("Because codeine is a prodrug, use morphine.", {"morphine": "use"}),
        ("If opioid use is warranted, consider a non-tramadol opioid.", {}),
        ("Use an opioid other than codeine.", {"codeine": "avoid"}),
        ("Avoid codeine. If codeine is warranted, consider a lower dose.", {"codeine": "avoid"}),
        ("If considering clopidogrel, use at standard dose (75 mg/day).", {"clopidogrel": "use"}),
        # a drug whose label speaks is its subject; the label may advise another
        ("The clopidogrel (Plavix) label states: Consider use of another inhibitor.", {"clopidogrel": "avoid"}),
        ("The codeine label states: Use the lowest dose.", {"codeine": "use"}),
        # no advice at all
        ("Codeine is metabolised to morphine by CYP2D6.", {}),
        ("", {}),
    ],
)
def test_what_is_advised_of_each_drug(text: str, expected: dict[str, str]) -> None:
    assert advised(text) == expected


def test_a_text_without_drugs_advises_of_none() -> None:
    assert advice("Avoid it.", []) == {}
