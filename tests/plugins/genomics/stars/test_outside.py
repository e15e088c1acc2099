"""Outside calls: read, refused with the line, and put beside the VCF's calls."""

from __future__ import annotations

import pytest
from bedside.core.errors import CaseError
from bedside.plugins.genomics.stars import call_file, read_outside


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
    # typed to one field only: carrying *31:01 on the other copy can't be excluded
    assert found.gene("HLA-A").phenotype is None
    assert found.gene("MT-RNR1").phenotype == "increased risk of aminoglycoside-induced hearing loss"
    assert found.gene("ABC1").diplotypes == ("a/b",)
    vkorc1 = found.gene("VKORC1")
    assert (vkorc1.source, vkorc1.diplotypes) == ("outside", ("x/y",))
    assert vkorc1.warnings[0].startswith("the VCF gives rs9923231 reference (C)/rs9923231 variant (T); the outside call")


def test_phenotype_and_score_of_the_file_count(real, write_vcf, outside):
    vcf = write_vcf(["chr10 94781859 . G A . . . GT 0/1"])
    call = call_file(vcf, real, outside=outside("CYP2C9\t*1/*1\tPoor Metabolizer\t0.0\n"))[0].gene("CYP2C9")
    assert (call.phenotype, call.activity_score) == ("Poor Metabolizer", "0.0")
    assert "not the one that the table gives" in call.warnings[0]
    only = call_file(vcf, real, outside=outside("CYP2D6\t\tPoor Metabolizer\n"))[0].gene("CYP2D6")
    assert (only.status, only.diplotypes, only.phenotype) == ("called", (), "Poor Metabolizer")
    several = call_file(vcf, real, outside=outside("CYP2C9\t*1/*1 or *1/*3\n"))[0].gene("CYP2C9")
    assert (several.status, several.phenotypes) == ("ambiguous", ("Normal Metabolizer", "Intermediate Metabolizer"))


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
