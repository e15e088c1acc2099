"""A variant file of the case: whether it is read, who is asked, and that what is quoted of it stands there."""

import gzip
from pathlib import Path

import pytest
from bedside.core.engine.planner import available
from bedside.core.reading.reader import read
from bedside.core.types import Case, CaseFile, Evidence, Facts, Question, Source, VcfRecords

LINES = (
    "##fileformat=VCFv4.2",
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1",
    "chr10\t94781859\trs4244285\tG\tA\t.\tPASS\t.\tGT\t1/1",
    "chr10\t94842866\trs3758581\tA\tG\t.\tPASS\t.\tGT\t0/1",
)


@pytest.fixture(params=["plain", "gz", "crlf"])
def vcf(request, tmp_path: Path) -> CaseFile:
    text = ("\r\n" if request.param == "crlf" else "\n").join((*LINES, "")).encode()
    path = tmp_path / "a.vcf"
    path.write_bytes(gzip.compress(text) if request.param == "gz" else text)
    return CaseFile(name="a.vcf", kind="VCF", path=path)


def cite(world, lines: tuple[int, ...], quote: str, file: str = "a.vcf") -> Evidence:
    source = Source(id="case", title="a.vcf", version="", licence="")
    where = VcfRecords(file=file, lines=lines)
    return Evidence.of(kind="variant", quote=quote, source=source, locator=where, retrieved_at=world.services.now())


def problem(world, evidence: Evidence, *files: CaseFile) -> str:
    checked = world.verify([evidence], case=Case(files=files))
    assert bool(checked.kept) != bool(checked.dropped)
    return checked.dropped.get(evidence.id, "")


def test_what_stands_in_the_lines_passes(world, vcf):
    assert problem(world, cite(world, (3,), LINES[2]), vcf) == ""
    assert problem(world, cite(world, (4, 3), f"{LINES[3]}\n{LINES[2]}"), vcf) == ""


@pytest.mark.parametrize(
    ("lines", "quote", "why"),
    [
        ((3,), LINES[2].replace("1/1", "0/1"), "not verbatim in line 3"),
        ((3,), LINES[3], "not verbatim in line 3"),
        ((3,), " ", "not verbatim in line 3"),
        ((3, 4), LINES[2], "for each line"),
        ((3,), f"{LINES[2]}\n{LINES[3]}", "for each line"),
        ((), LINES[2], "for each line"),
        ((1,), LINES[0], "no record"),
        ((5,), LINES[2], "line 5 is not in a.vcf"),
        ((0,), LINES[2], "line 0 is not in a.vcf"),
    ],
)
def test_what_does_not_is_dropped(world, vcf, lines, quote, why):
    assert why in problem(world, cite(world, lines, quote), vcf)


def test_only_files_of_the_case_are_opened(world, vcf, tmp_path):
    other = tmp_path / "other.vcf"
    other.write_text("\n".join(LINES))
    assert "no variant file of the case" in problem(world, cite(world, (3,), LINES[2], file="other.vcf"), vcf)
    assert "no variant file of the case" in problem(world, cite(world, (3,), LINES[2], file=str(other)), vcf)
    assert "several files" in problem(world, cite(world, (3,), LINES[2]), vcf, vcf.model_copy(update={"path": other}))
    assert "BCF" in problem(world, cite(world, (3,), LINES[2]), vcf.model_copy(update={"kind": "BCF"}))
    gone = vcf.model_copy(update={"path": tmp_path / "gone.vcf"})
    assert "could not be read again" in problem(world, cite(world, (3,), LINES[2]), gone)
    assert "not at hand" in problem(world, cite(world, (3,), LINES[2]), vcf.model_copy(update={"path": None}))


def test_a_cut_off_gz_file_is_a_failure_to_verify(world, tmp_path):
    path = tmp_path / "a.vcf"
    path.write_bytes(gzip.compress("\n".join(LINES).encode())[:-20])
    file = CaseFile(name="a.vcf", kind="VCF", path=path)
    assert "could not be read again" in problem(world, cite(world, (4,), LINES[3]), file)


def test_a_file_is_unread_only_when_nobody_reads_its_kind(world, tmp_path):
    files = (CaseFile(name="a.vcf", kind="VCF", path=tmp_path / "a.vcf"), CaseFile(name="b.png", kind="PNG"))
    question = Question(text="x", case=Case(files=files))
    assert read(question, world.services, {"vcf", "image"}).unread == ()
    assert read(question, world.services, {"vcf"}).unread == (
        "b.png (PNG): no installed specialist reads this kind of file",
    )
    assert len(read(question, world.services).unread) == 2
    assert {"vcf", "image"} <= available(Facts(), question)


def test_where_a_file_lies_is_told_to_nobody(tmp_path):
    file = CaseFile(name="a.vcf", kind="VCF", path=tmp_path / "a.vcf")
    case = Case(files=(file,))
    assert str(tmp_path) not in case.model_dump_json() + repr(case) + str(case)
    assert Case.model_validate_json(case.model_dump_json()).files[0].path is None


def test_a_medication_that_names_no_known_drug_is_told(world):
    what = {"medicationCodeableConcept": {"coding": []}}
    request = {"resourceType": "MedicationRequest", "id": "7", "status": "active", **what}
    question = Question(text="x", case=Case(fhir=(request, {**request, "id": "8", "status": "stopped"})))
    assert read(question, world.services).unread == ("MedicationRequest/7 is a medication whose drug could not be read",)
