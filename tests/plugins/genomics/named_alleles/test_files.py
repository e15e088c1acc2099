"""Files as they come: compressed, indexed, binary, of many samples, of another genome, cut off, malformed."""

from __future__ import annotations

import gzip

import pytest
from bedside.core.errors import CaseError
from bedside.plugins.genomics.named_alleles import call_file
from bedside.plugins.genomics.vcf import open as opening_module

FULL = "##fileformat=VCFv4.2"


@pytest.fixture
def lines(real):
    """Reference records of all 19 genes, sorted; CYP2C19 *2 heterozygous."""
    found = []
    for gene in real.genes:
        for locus in real.gene(gene).loci if gene != "CYP2D6" else ():
            gt = "0/1" if locus.rsid in ("rs4244285", "rs12769205", "rs3758581") else "0/0"
            number = 23 if locus.chrom == "chrX" else int(locus.chrom[3:])
            found.append(
                (number, locus.pos, f"{locus.chrom} {locus.pos} . {locus.ref} {','.join(locus.alts)} . . . GT {gt}")
            )
    return [line for _, _, line in sorted(found)]


@pytest.fixture
def contigs():
    lengths = {1: 248956422, 2: 242193529, 4: 190214555, 6: 170805979, 7: 159345973, 8: 145138636, 10: 133797422}
    lengths |= {12: 133275309, 13: 114364328, 16: 90338345, 19: 58617616, "X": 156040895}
    return [
        FULL,
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
        *(f"##contig=<ID=chr{name},length={length}>" for name, length in lengths.items()),
    ]


def _diplotypes(found):
    return {g.gene: g.diplotypes or g.haplotypes for g in found.genes}


def test_kinds_of_files_give_the_same_calls(real, lines, contigs, write_vcf, tmp_path, monkeypatch):
    import pysam
    import pysam.bcftools

    plain = write_vcf(lines, header=contigs)
    expected = call_file(plain, real)[0]
    assert expected.gene("CYP2C19").diplotypes == ("*2/*38",)
    assert expected.gene("CYP2C19").records[0] > len(contigs)
    assert _diplotypes(call_file(write_vcf(lines, header=contigs, name="b.vcf.gz"), real)[0]) == _diplotypes(expected)
    assert call_file(write_vcf(lines, header=contigs, name="crlf.vcf", newline="\r\n"), real)[0].genes == expected.genes

    zipped = tmp_path / "c.vcf.gz"
    pysam.tabix_compress(str(plain), str(zipped))
    assert call_file(zipped, real)[0].genes == expected.genes
    pysam.tabix_index(str(zipped), preset="vcf")
    monkeypatch.setattr(opening_module, "INDEX_FROM", 0)
    indexed = call_file(zipped, real)[0]
    assert (_diplotypes(indexed), indexed.warnings) == (_diplotypes(expected), ())
    assert indexed.gene("CYP2C19").records == ()  # an index knows no line numbers

    binary = tmp_path / "d.bcf"
    with pysam.VariantFile(str(plain)) as source, pysam.VariantFile(str(binary), "wb", header=source.header) as sink:
        for record in source:
            sink.write(record)
    assert _diplotypes(call_file(binary, real)[0]) == _diplotypes(expected)
    pysam.bcftools.index(str(binary), catch_stdout=False)
    assert _diplotypes(call_file(binary, real)[0]) == _diplotypes(expected)
    assert not call_file(binary, real)[0].gene("CYP2C19").records
    monkeypatch.undo()
    assert call_file(binary, real)[0].gene("CYP2C19").records


def test_an_index_older_than_its_file_is_not_used(real, lines, contigs, write_vcf, tmp_path, monkeypatch):
    import os

    import pysam

    zipped = tmp_path / "c.vcf.gz"
    pysam.tabix_compress(str(write_vcf(lines, header=contigs)), str(zipped))
    pysam.tabix_index(str(zipped), preset="vcf")
    os.utime(f"{zipped}.tbi", (1, 1))
    monkeypatch.setattr(opening_module, "INDEX_FROM", 0)
    found = call_file(zipped, real)[0]
    assert found.gene("CYP2C19").records
    assert "the index is older than the file and was not used" in found.warnings


