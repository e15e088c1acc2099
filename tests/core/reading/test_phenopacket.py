"""Phenopackets as they come: who, which findings, since when, which variants; and what is none."""

from __future__ import annotations

from typing import Any

import pytest
from bedside.core.reading import phenopacket
from bedside.core.toolkit import clinical_json

PACKET: dict[str, Any] = {"phenotypicFeatures": [{"type": {"id": "HP:1", "label": "One"}}]}


def test_plugins_reach_them_by_the_toolkit():
    assert clinical_json.phenopacket is phenopacket


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (PACKET, "phenopacket"),
        ({"phenotypic_features": []}, "phenopacket"),
        ({"subject": {"id": "a"}, "metaData": {"created": "x"}}, "phenopacket"),
        ({"proband": PACKET, "relatives": []}, "family"),
        ({"id": "c", "members": [PACKET]}, "cohort"),
        ({"members": ["Jane Doe"]}, ""),
        ({"proband": "Jane Doe"}, ""),
        ({"subject": {"id": "a"}}, ""),
        ({"phenotypicFeatures": None}, ""),
        ({}, ""),
    ],
)
def test_forms(data, form):
    assert phenopacket.form_of(data) == form


def test_the_people_of_families_and_cohorts():
    two, three = ({**PACKET, "id": name} for name in "23")
    family = {"proband": PACKET, "relatives": [two]}
    assert list(phenopacket.packets_of([family, {"members": [three]}])) == [PACKET, two, three]
    for wrong in ([3], {}, "x", [PACKET, {"a": 1}], {"members": [PACKET, 3]}):
        with pytest.raises(ValueError, match="not a phenopacket"):
            list(phenopacket.packets_of(wrong))


@pytest.mark.parametrize(
    ("feature", "excluded"),
    [
        ({}, False),
        ({"excluded": None}, False),
        ({"excluded": False}, False),
        ({"excluded": True}, True),
        ({"negated": True}, True),
        ({"excluded": False, "negated": True}, True),
        ({"excluded": "true"}, None),
        ({"excluded": 0}, None),
        ({"excluded": True, "negated": "no"}, None),
    ],
)
def test_whether_a_feature_was_excluded(feature, excluded):
    assert phenopacket.is_excluded(feature) is excluded


def test_features():
    listed = [
        {"type": {"id": "HP:1", "label": "One"}, "excluded": None, "onset": {"age": {"iso8601duration": "P1Y"}}},
        {"type": {"id": "HP:2"}, "excluded": True, "onset": {"ontologyClass": {"id": "HP:0003577"}}},
        {"type": {"id": "HP:3"}, "onset": {"gestationalAge": {"weeks": 20}}},
        {"type": {"id": "HP:4"}, "onset": {"timestamp": "2020-01-01"}},
    ]
    found = phenopacket.features_of({"phenotypic_features": listed})
    assert [(f.id, f.label, f.excluded, f.onset) for f in found] == [
        ("HP:1", "One", False, ("P1Y",)),
        ("HP:2", "", True, ("HP:0003577",)),
        ("HP:3", "", False, (phenopacket.BEFORE_BIRTH,)),
        ("HP:4", "", False, ()),
    ]


@pytest.mark.parametrize(
    ("listed", "why"),
    [
        ({"a": 1}, "not a list"),
        ([3], "feature 1 has no type.id"),
        ([{"type": {"id": "HP:1"}}, {"type": "HP:2"}], "feature 2 has no type.id"),
        ([{"type": {"id": 5}}], "must be text"),
        ([{"type": {"id": "HP:1"}, "excluded": "no"}], "true or false"),
    ],
)
def test_features_that_do_not_say_what_they_are(listed, why):
    with pytest.raises(ValueError, match=why):
        phenopacket.features_of({"phenotypicFeatures": listed})


