"""Long notes as they are written: every finding that is there counts, whatever is denied around it."""

from __future__ import annotations

import pytest
from bedside.core import Question
from bedside.core.reading.reader import read
from bedside.core.testing import TestServices
from bedside.knowledge.terms import SqliteTerms

GENETICS = """The patient is a 7-year-old boy referred for evaluation of short stature and intellectual disability. He was
born at term to non-consanguineous parents after an uneventful pregnancy. Hypotonia was noted in the first months of life,
and he walked at 26 months. Seizures started at the age of 3 years and are well controlled on valproate. His mother reports
constipation. On examination he had microcephaly, hypertelorism, a broad nasal bridge, low-set ears and clinodactyly.
There was no hepatomegaly or splenomegaly. Cardiac examination showed a ventricular septal defect. He did not have
scoliosis. Brain MRI showed agenesis of the corpus callosum. A maternal uncle has epilepsy. Hearing loss was excluded.
"""
CONNECTIVE = """Reason for visit: tall stature.
History: 16-year-old girl with myopia and ectopia lentis, diagnosed at age 9. She denies chest pain, syncope, and dyspnea.
Family history: Her father died of aortic dissection at 41. Mother is healthy.
Examination: arachnodactyly, pectus excavatum, scoliosis, and joint hypermobility. No cleft palate. Striae distensae.
Echocardiography: aortic root aneurysm, mitral valve prolapse; no aortic regurgitation.
Assessment: rule out Loeys-Dietz syndrome.
"""
NOTES = [
    (
        GENETICS,
        "Short stature|Intellectual disability|Hypotonia|Seizure|Constipation|Microcephaly|Hypertelorism|Low-set ears|"
        "Ventricular septal defect|Agenesis of corpus callosum",
        "Hepatomegaly|Splenomegaly|Scoliosis|Hearing impairment",
    ),
    (
        CONNECTIVE,
        "Tall stature|Myopia|Ectopia lentis|Arachnodactyly|Pectus excavatum|Scoliosis|Joint hypermobility|Striae distensae|"
        "Aortic root aneurysm|Mitral valve prolapse",
        "Chest pain|Syncope|Dyspnea|Cleft palate|Aortic regurgitation",
    ),
]


@pytest.mark.parametrize(("note", "there", "absent"), NOTES)
def test_a_note(terms: SqliteTerms, note: str, there: str, absent: str) -> None:
    facts = read(Question(text=note), TestServices(terms=terms))
    found = {m.name for m in facts.of("phenotype")}
    denied = {m.name for m in facts.of("phenotype", negated=True)}
    assert set(there.split("|")) <= found
    assert set(absent.split("|")) == denied
    assert not found & denied
    assert not {"Epilepsy", "Aortic dissection"} & found


def test_an_id_after_its_name_is_read_as_the_name_is(terms: SqliteTerms) -> None:
    note = "No scoliosis (HP:0002650). Possible ataxia (HP:0001251), seizures (HP:0001250). Tremor (HP:0001337): no"
    facts = read(Question(text=note), TestServices(terms=terms))
    assert {m.id for m in facts.of("phenotype")} == {"HP:0001250"}
    assert {m.id for m in facts.of("phenotype", negated=True)} == {"HP:0002650", "HP:0001337"}
    assert any("HP:0001251" in told for told in facts.unread)
