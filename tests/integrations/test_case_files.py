"""Every file that can't be used is refused with its own reason, and nothing of its content is told."""

import gzip
import json
from pathlib import Path

import pytest
from bedside.core.errors import CaseError
from bedside.integrations.case_files import read_case

SECRET = "John Doe"


def write(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


BAD = {
    "empty.txt": (b"", "is empty"),
    "white.txt": (b" \n\t", "only white space"),
    "binary.txt": (b"John Doe\x00\x01\x02", "is binary"),
    "latin.txt": ("Jos\u00e9 John Doe".encode("latin-1"), "is not UTF-8 text"),
    "cut.json": (b'{"resourceType": "Patient", "name": "John Doe', "is truncated"),
    "broken.json": (b'{"name": John Doe, "a": [1, 2, 3], "b": "cccccccccccccccc"}', "is not valid JSON"),
    "list.json": (b'["John Doe"]', "not a FHIR resource or phenopacket"),
    "other.json": (b'{"name": "John Doe"}', "not a FHIR resource or phenopacket"),
    "deep.json": (b"[" * 200_000, "nested too deeply"),
    "bundle.json": (b'{"resourceType": "Bundle"}', "Bundle without resources"),
    "entry.json": (b'{"resourceType": "Bundle", "entry": "John Doe"}', "not a list of entries"),
    "noid.json": (b'{"phenotypicFeatures": [{"type": {}}]}', "feature 1 has no type.id"),
    "idnumber.json": (b'{"phenotypicFeatures": [{"type": {"id": 5}}]}', "type.id must be text"),
    "excluded.json": (b'{"phenotypicFeatures": [{"type": {"id": "HP:1"}, "excluded": "false"}]}', "true or false"),
    "surrogate.json": (b'{"phenotypicFeatures": [{"type": {"id": "\\ud800"}}]}', "surrogate"),
    "two.json": (
        b'{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient"}}, '
        b'{"resource": {"resourceType": "Patient"}}]}',
        "contains 2 patients",
    ),
    "long.txt": (b"a " * 60_000, "at most 100,000"),
    "family.json": (b'{"proband": {"phenotypicFeatures": [], "id": "John Doe"}}', "is a GA4GH Family"),
    "cohort.json": (b'{"members": [{"phenotypicFeatures": [], "id": "John Doe"}]}', "is a GA4GH Cohort"),
    "cut.json.gz": (gzip.compress(b'{"resourceType": "Patient"}' * 99)[:30], "is truncated"),
    "empty.json.gz": (gzip.compress(b""), "empty after decompression"),
    "table.csv": (b"name,age\nJohn Doe,3\n", "not a kind of file that can be read"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_its_reason(tmp_path, name):
    content, reason = BAD[name]
    with pytest.raises(CaseError) as error:
        read_case([write(tmp_path / name, content)])
    assert reason in str(error.value)
    assert name in str(error.value)
    assert SECRET not in str(error.value) + error.value.hint


def test_a_phenopacket_without_features_goes_with_findings_given_elsewhere(tmp_path):
    case = read_case([write(tmp_path / "empty.json", b'{"id": "p", "phenotypicFeatures": []}')])
    assert (case.phenotypes, len(case.phenopackets)) == ((), 1)


def test_ids_of_a_phenopacket_are_read_in_every_spelling(tmp_path):
    ids = ["HP_0001166", "http://purl.obolibrary.org/obo/HP_0001083", "hp:0002616", "HPO:0000098", " HP:0001250 "]
    features = ", ".join(f'{{"type": {{"id": "{id_}"}}, "excluded": null}}' for id_ in ids)
    packet = f'{{"id": "p", "phenotypicFeatures": [{features}]}}'.encode()
    case = read_case([write(tmp_path / "packet.json", packet)])
    assert case.phenotypes == ("HP:0001166", "HP:0001083", "HP:0002616", "HP:0000098", "HP:0001250")


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path):
    with pytest.raises(CaseError, match="does not exist"):
        read_case([tmp_path / "gone.txt"])
    with pytest.raises(CaseError, match="is a folder"):
        read_case([tmp_path])


def test_a_resource_in_two_files_is_one(tmp_path):
    patient, note = {"resourceType": "Patient", "id": "p"}, {"resourceType": "Observation", "id": "o", "status": "final"}
    bundle = {"resourceType": "Bundle", "entry": [{"resource": patient}, {"resource": note}]}
    files = [write(tmp_path / "a.json", json.dumps(bundle)), write(tmp_path / "b.json", json.dumps(note))]
    assert read_case(files).fhir == (patient, note)
    files.append(write(tmp_path / "c.json", json.dumps({**note, "status": "amended"})))
    assert len(read_case(files).fhir) == 3


def test_files_merge_into_one_case(tmp_path):
    case = read_case(
        [
            write(tmp_path / "a.txt", "\ufeffNo fever."),
            write(tmp_path / "b.json", json.dumps({"resourceType": "Condition", "code": {"text": "x"}})),
            write(
                tmp_path / "c.json",
                json.dumps({"phenotypicFeatures": [{"type": {"id": "HP:1"}}, {"type": {"id": "HP:2"}, "excluded": True}]}),
            ),
            write(tmp_path / "d.png", b"\x89PNG\r\n\x1a\n123"),
            write(tmp_path / "e.vcf.gz", gzip.compress(b"##fileformat=VCFv4.2\n")),
        ]
    )
    assert [t.text for t in case.texts] == ["No fever."]
    assert len(case.fhir) == 1
    assert (case.phenotypes, case.excluded_phenotypes) == (("HP:1",), ("HP:2",))
    assert [(f.name, f.kind, f.path) for f in case.files] == [
        ("d.png", "PNG", tmp_path / "d.png"),
        ("e.vcf.gz", "VCF", tmp_path / "e.vcf.gz"),
    ]


def test_null_is_as_good_as_not_given(tmp_path):
    features = [{"type": {"id": "HP:1"}, "excluded": None}, {"type": {"id": "HP:2"}, "excluded": None, "negated": True}]
    case = read_case([write(tmp_path / "a.json", json.dumps({"phenotypicFeatures": features}))])
    assert (case.phenotypes, case.excluded_phenotypes) == (("HP:1",), ("HP:2",))


def test_a_variant_file_is_not_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr("bedside.integrations.case_files.MAX_BYTES", 10_000)
    big = b"##fileformat=VCFv4.2\n" + b"x" * 100_000
    for name, content in (("a.vcf", big), ("a.vcf.gz", gzip.compress(big))):
        assert read_case([write(tmp_path / name, content)]).files[0].kind == "VCF"
    with pytest.raises(CaseError, match="is larger than"):
        read_case([write(tmp_path / "a.txt", b"x" * 10_001)])


def bundle(*entries: dict) -> str:
    return json.dumps({"resourceType": "Bundle", "entry": list(entries)})


def person(id_: str | None, **more) -> dict:
    return {"resource": {"resourceType": "Patient", **({"id": id_} if id_ else {}), **more}}


def condition(reference: str) -> dict:
    return {"resourceType": "Condition", "subject": {"reference": reference}}


def phenopacket(id_: str) -> str:
    return json.dumps({"subject": {"id": id_}, "phenotypicFeatures": [{"type": {"id": "HP:1"}}]})


TWO_PEOPLE = {
    "two bundles": (bundle(person("a")), bundle(person("b"))),
    "a bundle and a phenopacket": (bundle(person("a")), phenopacket("b")),
    "two phenopackets": (phenopacket("a"), phenopacket("b")),
    "a bundle and a resource": (bundle(person("a")), json.dumps(condition("Patient/b"))),
    "one bundle without a Patient": (bundle({"resource": condition("Patient/a")}, {"resource": condition("Patient/b")}),),
}
ONE_PERSON = {
    "the same id": (bundle(person("a")), phenopacket("a"), json.dumps(condition("Patient/a"))),
    "by an identifier": (bundle(person("a", identifier=[{"value": "b"}])), phenopacket("b")),
    "through a third file": (phenopacket("a"), phenopacket("b"), bundle(person("a", identifier=[{"value": "b"}]))),
    "no id": (bundle(person(None)), phenopacket("b")),
    "another subject beside the Patient, which the reading tells": (
        bundle(person("a"), {"resource": condition("Patient/b")}),
    ),
}


@pytest.mark.parametrize("name", TWO_PEOPLE)
def test_files_of_two_patients_are_refused(tmp_path, name):
    paths = [write(tmp_path / f"{i}.json", content) for i, content in enumerate(TWO_PEOPLE[name])]
    with pytest.raises(CaseError, match="2 patients") as error:
        read_case(paths)
    assert "one file per patient" in error.value.hint


@pytest.mark.parametrize("name", ONE_PERSON)
def test_files_of_one_patient_are_one_case(tmp_path, name):
    paths = [write(tmp_path / f"{i}.json", content) for i, content in enumerate(ONE_PERSON[name])]
    assert read_case(paths)


@pytest.mark.parametrize("id_", ["p1", None])
def test_references_to_the_patients_full_url_lead_to_the_patient(tmp_path, id_):
    url = "urn:uuid:0c1a"
    content = bundle({"fullUrl": url, **person(id_)}, {"fullUrl": "urn:uuid:2", "resource": condition(url)})
    patient, held = read_case([write(tmp_path / "a.json", content)]).fhir
    assert held["subject"]["reference"] == f"Patient/{patient['id']}"
    assert patient["id"] == (id_ or "0c1a")
