"""Misspelt drugs: one clear candidate or none."""

from __future__ import annotations

import pytest
from bedside.knowledge.terms import SqliteTerms


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("codiene", "codeine"),
        ("Codiene", "codeine"),
        ("codeinne", "codeine"),
        ("clopidrogel", "clopidogrel"),
        ("clopidogral", "clopidogrel"),
        ("simvastatine", "simvastatin"),
        ("warfarine", "warfarin"),
        ("warfrin", "warfarin"),
        ("amitryptiline", "amitriptyline"),
        ("omeprazol", "omeprazole"),
        ("azathioprin", "azathioprine"),
        ("capecitabin", "capecitabine"),
        ("abacavier", "abacavir"),
        ("fluoxitine", "fluoxetine"),
        ("oxycodine", "oxycodone"),
        ("nortriptilyne", "nortriptyline"),
        ("asprin", "aspirin"),
    ],
)
def test_read(terms: SqliteTerms, text: str, name: str) -> None:
    [drug] = terms.find(f"Can she take {text} now?").of("drug")
    assert drug.name == name
    # Some misspellings are spellings of other languages in the dictionary; those are synonyms.
    assert drug.how in ("fuzzy", "synonym")
    assert drug.text == text


def test_fuzzy_is_told(terms: SqliteTerms) -> None:
    [drug] = terms.find("codiene").mentions
    assert (drug.how, drug.text, drug.name, drug.id) == ("fuzzy", "codiene", "codeine", "RXNORM:2670")


LOOK_ALIKES = [
    ("hydroxyzine", "hydralazine"),
    ("clonidine", "clonazepam"),
    ("chlorpromazine", "chlorpropamide"),
    ("vinblastine", "vincristine"),
    ("prednisone", "prednisolone"),
    ("carbamazepine", "oxcarbazepine"),
    ("cycloserine", "cyclosporine"),
    ("lamivudine", "lamotrigine"),
    ("tramadol", "trazodone"),
    ("azathioprine", "azacitidine"),
    ("metformin", "metronidazole"),
    ("dobutamine", "dopamine"),
]


@pytest.mark.parametrize("pair", LOOK_ALIKES)
def test_right_names_are_themselves(terms: SqliteTerms, pair: tuple[str, str]) -> None:
    for name in pair:
        [drug] = terms.find(f"on {name} daily").of("drug")
        assert (drug.text, drug.how) == (name, "exact")
        assert name in (drug.name, *terms.lookup([drug.id])[0].synonyms)


@pytest.mark.parametrize(
    "word", ["chlorpromide", "chlorpropazine", "prednisalone", "trazadol", "tramadone", "fluvoxitine", "lamictil"]
)
def test_between_two_drugs_is_neither(terms: SqliteTerms, word: str) -> None:
    facts = terms.find(f"He takes {word}.")
    assert facts.of("drug") == ()
    assert len(facts.unread) == 1 and f'"{word}"' in facts.unread[0] and "not read as a drug" in facts.unread[0]


@pytest.mark.parametrize(
    "text",
    [
        "Please review the locator and the polarity of genomics tomorrow.",
        "codes codex coding modeine",  # first letter wrong, or too far
        "warfare and welfare",
        "Johnson Miller Garcia Rodriguez Andersson",
        "clopiXXXX",
        "asp codn",
        "The patients visited relatives during holidays and returned yesterday afternoon.",
    ],
)
def test_not_read(terms: SqliteTerms, text: str) -> None:
    assert terms.find(text).of("drug") == ()


def test_no_single_letter_slip_of_one_drug_reads_as_another(terms: SqliteTerms) -> None:
    """Each adjacent swap and each dropped letter of common drugs is read as that drug or not at all."""
    names = ["clopidogrel", "codeine", "tramadol", "simvastatin", "warfarin", "phenytoin", "fluvoxamine", "paroxetine"]
    wrong = []
    for name in names:
        right = terms.find(name).mentions[0].id
        slips = {name[:at] + name[at + 1] + name[at] + name[at + 2 :] for at in range(1, len(name) - 1)}
        slips |= {name[:at] + name[at + 1 :] for at in range(1, len(name))}
        for slip in slips - {name}:
            wrong += [(name, slip, m.name) for m in terms.find(slip).of("drug") if m.id != right]
    assert wrong == []
