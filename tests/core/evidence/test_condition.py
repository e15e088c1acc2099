"""A quote is never cut off its own condition: realistic cuts that are refused, and those that are allowed."""

from __future__ import annotations

import pytest
from bedside.core.evidence.condition import cut_off

CODEINE = (
    "codeine, CYP2D6 Ultrarapid Metabolizer: Avoid codeine use because of potential for serious toxicity. "
    "If opioid use is warranted, consider a non-tramadol opioid."
)
CLOPIDOGREL = (
    "clopidogrel, CYP2C19 Poor Metabolizer: Avoid standard dose (75 mg/day) clopidogrel if possible. "
    "Use prasugrel or ticagrelor at standard dose if no contraindication."
)
NORMAL = "codeine, CYP2D6 Normal Metabolizer: Use codeine label recommended age- or weight-specific dosing."
FINDING = "Marfan syndrome (OMIM:154700) has the finding Arachnodactyly (HP:0001166), frequency 0/12, sex male."
PARAGRAPHS = (
    "Codeine is an opioid.\n\nAdults: Use the usual dose. Taper it slowly.\n\nChildren under 12: Do not use codeine."
)
LIST = "Metformin is contraindicated in:\n- severe renal impairment\n- acute acidosis\nIt is otherwise well tolerated."
ABSTRACT = (
    "BACKGROUND: Clopidogrel is a prodrug. RESULTS: Aspirin reduced mortality in men (Smith et al., 2010). "
    "In women it did not. "
    "The effect held for two years [12, 13]. CONCLUSIONS: Aspirin is useful."
)


def cut(whole: str, quote: str, *, statement: bool = False) -> str:
    assert whole.count(quote) == 1, "the test's own quote must stand once in its text"
    at = whole.index(quote)
    return cut_off(whole, at, at + len(quote), statement=statement)


@pytest.mark.parametrize(
    ("whole", "quote"),
    [
        # a condition behind, before and in the middle
        ("Use codeine unless the patient is an ultrarapid metabolizer.", "Use codeine"),
        ("Do not use codeine if the patient is breastfeeding.", "use codeine"),
        ("Do not use codeine.", "use codeine."),
        ("You should never use codeine in children.", "use codeine in children."),
        (
            "Use prasugrel or ticagrelor at standard dose if no contraindication.",
            "Use prasugrel or ticagrelor at standard dose",
        ),
        ("If there is no response, double the dose.", "double the dose."),
        ("In patients without renal impairment, metformin is safe.", "metformin is safe."),
        ("In mice, aspirin prevents cancer.", "aspirin prevents cancer."),
        ("Among East Asians the allele is common.", "the allele is common."),
        ("In children, codeine must be dosed by weight.", "codeine must be dosed by weight."),
        ("Metformin is safe in patients without renal impairment.", "Metformin is safe"),
        ("Metformin is safe (except in renal failure).", "Metformin is safe"),
        ("Metformin is safe (GFR > 45).", "Metformin is safe"),
        ("Aspirin reduced mortality in men.", "Aspirin reduced mortality"),
        ("Warfarin 5 mg daily is used for two days, then by INR.", "Warfarin 5 mg daily is used"),
        ("There is no evidence that aspirin prevents cancer.", "aspirin prevents cancer."),
        ("It is not true that codeine is safe.", "codeine is safe."),
        ("The claim that codeine is safe was withdrawn.", "codeine is safe"),
        ("Codeine is safe, however only for adults.", "Codeine is safe"),
        ("Seizures: no", "Seizures"),
        ("Denies chest pain.", "chest pain."),
        ("Her father has Marfan syndrome.", "Marfan syndrome."),
        ("Take 2 tablets of 500 mg.", "500 mg."),
        # the exception is a fragment of its own
        ("Use codeine. Unless the patient is an ultrarapid metabolizer.", "Use codeine."),
        ("Codeine may be given. Except in children.", "Codeine may be given."),
        # an item of a list without what leads in to it
        (LIST, "- severe renal impairment"),
        (LIST, "acute acidosis"),
        ("CONTRAINDICATIONS: pregnancy and renal failure.", "pregnancy and renal failure."),
        # not a sentence at all
        ("Use codeine.", " "),
    ],
)
def test_a_part_of_a_sentence_is_refused(whole: str, quote: str) -> None:
    assert cut(whole, quote)
    assert cut(whole, quote, statement=True)


