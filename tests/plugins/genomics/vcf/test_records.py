"""The parts of a record: columns, genotypes, names of chromosomes, alleles trimmed."""

from __future__ import annotations

import pytest
from bedside.plugins.genomics.vcf.contigs import short_name
from bedside.plugins.genomics.vcf.genotype import parse_gt
from bedside.plugins.genomics.vcf.normalise import Edit, minimal, trim
from bedside.plugins.genomics.vcf.records import parse_record


@pytest.mark.parametrize(
    ("text", "copies", "phased"),
    [
        ("0/1", (0, 1), False),
        ("1|0", (1, 0), True),
        ("/0/1", (0, 1), False),
        ("|1", (1,), False),
        ("1", (1,), False),
        ("./.", (None, None), False),
        ("0|.", (0, None), True),
        ("0/1/2", (0, 1, 2), False),
        ("0|1|12", (0, 1, 12), True),
        ("0|1/1", (0, 1, 1), False),
    ],
)
def test_genotypes(text, copies, phased):
    assert parse_gt(text) == (copies, phased)


@pytest.mark.parametrize("text", ["", "/", "0/", "0//1", "x", "0/x", "-1", "0/1 ", "٣", "²", "1/1\n"])
def test_what_is_no_genotype(text):
    assert parse_gt(text) is None


def test_columns():
    record = parse_record(7, "chr1\t10\trs1;rs2\tac\tg,<del>\t.\tq10\tDP=3;DB\tGT:DP\t0/1:3\t0/0:4")
    assert record is not None
    assert record[:6] == (7, "chr1", 10, "rs1;rs2", "AC", ("G", "<DEL>"))
    assert (record.passed, record.format, record.samples) == (False, "GT:DP", "0/1:3\t0/0:4")
    assert not record.reference_only


@pytest.mark.parametrize("alt", [".", "<NON_REF>", "<*>"])
def test_a_record_without_another_sequence(alt):
    record = parse_record(1, f"1\t10\t.\tA\t{alt}\t.\t.\t.\tGT\t0/0")
    assert record is not None
    assert record.reference_only and record.passed


@pytest.mark.parametrize("line", ["", "chr1\t10\t.\tA\tG\t.\t.\t.\tGT", "chr1\tx\t.\tA\tG\t.\t.\t.\tGT\t0/1"])
def test_what_is_no_record(line):
    assert parse_record(1, line) is None


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("chr1", "1"), ("22", "22"), ("chrX", "X"), ("NC_000001.11", "1"), ("NC_000023.11", "X"), ("NC_000024.10", "Y"),
        ("chrM", "MT"), ("MT", "MT"), ("NC_012920.1", "MT"),
        ("23", ""), ("0", ""), ("chr1_KI270706v1_random", ""), ("NC_000025.1", ""), ("²", ""), ("chrUn_GL000195v1", ""),
    ],
)  # fmt: skip
def test_names_of_chromosomes(name, short):
    assert short_name(name) == short


@pytest.mark.parametrize(
    ("alleles", "kept", "bare"),
    [
        ((10, "A", "G"), (10, "A", "G"), (10, "A", "G")),
        ((10, "CTT", "CT"), (10, "CT", "C"), (11, "T", "")),
        ((10, "CAT", "CGT"), (11, "A", "G"), (11, "A", "G")),
        ((10, "A", "AA"), (10, "A", "AA"), (10, "", "A")),
        ((10, "A", "A"), (10, "A", "A"), (10, "", "")),
        ((10, "AAA", "AA"), (10, "AA", "A"), (10, "A", "")),
    ],
)
def test_alleles_are_trimmed_to_one_base_or_none(alleles, kept, bare):
    assert trim(*alleles, keep=1) == Edit(*kept)
    assert trim(*alleles) == minimal(*alleles, {}) == Edit(*bare)
