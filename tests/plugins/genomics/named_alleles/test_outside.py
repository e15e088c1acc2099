"""Outside calls: read, refused with the line, and put beside the VCF's calls."""

from __future__ import annotations

import pytest
from bedside.core.errors import CaseError
from bedside.plugins.genomics.named_alleles import call_file, read_outside
from bedside.plugins.genomics.named_alleles.outside_calls import beside


@pytest.fixture
def outside(tmp_path):
    def write(text):
        path = tmp_path / "outside.tsv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_lines_are_read(outside):
    calls = read_outside(
        outside(
            "# comment\n\nCYP2D6\tCYP2D6*1/CYP2D6*4\n\nHLA-B\t*57:01/*15:02\t\nNAT2\t\tPoor Metabolizer\nDPYD\t\t\t1.0\n"
        )
    )
    assert [(c.gene, c.diplotypes, c.phenotype, c.activity_score, c.line) for c in calls] == [
        ("CYP2D6", (("*1", "*4"),), "", "", 3),
        ("HLA-B", (("*57:01", "*15:02"),), "", "", 5),
        ("NAT2", (), "Poor Metabolizer", "", 6),
        ("DPYD", (), "", "1.0", 7),
    ]
    assert read_outside(outside("CYP2D6\t*1/*4 or *2/*4\n"))[0].diplotypes == (("*1", "*4"), ("*2", "*4"))
    assert read_outside(outside("Gene\tDiplotype\nCYP2D6\t*1x2/*4\n"))[0].diplotypes == (("*1x2", "*4"),)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("CYP2D6\n", "line 1: no tab"),
        ("#\nCYP2D6\t*1/*2/*3\n", "line 2: the diplotype of CYP2D6"),
        ("CYP2D6\t*1/\n", "line 1: the diplotype of CYP2D6"),
        ("CYP2D6\t\t\t\n", "line 1: CYP2D6 has neither"),
        ("cyp 2d6\t*1/*2\n", "line 1: the first column is not a gene"),
        ("CYP2D6\t*1/*2\ta\tb\tc\n", "line 1: 5 columns"),
        ("CYP2D6\t*1/*2\nDPYD\tx/y\nCYP2D6\t*1/*3\n", "line 3: CYP2D6 was already given on line 1"),
        ("CYP2D6\t*1/*1x0\n", "line 1: .* no copy"),
        ("CYP2D6\t\t\t1_0\n", "line 1: the activity score"),
        ("CYP2D6\t\t\t=1\n", "line 1: the activity score"),
        ("CYP2D6\t\t\tnan\n", "line 1: the activity score"),
        ("CYP2D6\t\t\t-1\n", "line 1: the activity score"),
        ("", "holds no call"),
        ("# CYP2D6\t*4/*4\n\n", "holds no call"),
        ("Gene\tDiplotype\n", "holds no call"),
    ],
)
def test_bad_lines_are_named(outside, text, match):
    with pytest.raises(CaseError, match=match) as error:
        read_outside(outside(text))
    assert error.value.hint


def test_files_that_are_no_text(tmp_path):
    path = tmp_path / "o.tsv"
    path.write_bytes(b"CYP2D6\t\xff\xfe")
    with pytest.raises(CaseError, match="not UTF-8"):
        read_outside(path)
    with pytest.raises(CaseError, match="can't be read"):
        read_outside(tmp_path / "none.tsv")


def test_beside_a_vcf(real, write_vcf, outside):
    vcf = write_vcf(["chr10 94781859 . G A . . . GT 0/1", "chr16 31096368 . C T . . . GT 0/1"])
    table = outside("CYP2D6\t*4/*1\nHLA-B\t*57:01/*15:02\nHLA-A\t*31:01/*02\nMT-RNR1\t1555A>G\nVKORC1\tx/y\nABC1\ta/b\n")
    found = call_file(vcf, real, outside=table)[0]
    assert [g.gene for g in found.genes] == sorted(g.gene for g in found.genes)
    cyp2d6 = found.gene("CYP2D6")
    assert (cyp2d6.status, cyp2d6.source, cyp2d6.diplotypes, cyp2d6.records) == ("called", "outside", ("*1/*4",), ())
    assert found.gene("HLA-B").phenotype == "*15:02 positive; *57:01 positive; *58:01 negative"
    # the other copy is typed to one field only, which takes nothing from the one that is carried
    assert found.gene("HLA-A").phenotype == "*31:01 positive"
    assert found.gene("MT-RNR1").phenotype == "increased risk of aminoglycoside-induced hearing loss"
    assert found.gene("ABC1").diplotypes == ("a/b",)
    vkorc1 = found.gene("VKORC1")
    both = ("x/y", "rs9923231 reference (C)/rs9923231 variant (T)")
    assert (vkorc1.source, vkorc1.status, vkorc1.diplotypes) == ("outside", "ambiguous", both)
    assert vkorc1.reason == f"the outside call (line 5) gives {both[0]}, the VCF gives {both[1]}"


