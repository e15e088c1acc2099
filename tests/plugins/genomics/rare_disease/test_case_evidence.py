"""Sex, onset and variants of case files: what is stated counts, what contradicts itself or can't be read is told."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from bedside.core import Case
from bedside.core.errors import CaseError, UsageError
from bedside.integrations.case_files import read_case
from bedside.plugins.genomics.plain import plain
from bedside.plugins.genomics.rare_disease.patient.case_evidence import Subject, subject_of

HPO = {"coding": [{"system": "http://human-phenotype-ontology.org", "code": "HP:0001250"}]}


def packet(**more) -> dict:
    return {"subject": {"id": "A"}, "phenotypicFeatures": [{"type": {"id": "HP:0001250"}}], **more}


def feature(onset: dict, **more) -> dict:
    return {"type": {"id": "HP:0001250"}, "onset": onset, **more}


def age(text: str) -> dict:
    return {"age": {"iso8601duration": text}}


def of(*packets: dict) -> Subject:
    return subject_of(Case(phenopackets=packets))


@pytest.mark.parametrize(
    ("sex", "read"), [("FEMALE", "female"), ("MALE", "male"), ("UNKNOWN_SEX", None), ("OTHER_SEX", None), (None, None)]
)
def test_sex(sex, read):
    assert of(packet(subject={"id": "A", "sex": sex})).sex == read


@pytest.mark.parametrize(
    ("onsets", "earliest"),
    [
        ([age("P5Y"), age("P3Y2M")], "P3Y2M"),
        ([{"ontologyClass": {"id": "HP:0003577"}}, age("P1D")], "HP:0003577"),
        ([{"gestationalAge": {"weeks": 20}}, age("P1D")], "HP:0030674"),
        ([{"timestamp": "2020-01-01T00:00:00Z"}], None),
        ([{}], None),
    ],
)
def test_the_earliest_onset_of_the_findings_counts(onsets, earliest):
    assert of(packet(phenotypicFeatures=[feature(o) for o in onsets])).onset == earliest


def test_the_onset_of_a_finding_that_is_not_there_does_not_count():
    assert of(packet(phenotypicFeatures=[feature(age("P1Y"), excluded=True)])).onset is None


def test_the_onset_of_the_disease_comes_before_that_of_findings_and_its_name_is_not_read():
    told = of(packet(phenotypicFeatures=[feature(age("P1Y"))], diseases=[{"term": {"id": "OMIM:1"}, "onset": age("P4Y")}]))
    assert told.onset == "P4Y"
    assert "OMIM:1" not in json.dumps(plain(told.data()))


def test_an_onset_or_age_that_cannot_be_read_is_told():
    told = of(packet(subject={"id": "A", "timeAtLastEncounter": age("3 years")}, phenotypicFeatures=[feature(age("soon"))]))
    assert (told.onset, told.age) == (None, None)
    assert len(told.notes) == 2
    told.checked()


def test_an_age_counts_only_without_an_onset():
    told = of(packet(subject={"id": "A", "timeAtLastEncounter": age("P2Y")}, phenotypicFeatures=[feature(age("P3Y"))]))
    assert told.checked().context().age is None  # a record that contradicts itself is no reason to rank nothing


def test_two_sexes_are_told_and_none_counts():
    told = subject_of(
        Case(
            phenopackets=(packet(subject={"id": "A", "sex": "MALE"}),),
            fhir=({"resourceType": "Patient", "gender": "female"},),
        )
    )
    assert told.sex is None and "both sexes" in told.notes[0]


def test_two_patients_are_refused():
    with pytest.raises(CaseError, match="2 patients"):
        of(packet(), packet(subject={"id": "B"}))


def condition(**more) -> dict:
    return {"resourceType": "Condition", "code": HPO, **more}


@pytest.mark.parametrize(
    ("resources", "onset"),
    [
        ([condition(onsetAge={"value": 3, "code": "a"})], "P3Y"),
        ([condition(onsetAge={"value": 8, "unit": "months"})], "P8M"),
        ([condition(onsetAge={"value": 0.5, "code": "a"})], "P183D"),
        ([condition(onsetAge={"value": 0.01, "code": "mo"})], "P1D"),
        ([condition(onsetAge={"value": 0, "code": "a"})], "P0Y"),
        ([condition(onsetString="Childhood")], "Childhood"),
        ([condition(onsetAge={"value": 1, "code": "a"}, verificationStatus={"coding": [{"code": "refuted"}]})], None),
        ([condition(onsetAge={"value": 1, "code": "a"}, verificationStatus={"coding": [{"code": "provisional"}]})], None),
        ([condition(onsetAge={"value": 1, "code": "a"}, clinicalStatus={"coding": [{"code": "resolved"}]})], None),
        (
            [
                {"resourceType": "Patient", "id": "a"},
                condition(onsetAge={"value": 1, "code": "a"}, subject={"reference": "Patient/b"}),
            ],
            None,
        ),
        (
            [{"resourceType": "Patient", "birthDate": "2020-01-01"}, condition(onsetDateTime="2020-01-11T10:00:00Z")],
            "P10D",
        ),
        ([{"resourceType": "Patient", "birthDate": "2020"}, condition(onsetDateTime="2020-01-11")], None),
        ([condition(onsetDateTime="2020-01-11")], None),
        ([{"resourceType": "Condition", "code": {"text": "Fracture"}, "onsetAge": {"value": 3, "code": "a"}}], None),
    ],
)
def test_onset_from_fhir(resources, onset):
    assert subject_of(Case(fhir=tuple(resources))).onset == onset


@pytest.mark.parametrize("given", [{"sex": "x"}, {"onset": "x"}, {"inheritance": ("x",)}, {"genes": ("?",)}])
def test_values_that_make_no_sense_are_refused_with_what_to_type(given):
    with pytest.raises(UsageError) as error:
        Subject(**given).checked()
    assert error.value.hint


@pytest.fixture
def phenopackets(mirror: Path) -> Path:
    return mirror / "phenopackets"


def test_every_real_phenopacket_says_what_its_summary_says(phenopackets, tmp_path):
    """The summaries were made by others from the same originals."""
    summaries = {
        row["path"]: row for row in map(json.loads, (phenopackets / "dev_diverse.jsonl").read_text("utf-8").splitlines())
    }
    count = 0
    with gzip.open(phenopackets / "dev_diverse_ga4gh.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            row = summaries[json.loads(line)["_path"]]
            path = tmp_path / "case.json"
            path.write_text(line, encoding="utf-8")
            case = read_case([path])
            told = subject_of(case).checked()
            assert set(case.phenotypes) == set(row["observed"])
            assert set(case.excluded_phenotypes) == set(row["excluded"])
            assert (told.sex or "unknown_sex").upper() == row["sex"]
            assert told.age in (row["age"], None)
            assert {v.gene for v in told.variants} <= set(row["genes"])
            assert len(told.variants) == len(row["variants"])
            count += 1
    assert count == len(summaries) == 298


@pytest.mark.parametrize(
    "stated",
    [
        {"onsetAge": {"value": 8, "unit": "moons"}},
        {"onsetAge": {"value": -3, "code": "a"}},
        {"onsetAge": {"value": True, "code": "a"}},
        {"onsetAge": {"value": 1e300, "code": "a"}},
        {"onsetAge": "3"},
        {"onsetString": "when he was small"},
        {"onsetRange": {"low": {"value": 1}}},
        {"onsetPeriod": {"start": "2011-01-01"}},
        {"onsetDateTime": "2000-01-01"},
        {"onsetDateTime": "2011"},
    ],
)
def test_an_onset_of_fhir_that_cannot_be_used_is_told(stated):
    told = subject_of(Case(fhir=({"resourceType": "Patient", "birthDate": "2010-05-01"}, condition(**stated))))
    assert told.onset is None
    assert told.notes == (f"an onset in the record ({next(iter(stated))}) can't be read as an age and was not used",)


@pytest.mark.parametrize("gender", [["male"], 1, "man", {"code": "male"}])
def test_a_gender_that_cannot_be_read_is_told(gender):
    told = subject_of(Case(fhir=({"resourceType": "Patient", "gender": gender},)))
    assert told.sex is None and "gender" in told.notes[0]
    assert subject_of(Case(fhir=({"resourceType": "Patient", "gender": "other"},))).notes == ()


def test_version_1_of_phenopackets_is_told_and_its_negated_findings_give_no_onset():
    told = of(
        packet(
            subject={"id": "A", "ageAtCollection": {"age": "P12Y"}},
            phenotypicFeatures=[
                feature(age("P1Y"), negated=True),
                {"type": {"id": "HP:1"}, "classOfOnset": {"id": "HP:0003577"}},
            ],
            genes=[{"symbol": "FBN1"}],
            variants=[{"hgvsAllele": {}}],
        )
    )
    assert told.onset is None
    assert told.notes == (
        "written as in version 1 of phenopackets, not read: genes, variants, subject.ageAtCollection, "
        "phenotypicFeatures.classOfOnset",
    )


def test_an_onset_after_the_age_is_told():
    told = of(packet(subject={"id": "A", "timeAtLastEncounter": age("P10Y")}, diseases=[{"onset": age("P50Y")}])).checked()
    assert told.onset == "P50Y" and "later than the patient's age" in told.notes[0]
    assert told.checked().notes == told.notes
