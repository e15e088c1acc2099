"""ClinVar's words, and the way from a patient's VCF through ClinVar to variants."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import pysam
import pytest
from bedside.core.errors import CaseError, SourceError
from bedside.core.testing.doubles import TestServices
from bedside.core.types import SourceFiles
from bedside.plugins.genomics.rare_disease.variants.clinvar import ClinVar
from bedside.plugins.genomics.rare_disease.variants.significance import assertion
from bedside.plugins.genomics.rare_disease.variants.variant_files import read_variants
from bedside.plugins.genomics.vcf.normalise import trim

from .clinvars import ANNOTATED, CLINVAR_HEAD, HEAD, NONE, ONE, ROWS, TWO, info, patient, pulled


@pytest.fixture
def services(tmp_path) -> TestServices:
    return pulled(tmp_path)


@pytest.mark.parametrize(
    ("text", "classification"),
    [
        ("Pathogenic", "pathogenic"),
        ("Likely_pathogenic", "likely pathogenic"),
        ("Pathogenic/Likely_pathogenic", "pathogenic or likely pathogenic"),
        ("Pathogenic|drug_response", "pathogenic"),
        ("Pathogenic,_risk_factor", "pathogenic"),
        ("Pathogenic,_low_penetrance", "not assessed"),
        ("Likely_pathogenic/Likely_risk_allele", "likely pathogenic"),
        ("Uncertain_significance", "uncertain"),
        ("Uncertain_significance/Uncertain_risk_allele", "uncertain"),
        ("Benign/Likely_benign", "likely benign"),
        ("Benign", "benign"),
        ("Conflicting_interpretations_of_pathogenicity", "conflicting"),
        ("Conflicting_classifications_of_pathogenicity|other", "conflicting"),
        ("drug_response", "not assessed"),
        ("not_provided", "not assessed"),
        ("risk_factor", "not assessed"),
        ("", "not assessed"),
        ("Something_new", "not assessed"),
    ],
)
def test_significance(text, classification):
    assert assertion({"CLNSIG": text}).classification == classification


@pytest.mark.parametrize(
    ("review", "stars", "trust"),
    [
        ("practice_guideline", 4, 1.0),
        ("reviewed_by_expert_panel", 3, 1.0),
        (TWO, 2, 1.0),
        (ONE, 1, 0.75),
        ("criteria_provided,_conflicting_classifications", 1, 0.75),
        (NONE, 0, 0.5),
        ("", 0, 0.5),
    ],
)
def test_thin_review_counts_less(review, stars, trust):
    found = assertion({"CLNSIG": "Pathogenic", "CLNREVSTAT": review})
    assert (found.stars, found.trust) == (stars, trust)


def test_conflicting_counts_the_share_of_evidence():
    def trust(conflict: str) -> float:
        return assertion({"CLNSIG": "Conflicting_x", "CLNREVSTAT": TWO, "CLNSIGCONF": conflict}).trust

    assert trust("Pathogenic(2)|Uncertain_significance(2)") == pytest.approx(0.5)
    assert trust("Pathogenic(1)|Benign(3)") == pytest.approx(0.25)
    assert trust("Likely_benign(2)|Uncertain_significance(1)") == 0
    assert trust("Pathogenic(1),Uncertain_significance(3)") == pytest.approx(0.25)
    assert 0 < trust("Likely_pathogenic(1)|Uncertain_significance(1)") < 0.5
    assert trust("") == 0


def test_genes_and_diseases():
    found = assertion(
        {
            "CLNSIG": "Pathogenic",
            "GENEINFO": "FBN1:2200|LOC1:9",
            "CLNDISDB": "MONDO:MONDO:0007947,MedGen:C0024796,OMIM:154700,Orphanet:558|Orphanet:ORPHA284963|MedGen:CN517202",
        }
    )
    assert found.genes == ("FBN1", "LOC1")
    assert found.diseases == ("OMIM:154700", "ORPHA:558", "ORPHA:284963")


@pytest.mark.parametrize(
    ("allele", "short"),
    [
        ((10, "A", "G"), (10, "A", "G")),
        ((10, "AT", "GT"), (10, "A", "G")),
        ((10, "CA", "CG"), (11, "A", "G")),
        ((10, "CTTT", "CT"), (10, "CTT", "C")),
        ((10, "GCA", "GCAA"), (11, "C", "CA")),
    ],
)
def test_one_way_to_write_one_change(allele, short):
    assert trim(*allele, keep=1) == short


def test_every_entry_is_found_in_any_order(services):
    clinvar = ClinVar.open(services)
    for rows in (ROWS, ROWS[::-1], ROWS[::2] + ROWS[1::2]):
        for chrom, pos, number, ref, alt, *_ in rows:
            near = clinvar.near(chrom, pos, pos)
            assert (number, ref, alt) in [(e.number, e.ref, e.alt) for e in near]
            assert all(e.pos == pos for e in near)
    assert clinvar.near("1", 1, 10_000_000)[-1].pos == 900_000
    assert clinvar.near("7", 1, 100) == [] == clinvar.near("1", 5000, 6000)


def test_lookup_is_exact_by_allele(services, tmp_path):
    path = patient(
        tmp_path,
        "chr1 1000 A G 0/1",
        "chr1 2000 CTTA CA 1/1",  # written longer than ClinVar has it
        "chr1 2100 GCC GACC,GCA 1|2",
        "chr1 4000 T G 0/1",  # another allele than ClinVar's
        "chr1 5000 C G 0/1",
        "chr1 900000 T C 0/0",
        "chrX 800 G A 1",
        "chrM 900 A G 1/1",
        "chrUn_KI270302v1 1 A G 0/1",
    )
    called = read_variants(path, services)
    told = [(v.gene, v.classification, v.zygosity, v.name, v.trust) for v in called.variants]
    assert told == [
        ("GENA", "pathogenic", "heterozygous", "1-1000-A-G", 1.0),
        ("GENB", "likely pathogenic", "homozygous", "1-2000-CTTA-CA", 0.75),
        ("GENB", "pathogenic or likely pathogenic", "heterozygous", "1-2100-GCC-GACC", 1.0),
        ("GENC", "pathogenic", "hemizygous", "X-800-G-A", 1.0),
        ("GEND", "pathogenic", "homozygous", "MT-900-A-G", 1.0),
    ]
    first = called.variants[0]
    assert first.source == "ClinVar VCV000000011, 2 stars" and first.url.endswith("/clinvar/variation/11/")
    assert first.diseases == ("OMIM:100001", "ORPHA:1")
    assert called.notes == (
        "p.vcf: 8 variants of the patient; in ClinVar 2025-11-05: 5 (1 likely pathogenic, 3 pathogenic, "
        "1 pathogenic or likely pathogenic); not in it, so not assessed: 3",
    )


def test_conflicts_count_in_part_or_not_at_all(services, tmp_path):
    called = read_variants(patient(tmp_path, "1 3000 G C 0/1", "1 3100 G C 0/1"), services)
    assert [v.classification for v in called.variants] == ["conflicting", "conflicting"]
    assert called.variants[0].trust == pytest.approx(0.75 / 2) and called.variants[1].trust == 0


def test_an_allele_touching_two_genes_counts_for_both(services, tmp_path):
    called = read_variants(patient(tmp_path, "1 900000 T C 0/1"), services)
    assert [(v.gene, v.trust) for v in called.variants] == [("GENE", 0.5), ("GENF", 0.5)]


def test_what_is_not_used_is_told(services, tmp_path):
    path = patient(
        tmp_path,
        "1 1000 A G LowQual . GT 0/1",
        "1 1000 A <DEL> 0/1",
        "1 2000 CTT C,* 1/2",
        "1 2100 G GA ./.",
        "1 4000 T C 0/1",
        "2 600 C A 0/1",
        "2 700 C A 0/1",
    )
    called = read_variants(path, services)
    assert [v.name for v in called.variants] == ["1-2000-CTT-C"]
    text = " ".join(called.notes)
    assert "filtered out by the caller, not used: 1" in text
    assert "structural or symbolic, not assessed: 1" in text
    assert "1 uncertain" in text and "1 not assessed" in text
    assert "classified without a gene symbol, not used: 1" in text


@pytest.mark.parametrize(
    ("genotype", "zygosity"),
    [("0/1", "heterozygous"), ("1|0", "heterozygous"), ("1/1", "homozygous"), ("1", "hemizygous"), ("./1", "unknown")],
)
def test_zygosity(services, tmp_path, genotype, zygosity):
    (variant,) = read_variants(patient(tmp_path, f"1 1000 A G {genotype}"), services).variants
    assert variant.zygosity == zygosity


def test_phase_is_kept(services, tmp_path):
    rows = [f"1 {at} {alleles} PASS . GT:PS {gt}" for at, alleles, gt in (
        (1000, "A G", "0|1:7"), (2000, "CTT C", "0|1:7"), (2100, "G GA", "1|0:7"),
    )]  # fmt: skip
    a, b, c = read_variants(patient(tmp_path, *rows), services).variants
    assert a.together(b) and not a.together(c)
    x, y = read_variants(patient(tmp_path, "1 1000 A G 0/1", "1 2000 CTT C 0/1"), services).variants
    assert not x.together(y)


def test_one_sample_of_several(services, tmp_path):
    path = patient(tmp_path, "1 1000 A G PASS . GT 0/0 0/1", samples=("mother", "child"))
    with pytest.raises(CaseError, match="2 samples") as error:
        read_variants(path, services)
    assert error.value.hint == "name the sample"
    assert read_variants(path, services, "child").variants and not read_variants(path, services, "mother").variants
    with pytest.raises(CaseError, match="no such sample"):
        read_variants(path, services, "father")


def test_an_annotated_file_needs_no_clinvar(tmp_path):
    row = info("Pathogenic", TWO, "GENA:1", "CLNDISDB=OMIM:100001")
    path = patient(
        tmp_path,
        f"chr1 1000 A G PASS {row} GT 0/1",
        f"chr1 1500 A G,C PASS {row} GT 1/2",
        "chr1 2000 A G PASS DP=3 GT 0/1",
        head=ANNOTATED,
    )
    called = read_variants(path, TestServices())
    (variant,) = called.variants
    assert variant.gene == "GENA" and variant.source == "ClinVar as annotated in the file, 2 stars" and not variant.url
    assert "not assessed: 1" in called.notes[0] and "split the lines" in called.notes[1]


def test_without_clinvar_the_command_that_pulls_it_is_named(tmp_path):
    with pytest.raises(SourceError) as error:
        read_variants(patient(tmp_path, "chr1 1000 A G 0/1"), TestServices())
    assert error.value.hint == "bedside knowledge pull clinvar"


def broken(tmp_path: Path, what: str) -> TestServices:
    services = pulled(tmp_path, [*CLINVAR_HEAD[:-1], "##reference=GRCh37"] if what == "build" else CLINVAR_HEAD)
    files = services.pulled["clinvar"]
    if what == "data":
        files.paths["clinvar.vcf.gz"].write_bytes(b"not bgzip")
    elif what == "index":
        services.pulled["clinvar"] = SourceFiles(
            **{**files.model_dump(), "paths": {"clinvar.vcf.gz": files.paths["clinvar.vcf.gz"]}}
        )
    return services


@pytest.mark.parametrize("what", ["build", "data", "index"])
def test_a_bad_clinvar_file_is_named(tmp_path, what):
    with pytest.raises(SourceError, match="ClinVar") as error:
        ClinVar.open(broken(tmp_path, what))
    assert error.value.hint == "bedside knowledge pull clinvar"


@pytest.mark.parametrize("how", ["gz", "bgz", "bcf"])
def test_packed_files_read_alike(services, tmp_path, how):
    plain = patient(tmp_path, "chr1 1000 A G 0/1", "chr1 2000 CTT C 1/1", head=(*HEAD, '##FILTER=<ID=PASS,Description="">'))
    packed = tmp_path / f"p.{how}"
    if how == "gz":
        packed.write_bytes(gzip.compress(plain.read_bytes()))
    elif how == "bgz":
        pysam.tabix_compress(str(plain), str(packed))
    else:
        with pysam.VariantFile(str(plain)) as source, pysam.VariantFile(str(packed), "wb", header=source.header) as out:
            for record in source:
                out.write(record)
    for mine, its in zip(read_variants(packed, services).variants, read_variants(plain, services).variants, strict=True):
        assert replace(mine, listed="") == replace(its, listed="")


@pytest.mark.parametrize(
    ("records", "head", "said"),
    [
        (["chr1 1000 A G 0/1"], ("##fileformat=VCFv4.2", "##contig=<ID=1,length=249250621>"), "GRCh37"),
        (["chr1 1000 A G 0/1"], ("##fileformat=VCFv4.2", "##reference=hs37d5.fa"), "GRCh38"),
        (["NC_000001.10 1000 A G 0/1"], HEAD, "GRCh38"),
        (["chr1 1000 A G 0/3"], HEAD, "line 5"),
        (["chr1 x A G 0/1"], HEAD, "line 5"),
        (["chr1 1000 A G"], HEAD, "line 5"),
        (["chr1 1000 A G 0/1"], (), "not a VCF"),
    ],
)
def test_bad_files_are_named_by_line(services, tmp_path, records, head, said):
    with pytest.raises(CaseError, match=said) as error:
        read_variants(patient(tmp_path, *records, head=head), services)
    assert error.value.hint


def test_another_genome_shows_in_the_reference_bases(services, tmp_path):
    rows = [f"{chrom} {pos} {'T' if ref[0] != 'T' else 'A'} G 0/1" for chrom, pos, _, ref, *_ in ROWS[3:]]
    with pytest.raises(CaseError, match="not of GRCh38: 5 of 5") as error:
        read_variants(patient(tmp_path, *rows, head=HEAD[::2]), services)
    assert "GRCh38" in error.value.hint


def test_empty_cut_and_missing_files(services, tmp_path):
    empty = tmp_path / "empty.vcf"
    empty.touch()
    cut = tmp_path / "cut.vcf.gz"
    whole = gzip.compress(patient(tmp_path, *["chr1 1000 A G 0/1"] * 500).read_bytes())
    cut.write_bytes(whole[: len(whole) // 2])
    for path, said in ((empty, "empty"), (cut, "cut off"), (tmp_path / "none.vcf", "does not exist")):
        with pytest.raises(CaseError, match=said) as error:
            read_variants(path, services)
        assert error.value.hint and str(tmp_path) not in error.value.message


def test_a_variant_can_be_told_less_of(services, tmp_path):
    (variant,) = read_variants(patient(tmp_path, "1 1000 A G 0/1"), services).variants
    assert replace(variant, source="", url="", diseases=()).told() == "heterozygous 1-1000-A-G, pathogenic"


@pytest.mark.parametrize(
    ("gt", "said"),
    [
        ("x/y", "can't be read: not assessed, not taken as reference: 2"),
        ("./.", "lines without a called genotype (./.), not assessed: 2"),
        ("0/.", "lines without a called genotype (./.), not assessed: 2"),
    ],
)
@pytest.mark.parametrize("annotated", [False, True])
def test_a_genotype_that_is_not_known_is_told_and_a_pathogenic_variant_there_is_named(
    services, tmp_path, gt, said, annotated
):
    told = f"CLNSIG=Pathogenic;CLNREVSTAT={TWO};GENEINFO=GENA:1" if annotated else "."
    rows = [f"1 1000 A G PASS {told} GT {gt}", f"1 4000 T C PASS . GT {gt}", "1 5000 T C 0/0"]
    called = read_variants(patient(tmp_path, *rows, head=ANNOTATED if annotated else HEAD), services)
    assert called.variants == ()
    text = " ".join(called.notes)
    assert said in text
    assert "genotype not known, so neither there nor ruled out: 1:1000 (GENA)" in text
    assert "0 variants of the patient" in text


def test_no_genotype_field_at_all_is_told(services, tmp_path):
    called = read_variants(patient(tmp_path, "1 1000 A G PASS . DP 12"), services)
    assert "no GT" in called.notes[-1] and "1:1000 (GENA)" in called.notes[-2]


def test_a_gene_that_is_no_symbol_costs_only_its_variant(services, tmp_path):
    odd = f"CLNSIG=Pathogenic;CLNREVSTAT={TWO};GENEINFO=<b>:1"
    rows = [f"1 100 A G PASS {odd} GT 0/1", f"1 200 A G PASS {odd.replace('<b>', 'GENA')} GT 0/1"]
    called = read_variants(patient(tmp_path, *rows, head=ANNOTATED), services)
    assert [v.gene for v in called.variants] == ["GENA"]
    assert "without a gene symbol, not used: 1" in called.notes[-1]