def test_many_samples(real, lines, contigs, write_vcf):
    two = [f"{line} {'1/1' if 'GT 0/1' in line else '0/0'}" for line in lines]
    path = write_vcf(two, samples=("A", "B"), header=contigs)
    found = call_file(path, real)
    assert [(s.sample, s.gene("CYP2C19").diplotypes) for s in found] == [("A", ("*2/*38",)), ("B", ("*2/*2",))]
    assert [s.sample for s in call_file(path, real, sample="B")] == ["B"]
    with pytest.raises(CaseError, match="no sample of that name") as error:
        call_file(path, real, sample="patient")
    assert "patient" not in str(error.value) + error.value.hint


def test_chromosome_names(real, lines, contigs, write_vcf):
    bare = [line.removeprefix("chr") for line in lines]
    found = call_file(write_vcf(bare, header=[FULL]), real)[0]
    assert found.gene("CYP2C19").diplotypes == ("*2/*38",)
    refseq = {real.gene(g).chrom: real.gene(g).contig for g in real.genes}
    named = [line.replace(line.split()[0], refseq[line.split()[0]], 1) for line in lines]
    assert call_file(write_vcf(named, header=[FULL]), real)[0].gene("CYP2C19").diplotypes == ("*2/*38",)
    old = [line.replace("NC_000001.11", "NC_000001.10", 1) for line in named]
    with pytest.raises(CaseError, match=r"it names the chromosome NC_000001\.10"):
        call_file(write_vcf(old, header=[FULL]), real)


def test_unsorted_files_lose_nothing(real, lines, write_vcf):
    assert call_file(write_vcf(reversed(lines)), real)[0].gene("CYP2C19").diplotypes == ("*2/*38",)


def test_every_gene_has_a_line_with_its_status(real, write_vcf):
    found = call_file(write_vcf(["chr1 100 . A G . . . GT 0/1"]), real)[0]
    assert len(found.genes) == 23
    assert {g.status for g in found.genes} == {"not_assessed"}
    assert all(g.reason for g in found.genes)
    assert "outside call" in found.gene("CYP2D6").reason
    assert found.warnings == ("no record of the file is about a position that defines an allele",)


# --- another genome -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "##reference=file:///ref/human_g1k_v37.fasta",
        "##reference=hg19",
        "##contig=<ID=1,length=249250621>",
        "##contig=<ID=chr10,assembly=GRCh37>",
        "##contig=<ID=NC_000010.10>",
        "##contig=<ID=chr1,length=248387328>",  # T2T-CHM13
    ],
)
def test_another_build_in_the_header(real, write_vcf, line):
    with pytest.raises(CaseError, match="GRCh3") as error:
        call_file(write_vcf(["chr1 100 . A G . . . GT 0/1"], header=[FULL, line]), real)
    assert "lift" in error.value.hint


def test_lengths_count_before_a_stale_reference_line(real, lines, contigs, write_vcf):
    header = [contigs[0], "##reference=hg19", *contigs[1:]]
    assert call_file(write_vcf(lines, header=header), real)[0].gene("CYP2C19").status == "called"


@pytest.mark.parametrize(
    "records",
    [
        ["10 96541616 rs4244285 G A . . . GT 0/1"],
        ["chr10 96541616 . G A . . . GT 0/1", "chr16 31107689 . C T . . . GT 1/1"],
    ],
)
def test_well_known_variants_at_grch37_coordinates(real, write_vcf, records):
    with pytest.raises(CaseError, match="GRCh37"):
        call_file(write_vcf(records, header=[FULL]), real)


def test_many_wrong_reference_alleles_are_another_genome(real, lines, write_vcf):
    swap = str.maketrans("ACGT", "CGTA")
    wrong = [" ".join([*(f := line.split())[:3], f[3].translate(swap), *f[4:]]) for line in lines]
    with pytest.raises(CaseError, match=r"not of GRCh38: \d+ of \d+ reference alleles .*\(first: line 5\)"):
        call_file(write_vcf(wrong), real)


# --- broken files ---------------------------------------------------------------------------------------------------


def _raises(real, path, match):
    with pytest.raises(CaseError, match=match) as error:
        call_file(path, real)
    assert error.value.hint


