"""The lexical check: it may reject a good paraphrase, it must never accept a changed claim."""

import pytest
from bedside.core.evidence.support import direction, numbers, unsupported

CPIC = (
    "clopidogrel, CYP2C19 Poor Metabolizer: Avoid standard dose (75 mg/day) clopidogrel if possible. "
    "Use prasugrel or ticagrelor at standard dose if no contraindication."
)


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        (CPIC, CPIC),
        ("Avoid codeine use.", "Avoid codeine use because of potential for serious toxicity."),
        ("Start with 40 mg/day of atomoxetine.", "atomoxetine: start with a dose of 40 mg / day and increase later."),
        ("Marfan syndrome (OMIM:154700) has the finding A (HP:1), B (HP:2).",
         "Marfan syndrome (OMIM:154700) has the finding A (HP:1). Marfan syndrome (OMIM:154700) has the finding B (HP:2)."),
    ],
)  # fmt: skip
def test_what_the_quote_says_is_supported(sentence: str, quote: str) -> None:
    assert unsupported(sentence, quote) == ""


@pytest.mark.parametrize(
    ("sentence", "quote", "why"),
    [
        ("Start with 80 mg/day.", "Start with 40 mg/day.", "number 80mg/day"),
        ("Start with 40 g/day.", "Start with 40 mg/day.", "number 40g/day"),
        ("Start with 4.0 mg.", "Start with 40 mg.", "number 4.0mg"),
        ("Reduce the dose by 50%.", "Reduce the dose by 25%.", "number 50%"),
        ("Use codeine.", "Avoid codeine use.", "advises to use"),
        ("Use clopidogrel at standard dose.", CPIC, "negated otherwise"),
        ("Use clopidogrel at standard dose.", "Avoid standard dose clopidogrel. Use prasugrel.", "half of advice"),
        ("Codeine is contraindicated.", "Codeine is given.", "do not have: contraindicat"),
        ("There is evidence of harm.", "There is no evidence of harm.", "negated otherwise"),
        ("Avoid tramadol.", "Avoid codeine.", "do not have: tramadol"),
        ("CYP2D6 *4 has no function.", "CYP2D6 *1 has no function.", "*4"),
    ],
)
def test_a_changed_claim_is_not(sentence: str, quote: str, why: str) -> None:
    assert why in unsupported(sentence, quote)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Avoid codeine.", "avoid"),
        ("Codeine is not recommended.", "avoid"),
        ("Use codeine label recommended dosing.", "use"),
        (CPIC, "both"),
        ("Arachnodactyly is a long slender finger.", "none"),
    ],
)
def test_direction(text: str, expected: str) -> None:
    assert direction(text) == expected


def test_numbers_keep_their_units_and_forget_their_spelling() -> None:
    assert numbers("75 mg/day, 0,5 µg and 20%") == {"75mg/day", "0.5ug", "20%"}
    assert numbers("CYP2C19 HP:0001166 *17") == set()
