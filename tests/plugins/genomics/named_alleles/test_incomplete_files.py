"""Files that hold less, or something else, than they seem to: nothing in them is passed over, nor read as reference."""

from __future__ import annotations

import gzip
import os
import time

import pytest
from bedside.core.errors import CaseError
from bedside.plugins.genomics.named_alleles import call_file

FULL = "##fileformat=VCFv4.2"
STAR2A = 97450058  # DPYD c.1905+1G>A
GVCF = (FULL, '##ALT=<ID=NON_REF,Description="any">')


@pytest.fixture
def reference(real):
    """Reference records at all positions, chromosome by chromosome."""
    found = []
    for gene in real.genes:
        for x in real.gene(gene).loci if gene != "CYP2D6" else ():
            number = 23 if x.chrom == "chrX" else int(x.chrom[3:])
            found.append((number, x.pos, f"{x.chrom} {x.pos} . {x.ref} {','.join(x.alts)} . . . GT 0/0"))
    return [line for *_, line in sorted(found)]


def _with(lines, pos, gt):
    return [line.replace("0/0", gt) if f" {pos} " in line else line for line in lines]


def _raises(match, path, real, **how):
    with pytest.raises(CaseError, match=match) as error:
        call_file(path, real, **how)
    assert error.value.hint


def _convert(source, sink, mode):
    import pysam

    with pysam.VariantFile(str(source)) as read, pysam.VariantFile(str(sink), mode, header=read.header) as written:
        for record in read:
            written.write(record)


# --- absent positions -----------------------------------------------------------------------------------------------


def test_a_file_that_may_be_cut_off_has_no_absent_positions(real, reference, write_vcf, tmp_path):
    import pysam

    path = tmp_path / "a.vcf.gz"
    pysam.tabix_compress(str(write_vcf(reference[:500], header=[FULL])), str(path))
    assert call_file(path, real, missing_is_reference=True)
    path.write_bytes(path.read_bytes()[:-28])
    assert any("no bgzip end mark" in w for w in call_file(path, real)[0].warnings)
    _raises("may lack positions .*no bgzip end mark", path, real, missing_is_reference=True)


def test_a_bcf_without_its_end(real, reference, write_vcf, tmp_path):
    contigs = [f"##contig=<ID={c}>" for c in dict.fromkeys(line.split()[0] for line in reference)]
    head = [FULL, *contigs, '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">']
    path = tmp_path / "a.bcf"
    _convert(write_vcf(reference, header=head), path, "wb")
    assert call_file(path, real, missing_is_reference=True)
    path.write_bytes(path.read_bytes()[:-28])
    # htslib, which reads it, minds too
    _raises("may lack positions|can't be read as BCF", path, real, missing_is_reference=True)


@pytest.mark.parametrize("kind", ["vcf", "tabix", "bcf"])
def test_a_chromosome_without_records_is_not_reference(real, reference, write_vcf, tmp_path, monkeypatch, kind):
    import pysam
    import pysam.bcftools
    from bedside.plugins.genomics.vcf import open as opening

    contigs = [f"##contig=<ID={c}>" for c in dict.fromkeys(line.split()[0] for line in reference)]
    head = [FULL, *contigs, '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">']
    # on chromosome 1 there is a record, far from any gene
    lines = ["chr1 5000 . A G . . . GT 0/1", *(x for x in reference if x.startswith("chr10"))]
    path = write_vcf(lines, header=head)
    if kind != "vcf":
        monkeypatch.setattr(opening, "INDEX_FROM", 0)
        other = tmp_path / ("b.vcf.gz" if kind == "tabix" else "b.bcf")
        _convert(path, other, "wz" if kind == "tabix" else "wb")
        if kind == "tabix":
            pysam.tabix_index(str(other), preset="vcf")
        else:
            pysam.bcftools.index(str(other), catch_stdout=False)
        path = other
    found = call_file(path, real, missing_is_reference=True)[0]
    assert found.gene("CYP2C19").status == "called"
    assert found.gene("DPYD").status == "called"
    for gene in ("TPMT", "G6PD", "SLCO1B1"):
        call = found.gene(gene)
        assert (call.status, call.phenotype) == ("not_assessed", None)
        assert call.reason.startswith("the file has no record of this chromosome")
        assert call.missing_positions
    assert call_file(path, real)[0].gene("TPMT").reason == "none of its positions is in the file"


