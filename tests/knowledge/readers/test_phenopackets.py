"""Phenopackets: findings with negation and onset, diagnosis, variants."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from bedside.core.errors import SourceError
from bedside.knowledge.readers import file_source
from bedside.knowledge.readers.phenopackets import when

PACKET: dict[str, Any] = {
    "id": "P1",
    "subject": {
        "sex": "MALE",
        "timeAtLastEncounter": {"age": {"iso8601duration": "P1Y6M"}},
        "vitalStatus": {"status": "DECEASED"},
    },
    "phenotypicFeatures": [
        {
            "type": {"id": "HP:1", "label": "Cough"},
            "onset": {"age": {"iso8601duration": "P2M"}},
            "severity": {"label": "Severe"},
        },
        {"type": {"id": "HP:2", "label": "Fever"}, "excluded": True},
        {"type": {}},
    ],
    "diseases": [{"term": {"id": "OMIM:1", "label": "Disease one"}}, {"term": {"label": "Not this"}, "excluded": True}],
    "metaData": {"phenopacketSchemaVersion": "2.0", "externalReferences": [{"id": "PMID:123"}]},
}


def said(path: Path, value: Any) -> dict[str, str]:
    path.write_text(json.dumps(value, indent=1))
    return {str(p.fields["section"]): p.text for p in file_source(path, "x").records()}


def test_what_a_packet_says(tmp_path: Path) -> None:
    assert said(tmp_path / "a.json", PACKET) == {
        "Subject": "The individual is male and was last seen at the age of 1 year and 6 months. The individual died.",
        "Findings": "The individual has Cough (HP:1), Severe, onset: the age of 2 months.",
        "Findings that were looked for and excluded": "The individual does not have Fever (HP:2).",
        "Diagnosis": "Disease: Disease one (OMIM:1). The individual does not have the disease Not this.",
    }
    first = next(iter(file_source(tmp_path / "a.json", "x").records()))
    assert first.title == "Case P1: Disease one (OMIM:1)" and first.references == ("PMID:123",) and first.doc_id == "P1"


def test_real_patients(mirror: Path) -> None:
    path = mirror / "phenopackets" / "dev_diverse_ga4gh.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        packets = {packet["id"]: packet for packet in map(json.loads, lines)}
    source = file_source(path, "x")
    texts: dict[str, str] = {}
    for passage in source.records():
        where = str(passage.fields["document"])
        texts[where] = texts.get(where, "") + " " + passage.text
    assert set(texts) == set(packets) and source.skipped() == () and len(packets) == 298
    for ident, packet in packets.items():
        for feature in packet["phenotypicFeatures"]:
            name = f"{feature['type']['label'].strip()} ({feature['type']['id']})"
            verb = "does not have" if feature.get("excluded") else "has"
            assert f"The individual {verb} {' '.join(name.split())}" in texts[ident]
        for one in packet["interpretations"]:
            assert one["diagnosis"]["disease"]["id"] in texts[ident]


@pytest.mark.parametrize("shape", ["list", "members", "family", "lines"])
def test_several_packets(tmp_path: Path, shape: str) -> None:
    two = {**PACKET, "id": "P2"}
    values = {
        "list": [PACKET, two],
        "members": {"id": "c", "members": [PACKET, two]},
        "family": {"proband": PACKET, "relatives": [two]},
    }
    path = tmp_path / ("a.jsonl" if shape == "lines" else "a.json")
    path.write_text("\n".join(map(json.dumps, (PACKET, two))) if shape == "lines" else json.dumps(values[shape]))
    assert {p.fields["document"] for p in file_source(path, "x").records()} == {"P1", "P2"}


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"metaData": {"phenopacketSchemaVersion": "1.0.0"}}, "version 1.0.0"),
        ({"id": " "}, 'without "id"'),
        ({"id": None}, 'without "id"'),
    ],
)
def test_what_is_no_packet(tmp_path: Path, change: dict[str, Any], match: str) -> None:
    with pytest.raises(SourceError, match=match):
        said(tmp_path / "a.json", {**PACKET, **change})
    (tmp_path / "b.json").write_text("[3]")
    with pytest.raises(SourceError, match="not a phenopacket"):
        list(file_source(tmp_path / "b.json", "x", reader="phenopackets").records())


def test_odd_values_are_left_out_not_fatal(tmp_path: Path) -> None:
    odd = {"id": 7, "subject": [], "phenotypicFeatures": [None, 3, {"type": "x"}, {"type": {"id": "HP:9"}, "onset": "soon"}]}
    found = said(tmp_path / "a.json", {**odd, "interpretations": {}, "diseases": "none", "metaData": None})
    assert found == {"Subject": "The sex of the individual is not stated.", "Findings": "The individual has HP:9."}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"age": {"iso8601duration": "P80Y"}}, "the age of 80 years"),
        ({"age": {"iso8601duration": "P1Y2M3W4D"}}, "the age of 1 year and 2 months and 3 weeks and 4 days"),
        ({"age": {"iso8601duration": "P0D"}}, "the age of 0 days"),
        (
            {"ageRange": {"start": {"iso8601duration": "P4Y"}, "end": {"iso8601duration": "P5Y"}}},
            "the age of 4 years to 5 years",
        ),
        ({"gestationalAge": {"weeks": 30, "days": 2}}, "30 weeks and 2 days of gestation"),
        ({"ontologyClass": {"id": "HP:1", "label": "Onset"}}, "Onset (HP:1)"),
        ({"timestamp": "2020-01-01T00:00:00Z"}, "2020-01-01T00:00:00Z"),
        ({"age": {"iso8601duration": "old"}}, ""),
        (None, ""),
    ],
)
def test_times(value: Any, words: str) -> None:
    assert when(value) == words
