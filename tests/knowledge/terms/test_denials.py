"""What is there, what is denied, and what is neither: lists, forms and triggers that belong to a name."""

from __future__ import annotations

import pytest
from bedside.knowledge.terms import SqliteTerms

# text, denied, there, neither (told)
TRIGGER_IN_A_NAME = [
    ("short stature, microcephaly, scoliosis, absent thumbs", "", "short stature|microcephaly|scoliosis|absent thumbs", ""),
    (
        "microcephaly, absent speech, seizures, absent reflexes",
        "",
        "microcephaly|absent speech|seizures|absent reflexes",
        "",
    ),
    ("microcephaly, absent tibia", "", "microcephaly|absent tibia", ""),
    ("seizures and ataxia, absent corpus callosum", "", "seizures|ataxia|absent corpus callosum", ""),
    ("tall stature, arachnodactyly, absent striae", "striae", "tall stature|arachnodactyly", ""),
    ("no seizures, absent thumbs", "seizures", "absent thumbs", ""),
    ("seizures, absent.", "", "", "seizures"),
    ("seizures\nabsent thumbs", "", "seizures|absent thumbs", ""),
]
FORMS = [
    ("Microcephaly: yes; Seizures: no; Ataxia: none", "Seizures|Ataxia", "Microcephaly", ""),
    ("Seizures: No\nAtaxia: Yes", "Seizures", "Ataxia", ""),
    ("seizures: no\nataxia: yes", "seizures", "ataxia", ""),
    ("seizures - no, microcephaly - yes", "seizures", "microcephaly", ""),
    ("seizures (no), ataxia (yes)", "seizures", "ataxia", ""),
    ("Seizures: -, ataxia: +", "Seizures", "ataxia", ""),
    ("Seizures? No. Ataxia? Yes.", "Seizures", "Ataxia", ""),
    ("Seizures .... no", "Seizures", "", ""),
    ("No: seizures. Yes: ataxia", "seizures", "ataxia", ""),
    ("Pertinent negatives include seizures and ataxia", "seizures|ataxia", "", ""),
    ("Seizures: 0", "Seizures", "", ""),
    ("Seizures: unknown, ataxia: yes", "", "ataxia", "Seizures"),
    ("Seizures: none since age 5", "", "", "Seizures"),
    ("| seizures | no | ataxia | yes |", "seizures", "ataxia", ""),
    ("seizures\tno\nataxia\tyes", "seizures", "ataxia", ""),
    ("seizures(-), ataxia(+)", "seizures", "ataxia", ""),
    ("(-) seizures, (+) ataxia", "seizures", "ataxia", ""),
    ("- seizures\n- ataxia", "", "seizures|ataxia", ""),
    ("seizures N, ataxia Y", "seizures", "ataxia", ""),
    ("seizures no microcephaly yes", "seizures", "microcephaly", ""),
    ("[ ] seizures\n[x] ataxia", "", "ataxia", "seizures"),
    ("seizures [ ] ataxia [x]", "", "ataxia", "seizures"),
    ("seizure-free, microcephaly", "", "microcephaly", "seizure"),
    ("Consanguinity: no, seizures: yes", "", "seizures", ""),
    ("Seizures (HP:0001250): no", "Seizures", "", ""),
    ("microcephaly, seizures: no", "seizures", "", "microcephaly"),
    ("Absent: seizures, ataxia. Present: microcephaly", "seizures|ataxia", "microcephaly", ""),
    ("Absent:\n- seizures\n- ataxia\nPresent:\n- microcephaly", "seizures|ataxia", "microcephaly", ""),
]
LISTS = [
    ("no seizures, ataxia or microcephaly", "seizures|ataxia|microcephaly", "", ""),
    ("no seizures, ataxia, nor microcephaly", "seizures|ataxia|microcephaly", "", ""),
    ("no seizures, ataxia and microcephaly", "seizures|ataxia|microcephaly", "", ""),
    ("without a history of seizures, ataxia or complicated birth", "seizures|ataxia", "", ""),
    ("no seizures,\nataxia or\nmicrocephaly", "seizures|ataxia|microcephaly", "", ""),
    ("no history of\nseizures", "seizures", "", ""),
    ("no seizures, ataxia, microcephaly", "seizures", "", "ataxia|microcephaly"),
    ("no seizures or ataxia, microcephaly", "seizures|ataxia", "", "microcephaly"),
    ("no seizures, and microcephaly", "seizures", "", "microcephaly"),
    ("denies seizures, ataxia, syncope", "seizures|ataxia|syncope", "", ""),
    ("negative for seizures, ataxia", "seizures|ataxia", "", ""),
    ("microcephaly (no seizures), scoliosis", "seizures", "microcephaly|scoliosis", ""),
    ("no seizures (HP:0001250), ataxia (HP:0001251) or microcephaly", "seizures|ataxia|microcephaly", "", ""),
    ("no seizures; microcephaly", "seizures", "microcephaly", ""),
    ("no seizures, but microcephaly, scoliosis", "seizures", "microcephaly|scoliosis", ""),
    ("not dysmorphic, seizures, ataxia", "", "seizures|ataxia", ""),
    ("no consanguinity, seizures, ataxia, microcephaly", "", "seizures|ataxia|microcephaly", ""),
    ("no speech, seizures, microcephaly", "", "seizures|microcephaly", ""),
    ("normal MRI, no structural brain lesion, seizures, ataxia", "", "seizures|ataxia", ""),
    ("no known family history, seizures, ataxia", "", "seizures|ataxia", ""),
    ("no rhubarb, seizures, ataxia", "", "", "seizures|ataxia"),
    ("no rhubarb, seizures or ataxia", "seizures|ataxia", "", ""),
    ("no hepatomegaly, no splenomegaly, seizures present", "hepatomegaly|splenomegaly", "seizures", ""),
    ("microcephaly absent, seizures", "microcephaly", "seizures", ""),
    ("microcephaly absent ataxia", "", "", "microcephaly|ataxia"),
    ("short stature, seizures absent", "seizures", "", "short stature"),
    ("seizures and ataxia were absent", "seizures|ataxia", "", ""),
    ("She has short stature and seizures were absent.", "seizures", "", "short stature"),
    ("seizures and ataxia, all absent", "seizures|ataxia", "", ""),
]
TRIGGERS = [
    ("EEG excluded seizures", "seizures", "", ""),
    ("ataxia was never seen", "ataxia", "", ""),
    ("Seizures have not been observed", "Seizures", "", ""),
    ("Seizures did not occur", "Seizures", "", ""),
    ("no seizures since 2019", "", "", "seizures"),
    ("Seizures were not present at birth", "", "", "Seizures"),
    ("no further seizures", "", "", "seizures"),
    ("to exclude seizures an EEG was done", "", "seizures", ""),  # doubt is told by who reads for a patient
    ("not yet assessed for seizures", "", "seizures", ""),
    ("seizures to be ruled out, ataxia", "", "seizures|ataxia", ""),
]


