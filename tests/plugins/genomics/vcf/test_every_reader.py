"""Whoever reads a patient's variant file reads the same: star alleles, classified variants, and the lines quoted again."""

from __future__ import annotations

import codecs
import gzip
from pathlib import Path

import pysam
import pytest
from bedside.core.engine.verify import verify_evidence
from bedside.core.errors import CaseError
from bedside.core.evidence.registry import LocatorKind, Resolvers
from bedside.core.testing.doubles import TestServices
from bedside.core.types import Case, CaseFile, Evidence, Facts, Question, Source, VcfRecords
from bedside.integrations.case_files import read_case
from bedside.plugins.genomics.named_alleles.definitions import Locus
from bedside.plugins.genomics.named_alleles.targets import Targets
from bedside.plugins.genomics.named_alleles.vcf_reader import read_vcf
from bedside.plugins.genomics.rare_disease.variants.variant_files import read_variants
from bedside.plugins.genomics.vcf import limits, record_scan
from bedside.plugins.genomics.vcf.normalise import minimal
from bedside.plugins.genomics.vcf.resolver import resolve_vcf

HEADER = (
    "##fileformat=VCFv4.2",
    "##contig=<ID=chr10,length=133797422>",
    '##INFO=<ID=CLNSIG,Number=.,Type=String,Description="Clinical significance">',
    '##INFO=<ID=GENEINFO,Number=1,Type=String,Description="Gene">',
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1",
)
PLACE = ("chr10", 94781859)
ASSERTED = "CLNSIG=Pathogenic;GENEINFO=CYP2C19:1557"
LINES = (
    "chr10\t94780000\t.\tA\tG\t.\tPASS\t.\tGT\t0/0",
    f"chr10\t94781859\trs4244285\tG\tA\t.\tPASS\t{ASSERTED}\tGT\t0|1",
    "chr10\t94842866\t.\tA\tG\t.\tPASS\t.\tGT\t0/0",
)
NUMBER = len(HEADER) + 2
"""Of the line of `PLACE`, from 1."""


def called(path: Path) -> tuple[object, ...]:
    """The genotype at `PLACE`, as star alleles are called from it."""
    edits = {minimal(PLACE[1], "G", "A", {}): "A"}
    locus = Locus("CYP2C19", *PLACE, "rs4244285", "G", ("A",), edits, {PLACE[1]: "G"}, False, PLACE[1])
    found = read_vcf(path, Targets([(locus, "NC_000010.11")]))
    genotype = found.samples[0].at[PLACE]
    assert genotype.line == NUMBER
    return genotype.copies, genotype.phased, tuple(found.warnings), found.incomplete


def classified(path: Path) -> tuple[str, ...]:
    """What counts of it as a cause of a rare disease."""
    return tuple(f"{v.gene} {v.classification} {v.zygosity}" for v in read_variants(path, TestServices()).variants)


def whole_line(path: Path) -> str:
    """The line of `PLACE`, which a quote holds whole."""
    data = path.read_bytes()
    data = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
    return data.split(b"\n")[NUMBER - 1].decode().rstrip("\r")


def quoted(path: Path, quote: str = LINES[1]) -> str:
    """Why a quote of the line of `PLACE` does not hold; empty where it does."""
    services = TestServices()
    cited = Evidence.of(
        kind="variant",
        quote=quote,
        source=Source(id="case"),
        locator=VcfRecords(file=path.name, lines=(NUMBER,)),
        retrieved_at=services.now(),
    )
    question = Question(text="x", case=Case(files=(CaseFile(name=path.name, kind="VCF", path=path),)))
    found = verify_evidence([cited], question, Facts(), services, Resolvers([LocatorKind("vcf", resolve_vcf)]))
    assert bool(found.kept) != bool(found.dropped)
    return found.dropped.get(cited.id, "")


def text(newline: str = "\n", *, bom: bool = False) -> bytes:
    return (codecs.BOM_UTF8 if bom else b"") + newline.join((*HEADER, *LINES, "")).encode()