@pytest.mark.parametrize(
    ("given", "sex"),
    [
        ("FEMALE", "female"),
        ("male", "male"),
        (1, "female"),
        (2, "male"),
        (3, "other"),
        (0, None),
        (7, None),
        (True, None),
        (["MALE"], None),
        (None, None),
    ],
)
def test_sex(given, sex):
    assert phenopacket.sex_of({"subject": {"sex": given}}) == sex


def test_age():
    assert phenopacket.age_of({"subject": {"time_at_last_encounter": {"age": {"iso8601duration": "P3Y"}}}}) == "P3Y"
    span = {"start": {"iso8601duration": "P1Y"}, "end": {"iso8601duration": "P5Y"}}
    assert phenopacket.age_of({"subject": {"timeAtLastEncounter": {"ageRange": span}}}) == "P5Y"
    assert phenopacket.age_of({"subject": {"timeAtLastEncounter": "P3Y"}}) == phenopacket.age_of({}) == ""


def test_variants_by_names_or_numbers():
    def packet(status: Any, acmg: Any) -> dict[str, Any]:
        described = {
            "label": "a variant",
            "geneContext": {"symbol": "GENA"},
            "allelicState": {"id": "GENO:0000135", "label": "heterozygous"},
            "expressions": [{"syntax": "hgvs.c", "value": "NM_1.1:c.1A>G"}, "x"],
            "vcfRecord": {"genomeAssembly": "hg38", "chrom": "chr1", "pos": 5, "ref": "A", "alt": "G"},
        }
        read = {"acmgPathogenicityClassification": acmg, "variationDescriptor": described}
        genomic = [
            {"interpretationStatus": status, "variantInterpretation": read},
            {"interpretationStatus": "CANDIDATE", "gene": {"symbol": "GENB"}},
        ]
        return {"interpretations": [{"diagnosis": {"disease": {"id": "OMIM:1"}, "genomicInterpretations": genomic}}]}

    first, second = phenopacket.variants_of(packet("CAUSATIVE", "PATHOGENIC"))
    assert [first, second] == list(phenopacket.variants_of(packet(4, 5)))
    assert (first.gene, first.described, first.status, first.acmg) == ("GENA", True, "CAUSATIVE", "PATHOGENIC")
    assert first.expressions == (("hgvs.c", "NM_1.1:c.1A>G"),)
    assert first.place == phenopacket.VcfPlace("hg38", "chr1", "5", "A", "G")
    assert (second.gene, second.described, second.place) == ("GENB", False, None)
    assert "OMIM:1" not in repr(first)
    assert [v.acmg for v in phenopacket.variants_of(packet(9, -1))] == ["", ""]


@pytest.mark.parametrize(
    ("packet", "where"),
    [
        ({}, ""),
        (PACKET, ""),
        ({"subject": None, "diseases": None}, ""),
        ({"subject": ["a"]}, "subject"),
        ({"diseases": [{}, {"onset": "P3Y"}]}, "diseases[2].onset"),
        ({"interpretations": 3}, "interpretations"),
        (
            {"interpretations": [{"diagnosis": {"genomic_interpretations": ["a"]}}]},
            "interpretations[1].diagnosis.genomicInterpretations[1]",
        ),
    ],
)
def test_where_a_packet_has_another_shape(packet, where):
    assert phenopacket.misshapen(packet) == where


def test_what_only_version_1_has():
    old = {
        "genes": [{"symbol": "A"}],
        "subject": {"ageAtCollection": {"age": "P1Y"}},
        "diseases": [{"classOfOnset": {"id": "x"}}],
    }
    assert phenopacket.version_1_elements(old) == ["genes", "subject.ageAtCollection", "diseases.classOfOnset"]
    assert phenopacket.version_1_elements(PACKET) == []
    assert (phenopacket.version_of({}), phenopacket.version_of({"metaData": {"phenopacketSchemaVersion": "1.0"}})) == (
        "2",
        "1.0",
    )