def test_phenotype_and_score_of_the_file_count(real, write_vcf, outside):
    vcf = write_vcf(["chr10 94781859 . G A . . . GT 0/1"])
    only = call_file(vcf, real, outside=outside("CYP2D6\t\tPoor Metabolizer\n"))[0].gene("CYP2D6")
    assert (only.status, only.diplotypes, only.phenotype) == ("called", (), "Poor Metabolizer")
    several = call_file(vcf, real, outside=outside("CYP2C9\t*1/*1 or *1/*3\n"))[0].gene("CYP2C9")
    assert (several.status, several.phenotypes) == ("ambiguous", ("Normal Metabolizer", "Intermediate Metabolizer"))


@pytest.mark.parametrize(
    ("line", "phenotypes", "scores"),
    [
        ("*1/*1\tPoor Metabolizer\t0.0", ("Poor Metabolizer", "Normal Metabolizer"), ("0.0", "2.0")),
        ("*1/*1\tPoor Metabolizer", ("Poor Metabolizer", "Normal Metabolizer"), (None, "2.0")),
        ("*1/*3\t\t1.5", ("Intermediate Metabolizer",) * 2, ("1.5", "1.0")),
        ("*3/*3\tIntermediate Metabolizer\t1.5", ("Intermediate Metabolizer", "Poor Metabolizer"), ("1.5", "0.0")),
    ],
)
def test_a_line_that_contradicts_its_own_diplotype_leaves_both_open(real, write_vcf, outside, line, phenotypes, scores):
    vcf = write_vcf(["chr1 1 . G A . . . GT 0/1"])
    call = call_file(vcf, real, outside=outside(f"CYP2C9\t{line}\n"))[0].gene("CYP2C9")
    assert (call.status, call.phenotypes, call.activity_scores) == ("ambiguous", phenotypes, scores)
    assert call.diplotypes == (line.split("\t")[0],) * 2
    assert "the table gives" in call.reason


@pytest.mark.parametrize("line", ["*1/*3\tintermediate  metabolizer\t1", "*1/*1\t\t≥2.0", "*1/*1\tn/a\tn/a"])
def test_a_line_that_agrees_with_its_diplotype_is_called(real, write_vcf, outside, line):
    vcf = write_vcf(["chr1 1 . G A . . . GT 0/1"])
    call = call_file(vcf, real, outside=outside(f"CYP2C9\t{line}\n"))[0].gene("CYP2C9")
    assert (call.status, len(call.phenotypes), call.reason) == ("called", 1, "")


CARRIES = "*15:02 negative; *57:01 positive; *58:01 negative"


@pytest.mark.parametrize(
    ("written", "phenotype"),
    [
        ("B*57:01/B*08:01", CARRIES),
        ("HLA-B*57:01/HLA-B*08:01", CARRIES),
        ("57:01/08:01", CARRIES),
        ("B57:01/B08:01", CARRIES),
        ("b*57:01/b*08:01", CARRIES),
        ("*57:01:01/*08:01:01:02", CARRIES),
        ("*08:01/*57:01:01:01", CARRIES),
        ("*57:01/*08:01N", CARRIES),
        ("*57:01g/*08:01", "*57:01 positive"),
        ("*57:01:01G/*08:01", "*57:01 positive"),
        ("*57:01P/*08:01", "*57:01 positive"),
        ("*57:01/*08", "*57:01 positive"),
        ("*57:01", "*57:01 positive"),
        ("*07:02/*08:01", "*15:02 negative; *57:01 negative; *58:01 negative"),
        ("HLA-B*57:01 positive/HLA-B*08:01", None),
        ("*57:XX/*08:01", None),
        ("*57:AB/*08:01", None),
        ("*57/*08:01", None),
        ("*57:01:01:01:01/*08:01", None),
        ("*57:01?/*08:01", None),
        ("A*57:01/B*08:01", None),
        ("*08:01:01G/*07:02", None),
    ],
)
def test_an_hla_allele_is_negative_only_where_both_copies_are_read(real, write_vcf, outside, written, phenotype):
    vcf = write_vcf(["chr1 1 . G A . . . GT 0/1"])
    call = call_file(vcf, real, outside=outside(f"HLA-B\t{written}\n"))[0].gene("HLA-B")
    assert call.phenotype == phenotype
    assert bool(call.warnings) == ("negative" not in (phenotype or ""))