def test_not_a_vcf(real, tmp_path):
    for name, data, match in [
        ("empty.vcf", b"", "is empty"),
        ("text.vcf", b"hello\n", "is not a VCF"),
        ("a.pdf", b"%PDF-1.4\n\0\0", "is not a VCF"),
        ("gz.vcf.gz", gzip.compress(b"hello\n"), "is not a VCF"),
        ("header.vcf", b"##fileformat=VCFv4.2\n##x\n", "no #CHROM line"),
        ("nocolumns.vcf", b"##fileformat=VCFv4.2\nchr1\t1\n", "no #CHROM line"),
        ("sites.vcf", b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n", "no genotypes"),
        ("bad.bcf", b"BCF\x02\x02garbage", "can't be read as BCF"),
    ]:
        path = tmp_path / name
        path.write_bytes(data)
        _raises(real, path, match)
    _raises(real, tmp_path / "none.vcf", "none.vcf does not exist")
    _raises(real, tmp_path, "is a folder")


def test_cut_off_files(real, lines, contigs, write_vcf, tmp_path):
    import pysam

    plain = write_vcf(lines, header=contigs)
    data = plain.read_bytes()
    cut = tmp_path / "cut.vcf"
    cut.write_bytes(data[: data.rindex(b"\t", 0, -20)])
    _raises(real, cut, r"cut off: line \d+, the last one, has \d+ columns instead of 10")
    zipped = gzip.compress(data)
    cut_gz = tmp_path / "cut.vcf.gz"
    cut_gz.write_bytes(zipped[: len(zipped) // 2])
    _raises(real, cut_gz, r"cut off after line \d+")
    damaged = bytearray(zipped)
    damaged[len(zipped) // 2 : len(zipped) // 2 + 40] = bytes(40)
    cut_gz.write_bytes(damaged)
    _raises(real, cut_gz, r"damaged after line \d+")
    bgzip = tmp_path / "d.vcf.gz"
    pysam.tabix_compress(str(plain), str(bgzip))
    bgzip.write_bytes(bgzip.read_bytes()[:-28])
    assert "no bgzip end mark" in call_file(bgzip, real)[0].warnings[0]


@pytest.mark.parametrize(
    ("record", "match"),
    [
        ("chr10\t94781859\t.\tG\tA\t.\t.\t.\tGT", "line 4: malformed, 9 columns instead of 10"),
        ("chr10\t94781859\t.\tG\tA\t.\t.\t.\tGT\t0/1\t0/1", "line 4: malformed, 11 columns instead of 10"),
        ("chr10\t94781859x\t.\tG\tA\t.\t.\t.\tGT\t0/1", "line 4: malformed, POS is not a number"),
        ("chr10 94781859 . G A . . . GT 0/2", r"line 4 \(chr10:94781859\): a genotype names an allele that ALT does not"),
        ("chr10 94781859 . G A . . . GT x", r"line 4 \(chr10:94781859\): a genotype can't be read"),
        ("chr10 94781859 . G A . . . GT 0//1", r"line 4 \(chr10:94781859\): a genotype can't be read"),
    ],
)
def test_malformed_lines_are_named(real, write_vcf, record, match):
    good = "chr10 94780653 . G A . . . GT 0/0"
    path = write_vcf([record, good], header=[FULL, "##source=test"])
    _raises(real, path, match)


@pytest.mark.parametrize(("formats", "value"), [("DP", "30"), ("GT:DP", "./.:0"), ("DP:GT", "30")])
def test_records_without_a_genotype_are_missing(real, write_vcf, formats, value):
    path = write_vcf([f"chr10 94781859 . G A . . . {formats} {value}"])
    call = call_file(path, real)[0].gene("CYP2C19")
    assert (94781859, "no call") in [(m.pos, m.why) for m in call.missing_positions]
    assert call.status == "not_assessed"


def test_more_than_two_alleles_stop_the_gene(real, write_vcf):
    call = call_file(write_vcf(["chr10 94781859 . G A . . . GT 0/1/1"]), real)[0].gene("CYP2C19")
    assert (call.status, call.reason[:32]) == ("not_assessed", "more than two alleles are called")


def test_samples_of_the_same_name(real, write_vcf):
    _raises(real, write_vcf([], samples=("A", "A")), "two sample columns have the same name")


def test_pharmcats_own_test_files_are_read_without_a_crash(pharmcat, real):
    """All of its VCFs, good and bad: a call or a clear error, never anything else."""
    read = 0
    for path in sorted((pharmcat / "vcf").rglob("*.vcf")):
        try:
            found = call_file(path, real)
        except CaseError as error:
            assert error.hint
            continue
        assert all(len(s.genes) == 23 for s in found)
        read += 1
    assert read > 100