def bgzipped(folder: Path) -> bytes:
    plain, packed = folder / "plain.vcf", folder / "packed.vcf.gz"
    plain.write_bytes(text())
    pysam.tabix_compress(str(plain), str(packed), force=True)
    return packed.read_bytes()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.vcf", text()),
        ("no_last_newline.vcf", text().rstrip(b"\n")),
        ("crlf.vcf", text("\r\n")),
        ("blank_lines.vcf", text() + b"\n \t\n\n"),
        ("bom.vcf", text(bom=True)),
        ("bom_crlf.vcf", text("\r\n", bom=True)),
        ("gzip.vcf.gz", gzip.compress(text())),
        ("bom_gzip.vcf.gz", gzip.compress(text(bom=True))),
        ("two_members.vcf.gz", gzip.compress(text()[:200]) + gzip.compress(text()[200:])),
        ("zip_by_content.vcf", gzip.compress(text("\r\n"))),
        ("bgzip.vcf.gz", None),
    ],
)
def test_the_same_records_in_any_wrapping(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(bgzipped(tmp_path) if data is None else data)
    assert read_case([path]).files[0].kind == "VCF"
    assert called(path) == (("G", "A"), True, (), "")
    assert classified(path) == ("CYP2C19 pathogenic heterozygous",)
    assert quoted(path) == ""
    assert "not verbatim" in quoted(path, LINES[1].replace("0|1", "1|1"))


def refusals(path: Path) -> list[str]:
    """The error of each reader that reads a file to its end."""
    out = []
    for reader in (called, classified):
        with pytest.raises(CaseError) as error:
            reader(path)
        assert error.value.hint
        out.append(error.value.message)
    return out


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("cut.vcf.gz", gzip.compress(text())[:-40], "cut off after line"),
        ("damaged.vcf.gz", gzip.compress(text(), mtime=0)[:-8] + bytes(8), "damaged after line"),
        ("cut.vcf", text()[:-5], "line 9, the last one, has 9 columns instead of 10"),
        ("short.vcf", text().replace(b"\t0|1", b""), "line 8: malformed, 9 columns instead of 10"),
        ("long.vcf", text().replace(b"\t0|1", b"\t0|1\t0|0"), "line 8: malformed, 11 columns instead of 10"),
        ("no_place.vcf", text().replace(b"94781859", b"9478x"), "line 8: malformed, POS is not a number"),
        ("old.vcf", text().replace(b"133797422", b"135534747"), "is of GRCh37"),
        ("accession.vcf", text().replace(b"chr10\t", b"NC_000010.10\t"), "names the chromosome NC_000010.10"),
        ("index.vcf", text().replace(b"0|1", b"0|2"), "a genotype names an allele that ALT"),
        ("empty.vcf", b"", "is empty"),
        ("text.vcf", b"hello", "is not a VCF"),
    ],
)
def test_what_one_reader_refuses_so_does_the_other(tmp_path, name, data, why):
    path = tmp_path / name
    path.write_bytes(data)
    first, second = refusals(path)
    assert why in first
    if "ALT" not in why:
        assert first == second


def test_a_file_that_is_not_there_or_a_folder(tmp_path):
    assert refusals(tmp_path / "none.vcf") == ["none.vcf does not exist"] * 2
    assert refusals(tmp_path) == [f"{tmp_path.name} is a folder"] * 2


def test_a_bgzip_file_that_ends_between_two_blocks_is_doubted_by_all(tmp_path):
    path = tmp_path / "a.vcf.gz"
    path.write_bytes(bgzipped(tmp_path)[:-28])
    assert "no bgzip end mark" in called(path)[2][0]
    notes = read_variants(path, TestServices()).notes
    assert any("no bgzip end mark" in note for note in notes)


def of_length(length: int) -> bytes:
    """A file whose record at `PLACE` has so many bytes without its end."""
    filled = LINES[1].replace(ASSERTED, ASSERTED + ";X=" + "A" * (length - len(LINES[1]) - 3))
    return "\n".join((*HEADER, LINES[0], filled, LINES[2], "")).encode()


@pytest.fixture
def small_limit(monkeypatch) -> int:
    """A limit of 2 MiB, more than one chunk, in place of 64."""
    monkeypatch.setattr(record_scan, "LONGEST_LINE", 2 << 20)
    return 2 << 20


@pytest.mark.parametrize("packed", [False, True])
def test_what_is_just_below_the_limit_is_called_and_verified(tmp_path, packed, small_limit):
    path = tmp_path / "a.vcf"
    for length in (small_limit - 1, small_limit):
        data = of_length(length)
        assert max(map(len, data.split(b"\n"))) == length
        path.write_bytes(gzip.compress(data, 1) if packed else data)
        assert called(path)[0] == ("G", "A")
        assert classified(path) == ("CYP2C19 pathogenic heterozygous",)
        assert quoted(path, whole_line(path)) == ""


def test_what_is_above_the_limit_is_neither(tmp_path, small_limit):
    path = tmp_path / "a.vcf"
    path.write_bytes(of_length(small_limit + 1))
    assert all("line 8: longer than 2 MB" in why for why in refusals(path))
    assert "line 8: longer than 2 MB" in quoted(path, "rs4244285\tG\tA")


def test_a_record_of_63_mib_is_called_and_verified(tmp_path):
    """Between the limits that there once were."""
    path = tmp_path / "a.vcf"
    assert 16 << 20 < 63 << 20 <= limits.LONGEST_LINE
    path.write_bytes(of_length(63 << 20))
    assert called(path)[0] == ("G", "A")
    assert classified(path) == ("CYP2C19 pathogenic heterozygous",)
    assert quoted(path, whole_line(path)) == ""