@pytest.mark.parametrize(("text", "denied", "there", "neither"), TRIGGER_IN_A_NAME + FORMS + LISTS + TRIGGERS)
def test_senses(terms: SqliteTerms, text: str, denied: str, there: str, neither: str) -> None:
    found = terms.find(text)
    read = [m for m in found.mentions if m.kind == "phenotype" and m.used]
    assert [m.text for m in read if m.negated] == _words(denied)
    assert [m.text for m in read if not m.negated] == _words(there)
    assert [told.partition("”")[0][1:] for told in found.unread] == _words(neither)


def _words(listed: str) -> list[str]:
    return listed.split("|") if listed else []


def test_a_drug_that_may_be_denied_is_there_and_told(terms: SqliteTerms) -> None:
    found = terms.find("no codeine, tramadol")
    assert [(m.text, m.negated) for m in found.mentions] == [("codeine", True), ("tramadol", False)]
    assert "tramadol" in found.unread[0]


def test_a_shared_abbreviation_is_told(terms: SqliteTerms) -> None:
    found = terms.find("ASD, VSD, pulmonary stenosis")
    assert [m.text for m in found.mentions] == ["VSD", "pulmonary stenosis"]
    assert found.unread == ("“ASD” could be Atrial septal defect or Autistic behavior, so it was not used: write it out",)


def test_a_shared_abbreviation_that_is_written_out_is_read(terms: SqliteTerms) -> None:
    found = terms.find("atrial septal defect (ASD)")
    assert {m.id for m in found.mentions} == {"HP:0001631"}
    assert not found.unread
