"""What a phenopacket tells besides findings. Its diagnosis must never be read."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from bedside.core.errors import CaseError
from bedside.plugins.genomics.rare_disease.patient.context import Context
from bedside.plugins.genomics.rare_disease.patient.phenopacket import read


def interpretation(
    acmg: Any = "PATHOGENIC", state: str = "GENO:0000135", status: Any = "CAUSATIVE", **described: Any
) -> dict:
    descriptor = {"geneContext": {"symbol": "GENA"}, "allelicState": {"id": state}, **described}
    return {
        "interpretationStatus": status,
        "variantInterpretation": {"acmgPathogenicityClassification": acmg, "variationDescriptor": descriptor},
    }


def packet(*genomic: dict, **more: Any) -> dict[str, Any]:
    return {
        "subject": {"sex": "FEMALE", "timeAtLastEncounter": {"age": {"iso8601duration": "P9Y"}}},
        "interpretations": [{"diagnosis": {"disease": {"id": "OMIM:1"}, "genomicInterpretations": list(genomic)}}],
        "diseases": [{"term": {"id": "OMIM:1"}, "onset": {"ontologyClass": {"id": "HP:0003593"}}}],
        **more,
    }


def test_sex_age_onset_and_variants():
    told = read(packet(interpretation(expressions=[{"syntax": "hgvs.c", "value": "NM_1.1:c.1A>G"}])), "p.json")
    assert (told.sex, told.age, told.onset, told.notes) == ("female", "P9Y", "HP:0003593", ())
    (variant,) = told.variants
    assert (variant.gene, variant.classification, variant.zygosity) == ("GENA", "pathogenic", "heterozygous")
    assert variant.told() == "heterozygous NM_1.1:c.1A>G, pathogenic (classified in the phenopacket)"
    Context(sex=told.sex, onset=told.onset, age=told.age, variants=told.variants)


def test_the_diagnosis_is_not_read():
    other = packet(interpretation())
    other["interpretations"][0]["diagnosis"]["disease"] = {"id": "OMIM:999", "label": "Another"}
    other["diseases"][0]["term"] = {"id": "OMIM:999"}
    assert read(other, "p") == read(packet(interpretation()), "p")


def test_an_empty_packet_says_nothing():
    told = read({}, "p")
    assert told == read({"subject": {"sex": "UNKNOWN_SEX"}, "interpretations": [], "diseases": []}, "p")
    assert (told.sex, told.onset, told.age, told.variants, told.notes) == (None, None, None, (), ())


@pytest.mark.parametrize(
    ("acmg", "classification"),
    [
        ("LIKELY_PATHOGENIC", "likely pathogenic"),
        ("UNCERTAIN_SIGNIFICANCE", "uncertain"),
        ("BENIGN", "benign"),
        ("NOT_PROVIDED", "not assessed"),
        (None, "not assessed"),
        (5, "pathogenic"),
        (0, "not assessed"),
    ],
)
def test_classes(acmg, classification):
    assert read(packet(interpretation(acmg)), "p").variants[0].classification == classification


@pytest.mark.parametrize(
    ("state", "zygosity"),
    [
        ("GENO:0000136", "homozygous"),
        ("GENO:0000134", "hemizygous"),
        ("GENO:0000604", "hemizygous"),
        ("GENO:0000402", "heterozygous"),
        ("GENO:0000137", "unknown"),
        ("", "unknown"),
    ],
)
def test_zygosity(state, zygosity):
    assert read(packet(interpretation(state=state)), "p").variants[0].zygosity == zygosity


def test_rejected_and_nameless_variants_are_told_and_not_used():
    told = read(packet(interpretation(status="REJECTED"), interpretation(geneContext=None)), "p")
    assert told.variants == ()
    assert told.notes == (
        "rejected variants of the phenopacket, not used: 1",
        "variants of the phenopacket without a gene, not used: 1",
    )


def test_names_fall_back_to_the_vcf_record():
    record = {"genomeAssembly": "hg38", "chrom": "chr15", "pos": 67236719, "ref": "TG", "alt": "T"}
    assert read(packet(interpretation(vcfRecord=record)), "p").variants[0].name == "chr15-67236719-TG-T"


def test_ages_as_ranges_and_several_onsets():
    span = {"timeAtLastEncounter": {"ageRange": {"start": {"iso8601duration": "P1Y"}, "end": {"iso8601duration": "P5Y"}}}}
    onsets = [{"onset": {"age": {"iso8601duration": age}}} for age in ("P3Y", "P2M")]
    told = read(packet(subject=span, diseases=onsets), "p")
    assert (told.age, told.onset) == ("P5Y", "P2M")


def test_the_names_that_protobuf_prints():
    told = read(
        {
            "subject": {"sex": "MALE", "time_at_last_encounter": {"age": {"iso8601duration": "P1Y"}}},
            "interpretations": [
                {
                    "diagnosis": {
                        "genomic_interpretations": [
                            {
                                "variant_interpretation": {
                                    "acmg_pathogenicity_classification": "PATHOGENIC",
                                    "variation_descriptor": {"gene_context": {"symbol": "GENA"}},
                                }
                            }
                        ]
                    }
                }
            ],
        },
        "p",
    )
    assert (told.sex, told.age, told.variants[0].gene) == ("male", "P1Y", "GENA")


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": ["a"]},
        {"diseases": ["a"]},
        {"diseases": [{"onset": "P3Y"}]},
        {"interpretations": ["a"]},
        {"interpretations": [{"diagnosis": "a"}]},
        {"interpretations": 3},
    ],
)
def test_another_shape_is_refused_by_name(wrong):
    with pytest.raises(CaseError, match=r"p\.json") as error:
        read(packet(**wrong), "p.json")
    assert error.value.hint


def test_a_gene_that_is_none_is_refused_without_quoting_it():
    with pytest.raises(CaseError, match=r"p\.json: a gene given is no gene symbol"):
        read(packet(interpretation(geneContext={"symbol": "Jane Doe"})), "p.json")


def test_real_packets(mirror):
    with gzip.open(mirror / "phenopackets" / "dev_diverse_ga4gh.jsonl.gz", "rt", encoding="utf-8") as stream:
        told = [(p := json.loads(line), read(p, "real")) for line in stream]
    assert len(told) == 298
    for original, one in told:
        assert one.sex == {"MALE": "male", "FEMALE": "female"}.get(original["subject"].get("sex"))
        Context(sex=one.sex, onset=one.onset, age=None if one.onset else one.age, variants=one.variants)
    assert sum(bool(one.variants) for _, one in told) > 250
    assert {v.zygosity for _, one in told for v in one.variants} <= {"heterozygous", "homozygous", "hemizygous", "unknown"}
