"""A clause in a script or language without cue files is left unread, and reported, with the English names in it."""

from __future__ import annotations

import pytest
from bedside.core import Question
from bedside.core.reading.languages import language_not_read
from bedside.core.reading.reader import read
from bedside.core.testing import TestServices
from bedside.core.testing.doubles import MemoryTerms
from bedside.core.types import Term

TERMS = [
    Term(id="HP:0001250", kind="phenotype", name="seizures", source_id="hpo"),
    Term(id="RXNORM:2670", kind="drug", name="codeine", source_id="cpic"),
]


@pytest.mark.parametrize(
    ("clause", "language"),
    [
        ("患者否认 seizures", "Han script"),
        ("无 seizures", "Han script"),
        ("У пациента нет seizures", "Cyrillic script"),
        ("لا seizures", "Arabic script"),
        ("발작 없음 seizures", "Korean"),
        ("Der Patient hat keine seizures und nimmt codeine", "German"),
        ("Pas de seizures chez cette patiente", "French"),
        ("El paciente niega seizures", "Spanish"),
        ("A paciente não tem seizures", "Portuguese"),
    ],
)
def test_left_unread_and_reported(clause: str, language: str) -> None:
    assert language_not_read(clause) == language
    facts = read(Question(text=f"{clause} codeine."), TestServices(terms=MemoryTerms(TERMS)))
    assert facts.of("phenotype") == facts.of("drug") == ()
    assert sum(language in told for told in facts.unread) == 3


@pytest.mark.parametrize(
    "clause",
    [
        "The patient denies seizures.",
        "β-thalassemia and café-au-lait spots, µg, naïve T cells",
        "He has seizures (癫痫) since May",
        "IL-6 and del22q11, et al.",
        "Dr. El Sayed saw her",
        "seizures, ataxia",
    ],
)
def test_english_is_read(clause: str) -> None:
    assert language_not_read(clause) == ""


def test_only_the_clause_is_left_out() -> None:
    text = "患者否认 seizures。 She has seizures."
    facts = read(Question(text=text), TestServices(terms=MemoryTerms(TERMS)))
    assert [m.used for m in facts.mentions] == [False, True]