# --- names and lines ------------------------------------------------------------------------------------------------


def _named(reference, real, version=""):
    refseq = {real.gene(g).chrom: real.gene(g).contig for g in real.genes}
    lines = []
    for line in reference:
        chrom = line.split()[0]
        name = refseq[chrom] if chrom == "chr1" else chrom
        lines.append(line.replace(chrom, version or name, 1) if chrom == "chr1" else line)
    return lines


def test_refseq_names_after_others(real, reference, write_vcf):
    lines = _named(_with(reference, STAR2A, "1/1"), real)
    lines = [x for x in lines if x.startswith("chr2 ")] + [x for x in lines if not x.startswith("chr2 ")]
    call = call_file(write_vcf(lines, header=[FULL]), real, missing_is_reference=True)[0].gene("DPYD")
    assert call.diplotypes == ("c.1905+1G>A (*2A)/c.1905+1G>A (*2A)",)


def test_refseq_names_of_another_build_after_others(real, reference, write_vcf):
    lines = _named(reference, real, "NC_000001.10")
    lines = [x for x in lines if x.startswith("chr2 ")] + [x for x in lines if not x.startswith("chr2 ")]
    _raises(r"it names the chromosome NC_000001\.10", write_vcf(lines, header=[FULL]), real)


@pytest.mark.parametrize(
    ("bad", "what"),
    [
        (lambda x: "\t" + x.replace(" ", "\t"), "11 columns"),
        (lambda x: " " + x.replace(" ", "\t"), "it does not start with a chromosome and a position"),
        (lambda x: x.replace(" ", "\t").replace("\t", " ", 1) + "\t0/0", "POS is not a number"),
        (lambda x: x.replace(str(STAR2A), "97,450,058").replace(" ", "\t"), "POS is not a number"),
        (lambda x: x.replace(str(STAR2A), f"0{STAR2A}").replace(" ", "\t"), "it does not start with"),
    ],
)
def test_a_line_that_belongs_nowhere_is_named(real, reference, write_vcf, bad, what):
    lines = [bad(x) if f" {STAR2A} " in x else x for x in _with(reference, STAR2A, "1/1")]
    number = 3 + next(i for i, x in enumerate(_with(reference, STAR2A, "1/1")) if f" {STAR2A} " in x)
    _raises(f"line {number}: malformed, {what}", write_vcf(lines, header=[FULL]), real)


def test_blank_and_comment_lines_are_nothing(real, reference, write_vcf):
    lines = [*reference[:5], "", "\t", "#\ta", *reference[5:], "", "  \t"]
    assert call_file(write_vcf(lines, header=[FULL]), real)[0].gene("DPYD").status == "called"


# --- gVCF -----------------------------------------------------------------------------------------------------------


def test_blocks_count_though_the_header_says_nothing_of_them(real, reference, write_vcf):
    # written as Strelka does: REF base, no ALT, END in INFO; the block starts far before the position
    lines = [x for x in reference if f" {STAR2A} " not in x]
    block = "chr1 97410000 . A . . . END=97450100;X=1 GT:GQ:DP {}"
    positions = [x for x in lines if not (x.startswith("chr1 ") and 97410000 <= int(x.split()[1]) <= 97450100)]
    for value, missing in (("./.:0:0", True), ("0/0:60:30", False)):
        path = write_vcf([block.format(value), *positions], header=[FULL])
        call = call_file(path, real, missing_is_reference=True)[0].gene("DPYD")
        assert any(m.pos == STAR2A and m.why == "no call" for m in call.missing_positions) == missing
        assert not any("absent from the file" in w for w in call.warnings)


