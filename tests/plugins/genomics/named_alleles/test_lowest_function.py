"""DPYD and RYR1: alleles on known and unknown strands, and the phenotype of the two of lowest function."""

from __future__ import annotations

import pytest
from bedside.plugins.genomics.named_alleles import call_file
from bedside.plugins.genomics.named_alleles.phenotyper import PhenotypeTable

STAR2A, STAR13, C2846, C557, STAR9A = "rs3918290", "rs55886062", "rs67376798", "rs115232898", "rs1801265"
INTRON, EXON = "rs75017182", "rs56038477"


def test_phased_alleles_of_one_copy_are_written_together(call_with):
    call = call_with("DPYD", {STAR2A: "0|1", STAR9A: "0|1"}, default="0|0")
    assert call.diplotypes == ("Reference/[c.85T>C (*9A) + c.1905+1G>A (*2A)]",)
    assert (call.status, call.haplotypes, call.phased) == ("called", (), True)
    assert (call.phenotype, call.activity_score) == ("Intermediate Metabolizer", "1.0")


def test_two_no_function_alleles_in_cis_or_in_trans(call_with):
    cis = call_with("DPYD", {STAR2A: "0|1", STAR13: "0|1"}, default="0|0")
    assert (cis.phenotype, cis.activity_score) == ("Intermediate Metabolizer", "1.0")
    trans = call_with("DPYD", {STAR2A: "0|1", STAR13: "1|0"}, default="0|0")
    assert (trans.phenotype, trans.activity_score) == ("Poor Metabolizer", "0.0")


def test_unphased_alleles_are_listed_and_the_two_lowest_count(call_with):
    call = call_with("DPYD", {STAR2A: "0/1", C2846: "0/1", STAR9A: "1/1"})
    assert (call.status, call.diplotypes) == ("called", ())
    assert call.haplotypes == ("c.85T>C (*9A)", "c.85T>C (*9A)", "c.1905+1G>A (*2A)", "c.2846A>T")
    # 0 and 0.5, not the normal-function *9A
    assert (call.phenotype, call.activity_score) == ("Poor Metabolizer", "0.5")
    assert not call.phased


def test_one_heterozygous_variant_needs_no_phase(call_with):
    call = call_with("DPYD", {STAR2A: "0/1", STAR9A: "1/1"})
    assert call.diplotypes == ("c.85T>C (*9A)/[c.85T>C (*9A) + c.1905+1G>A (*2A)]",)
    assert not call.phased  # called all the same, but the data say no phase


def test_phase_sets_give_the_few_ways_there_are(real, write_vcf):
    lines = []
    phased = {STAR2A: "0|1:5", STAR13: "0|1:5", C2846: "0|1:9"}
    for locus in real.gene("DPYD").loci:
        gt = phased.get(locus.rsid, "0/0:.")
        lines.append(f"chr1 {locus.pos} {locus.rsid or '.'} {locus.ref} {','.join(locus.alts)} . . . GT:PS {gt}")
    call = call_file(write_vcf(lines), real)[0].gene("DPYD")
    assert call.status == "ambiguous"
    assert set(call.diplotypes) == {
        "Reference/[c.1679T>G (*13) + c.1905+1G>A (*2A) + c.2846A>T]",
        "c.2846A>T/[c.1679T>G (*13) + c.1905+1G>A (*2A)]",
    }
    assert set(call.phenotypes) == {"Intermediate Metabolizer", "Poor Metabolizer"}
    assert call.phenotype is None


def test_the_exonic_variant_alone_is_hapb3_only_where_the_intronic_one_was_not_read(call_with):
    seen = call_with("DPYD", {EXON: "0/1"})
    assert (seen.diplotypes, len(seen.warnings)) == (("Reference/Reference",), 1)
    unread = call_with("DPYD", {EXON: "0/1"}, drop=[INTRON])
    assert unread.diplotypes == ("Reference/c.1129-5923C>G, c.1236G>A (HapB3)",)
    assert "rests on the exonic" in unread.warnings[-1]
    assert (unread.phenotype, unread.activity_score) == ("Intermediate Metabolizer", "1.5")


def test_missing_positions_of_both_hapb3_variants(call_with):
    call = call_with("DPYD", {STAR2A: "0/1"}, drop=[INTRON, EXON])
    assert call.diplotypes == ("Reference/c.1905+1G>A (*2A)",)
    assert set(call.uncallable) == {"c.1129-5923C>G", "c.1129-5923C>G, c.1236G>A (HapB3)"}
    assert "AMP tier 1" in call.warnings[0]


def test_ryr1_has_no_table_here_and_so_no_phenotype(call_with):
    call = call_with("RYR1", {"rs193922744": "0/1"})
    assert (call.diplotypes, call.phenotype) == (("Reference/c.38T>G",), None)


TABLE = {
    "namedAlleles": [
        {"name": "Reference", "functionValue": "Normal function"},
        {"name": "b", "functionValue": "Uncertain function"},
        {"name": "a", "functionValue": "Malignant Hyperthermia associated"},
        {"name": "c", "functionValue": None},
    ],
    "diplotypes": [
        {"diplotypekey": {"Reference": 1, "a": 1}, "phenotype": "Susceptible"},
        {"diplotypekey": {"a": 1, "b": 1}, "phenotype": "Susceptible"},
        {"diplotypekey": {"Reference": 1, "b": 1}, "phenotype": "Uncertain"},
    ],
}


@pytest.mark.parametrize(
    ("alleles", "expected"),
    [
        (["Reference", "b", "a"], "Susceptible"),
        (["Reference", "b"], "Uncertain"),
        # the function of c is not known: it might be the lowest
        (["Reference", "a", "c"], None),
    ],
)
def test_pathogenic_alleles_come_first_where_there_are_no_activity_values(alleles, expected):
    assert PhenotypeTable.read("RYR1", TABLE).lowest_two(alleles)[0] == expected