@pytest.mark.parametrize(
    ("whole", "quote"),
    [
        ("Use codeine unless contraindicated. It is cheap.", "Use codeine unless contraindicated."),
        ("Dr. Lee saw e.g. two cases. Both were mild.", "Dr. Lee saw e.g. two cases."),
        (ABSTRACT, "Clopidogrel is a prodrug."),
        (ABSTRACT, "Aspirin reduced mortality in men"),
        (ABSTRACT, "In women it did not."),
        (ABSTRACT, "The effect held for two years"),
        (ABSTRACT, "Aspirin is useful."),
        (ABSTRACT, "In women it did not. The effect held for two years [12, 13]."),
        (ABSTRACT, ABSTRACT),
        ("RESULTS:\nAspirin reduced mortality.", "Aspirin reduced mortality."),
        ("1. Marfan syndrome\n2. Aortic root dilatation", "Marfan syndrome"),
        (LIST, LIST),
        ("密切监测。可待因不宜用于超快代谢者。", "可待因不宜用于超快代谢者。"),
        ("Aspirin reduced mortality", "Aspirin reduced mortality"),
    ],
)
def test_whole_sentences_are_allowed(whole: str, quote: str) -> None:
    assert cut(whole, quote) == ""


@pytest.mark.parametrize(
    ("whole", "quote"),
    [
        (CODEINE, "Avoid codeine use because of potential for serious toxicity."),
        (CODEINE, "If opioid use is warranted, consider a non-tramadol opioid."),
        (CODEINE, "codeine, CYP2D6 Ultrarapid Metabolizer: Avoid codeine use because of potential for serious toxicity."),
        (
            CODEINE,
            "codeine use because of potential for serious toxicity. If opioid use is warranted, consider a non-tramadol",
        ),
        (CLOPIDOGREL, "Use prasugrel or ticagrelor at standard dose if no contraindication."),
        (CLOPIDOGREL, "clopidogrel, CYP2C19 Poor Metabolizer: Avoid standard dose (75 mg/day) clopidogrel"),
        (NORMAL, "Use codeine label recommended age- or weight-specific dosing."),
        (NORMAL, "Use codeine"),
        (FINDING, "Marfan syndrome (OMIM:154700) has the finding Arachnodactyly (HP:0001166)"),
        (FINDING, "Marfan syndrome (OMIM:154700) has the finding Arachnodactyly (HP:0001166), frequency 0/12"),
        (PARAGRAPHS, "Taper it slowly."),
        (PARAGRAPHS, "Adults: Use the usual dose. Taper it slowly."),
        ("Use codeine. However, it is not for children.", "Use codeine."),
        ("Use codeine. This does not apply in pregnancy.", "Use codeine."),
    ],
)
def test_a_statement_keeps_its_head_and_its_limits(whole: str, quote: str) -> None:
    assert cut(whole, quote, statement=True)


@pytest.mark.parametrize(
    ("whole", "quote"),
    [
        *((text, text) for text in (CODEINE, CLOPIDOGREL, NORMAL, FINDING, PARAGRAPHS)),
        (PARAGRAPHS, "Children under 12: Do not use codeine."),
        (f" {CODEINE}\n", CODEINE),
        ("Start with 40 mg/day. Monitor blood pressure.", "Start with 40 mg/day."),
    ],
)
def test_a_whole_statement_is_allowed(whole: str, quote: str) -> None:
    assert cut(whole, quote, statement=True) == ""
