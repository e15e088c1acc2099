"""Whether a line says, first of all, to avoid the drug."""

from __future__ import annotations

import pytest
from bedside.plugins.genomics.pgx.urgency import against


@pytest.mark.parametrize(
    ("drug", "line"),
    [
        ("abacavir", "Abacavir is not recommended"),
        ("allopurinol", "Allopurinol is contraindicated"),
        ("eliglustat", "Eliglustat is contra-indicated. Choose an alternative if possible."),
        ("codeine", "Avoid codeine use because of potential for serious toxicity."),
        ("gentamicin", "Avoid aminoglycoside antibiotics unless the risk of hearing loss is outweighed."),
        ("amitriptyline", "Avoid tertiary amine use due to potential for sub-optimal response."),
        ("fluorouracil", "Avoid use of 5-fluorouracil or 5-fluorouracil prodrug-based regimens."),
        ("dapsone", "Avoid use"),
        ("nitrofurantoin", "Avoid\nOther Considerations:\nThere are insufficient data."),
        ("carbamazepine", "If patient is carbamazepine-naïve, do not use carbamazepine."),
        ("carbamazepine", '"Tegretol [carbamazepine] should not be used in patients positive for HLAB*1502"'),
        ("oxcarbazepine", "The use of oxcarbazepine should be avoided in patients positive for HLA-B*1502"),
        ("phenytoin", "• Carefully weigh the risk.\n• Avoid phenytoin if an alternative is possible."),
    ],
)
def test_a_line_that_says_to_avoid_the_drug(drug: str, line: str) -> None:
    assert against(line, drug)


@pytest.mark.parametrize(
    ("drug", "line"),
    [
        ("atazanavir", "There is no need to avoid prescribing of atazanavir based on UGT1A1 genetic test result."),
        ("rasburicase", "No reason to avoid based on G6PD status"),
        ("clopidogrel", "Avoid standard dose (75 mg) clopidogrel if possible. Use prasugrel or ticagrelor."),
        ("simvastatin", "1. Choose an alternative.\nConsider any additional risk factors."),
        ("ondansetron", "Select alternative drug not predominantly metabolized by CYP2D6 (i.e., granisetron)."),
        ("capecitabine", "Start with 50% of the standard dose or avoid fluorouracil and capecitabine."),
        ("tegafur", "Avoid tegafur or start with a low dose and adjust it."),
        ("tamoxifen", "Avoid moderate and strong CYP2D6 inhibitors. Initiate therapy with standard dosing."),
        ("codeine", "Use codeine label recommended age- or weight-specific dosing."),
        (
            "desflurane",
            '"The use of SUPRANE [desflurane] is contraindicated in...[cases of k]nown or suspected genetic susceptibility"',
        ),
    ],
)
def test_a_line_that_asks_for_less_or_speaks_of_others_does_not(drug: str, line: str) -> None:
    assert not against(line, drug)