def test_hla_that_contradicts_itself_is_open(real, write_vcf, outside):
    vcf = write_vcf(["chr1 1 . G A . . . GT 0/1"])
    call = call_file(vcf, real, outside=outside("HLA-B\t*57:01/*08:01\t*57:01 negative\n"))[0].gene("HLA-B")
    assert (call.status, call.phenotypes) == ("ambiguous", ("*57:01 negative", CARRIES))
    part = call_file(vcf, real, outside=outside("HLA-B\t*57:01/*08:01\t*57:01 positive\n"))[0].gene("HLA-B")
    assert (part.status, part.phenotype) == ("called", "*57:01 positive")


def test_a_vcf_that_shows_something_else_leaves_both_open(real, write_vcf, outside):
    vcf = write_vcf(_every(real, "DPYD", {"rs3918290": "1/1"}))
    outside_calls = read_outside(outside("DPYD\tReference/Reference\n"))
    for sample in (call_file(vcf, real, outside=outside_calls)[0], _beside(vcf, real, outside_calls)):
        call = sample.gene("DPYD")
        assert (call.status, call.source) == ("ambiguous", "outside")
        assert call.phenotypes == ("Normal Metabolizer", "Poor Metabolizer")
        assert "(line 1) gives Reference/Reference, the VCF gives c.1905+1G>A (*2A)/c.1905" in call.reason
        assert [v.rsid for v in call.variants] == ["rs3918290"]
    same = _beside(vcf, real, read_outside(outside("DPYD\tc.1905+1G>A (*2A)/c.1905+1G>A (*2A)\n"))).gene("DPYD")
    assert (same.status, same.warnings, same.reason) == ("called", (), "")


def test_variants_of_a_gene_that_the_vcf_could_not_call_are_told(real, write_vcf, outside):
    vcf = write_vcf(_every(real, "CYP2C19", {"rs4244285": "1/1"}))  # without c.991A>G, which *2 always has
    call = _beside(vcf, real, read_outside(outside("CYP2C19\t*1/*1\n"))).gene("CYP2C19")
    assert call.diplotypes == ("*1/*1",)
    assert any("rs4244285 A/A" in w and "not compared" in w for w in call.warnings)


def test_a_gene_that_nobody_knows_is_told(real, write_vcf, outside):
    vcf = write_vcf(["chr1 1 . G A . . . GT 0/1"])
    lines = "DYPD\tReference/Reference\nCYP2D7\t*1/*1\nF5\tx/y\nHLA-B\t*57:01/*08:01\n"
    told = [w for w in _beside(vcf, real, read_outside(outside(lines)), known=("F5",)).warnings if "outside" in w]
    assert len(told) == 2
    assert "line 1: DYPD" in told[0]
    assert "DPYD?" in told[0]
    assert "line 2: CYP2D7" in told[1]


def _beside(vcf, real, outside_calls, known=()):
    return beside(call_file(vcf, real)[0], outside_calls, real, known)


def _every(real, gene, genotypes):
    return [
        f"{x.chrom} {x.pos} {x.rsid or '.'} {x.ref} {','.join(x.alts)} . PASS . GT {genotypes.get(x.rsid, '0/0')}"
        for x in real.gene(gene).loci
    ]


def test_lowest_function_of_an_outside_call(real, write_vcf, outside):
    vcf = write_vcf(["chr10 94781859 . G A . . . GT 0/1"])
    line = "DPYD\tReference/[c.85T>C (*9A) + c.1905+1G>A (*2A)]\n"
    call = call_file(vcf, real, outside=outside(line))[0].gene("DPYD")
    assert (call.phenotype, call.activity_score) == ("Intermediate Metabolizer", "1.0")


def test_whose_calls_they_are_must_be_clear(real, write_vcf, outside):
    vcf = write_vcf(["chr10 94781859 . G A . . . GT 0/1 0/0"], samples=("A", "B"))
    with pytest.raises(CaseError, match="has 2 samples"):
        call_file(vcf, real, outside=outside("CYP2D6\t*1/*4\n"))
    assert call_file(vcf, real, outside=outside("CYP2D6\t*1/*4\n"), sample="B")[0].gene("CYP2D6").diplotypes == ("*1/*4",)