@pytest.mark.parametrize(
    ("layout", "value", "why"),
    [
        ("GT:GQ", "0/0:5.5", "quality 5.5"),
        ("GT:GQ", "0/0:-1", "quality -1"),
        ("GT:GQ", "0/0:high", "can't be read"),
        ("GT:GQ:DP:MIN_DP", "0/0:60:0:.", "without reads"),
        ("GT:GQ:MIN_DP:DP", "0/0:60:0:30", "without reads"),
        ("GT:GQ", "0/0:20.5", ""),
        ("GT:GQ:DP", "0/0:.:30", ""),
    ],
)
def test_what_a_block_rests_on(real, write_vcf, layout, value, why):
    line = f"chr2 233700000 . C <NON_REF> . . END=233770000 {layout} {value}"
    call = call_file(write_vcf([line], header=GVCF), real)[0].gene("UGT1A1")
    if why:
        assert all(why in m.why for m in call.missing_positions)
        assert call.status == "not_assessed"
    else:
        assert (call.diplotypes, call.missing_positions) == (("*1/*1",), ())


# --- the build ------------------------------------------------------------------------------------------------------


def test_blocks_alone_do_not_tell_the_build(real, write_vcf):
    told = "##contig=<ID=chr2,length=242193529>"
    block = "chr2 233700000 . C <NON_REF> . . END=233770000 GT:GQ 0/0:60"
    at_target = "chr2 233759924 . C <NON_REF> . . END=233770000 GT:GQ 0/0:60"
    record = "chr2 233759924 . C T . . . GT 0/0"
    for lines, header, warned in (
        ([block], GVCF, True),
        ([block], [*GVCF, told], False),
        ([block], [*GVCF, "##reference=GRCh38.fa"], False),
        ([at_target], GVCF, False),
        ([record], [FULL], False),
    ):
        found = call_file(write_vcf(lines, header=header), real)[0]
        assert any("build can't be told" in w for w in found.warnings) == warned


# --- phase ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("genotypes", "default", "phased"),
    [
        ({}, "0/0", False),
        ({}, "0|0", True),
        ({"rs1142345": "T/C"}, "0/0", False),
        ({"rs1142345": "T|C"}, "0/0", True),
        ({"rs1142345": "T|C", "rs1800460": "C/T"}, "0/0", False),
        ({"rs1142345": "T|C", "rs1800460": "C|T"}, "0/0", True),
    ],
)
def test_phased_means_that_the_file_says_so(call_with, genotypes, default, phased):
    assert call_with("TPMT", genotypes, default=default).phased is phased


# --- what can't be read ---------------------------------------------------------------------------------------------


def test_a_pipe_is_refused_at_once(real, tmp_path):
    path = tmp_path / "a.vcf"
    os.mkfifo(path)
    _raises("no regular file", path, real)


def test_a_line_without_end_is_refused_soon(real, tmp_path, patience):
    path = tmp_path / "a.vcf.gz"
    with gzip.open(path, "wb", compresslevel=1) as sink:
        sink.write(f"{FULL}\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n".encode())
        sink.write(b"chr1\t100\t.\tA\tG\t.\t.\t.\tGT\t")
        for _ in range(100):
            sink.write(bytes(1 << 20))
    started = time.monotonic()
    _raises("line 3: longer than 64 MB", path, real)
    assert time.monotonic() - started < patience(10)


def test_where_a_small_file_breaks_off(real, reference, tmp_path, write_vcf):
    data = gzip.compress(write_vcf(reference, header=[FULL]).read_bytes())
    path = tmp_path / "cut.vcf.gz"
    path.write_bytes(data[: len(data) // 2])
    _raises(r"cut off after line [1-9]\d*", path, real)
