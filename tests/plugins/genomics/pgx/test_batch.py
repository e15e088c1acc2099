"""`bedside genomics pgx --batch`: many files, one line each."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from pathlib import Path

import pytest

from .test_command import SECRET, pgx


@pytest.fixture
def folder(place) -> Path:
    """Three files: a good one, a broken one, a good one packed."""
    many = place / "many"
    many.mkdir()
    shutil.copy(place / "a.vcf", many / "a.vcf")
    (many / "b.vcf").write_text(f"{SECRET} is no VCF\n")
    (many / "c.vcf.gz").write_bytes(gzip.compress((place / "a.vcf").read_bytes()))
    (many / "notes.txt").write_text(SECRET)
    return many


def read(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_broken_file_costs_its_line_only(folder, place, capsys):
    assert pgx("--batch", folder, "--out", "o.jsonl", "--json") == 1
    said = capsys.readouterr()
    lines = read(place / "o.jsonl")
    assert [(line["file"], "error" in line) for line in lines] == [("a.vcf", False), ("b.vcf", True), ("c.vcf.gz", False)]
    assert lines[0]["genes"] == lines[2]["genes"]
    assert lines[0]["recommendations"]
    assert (lines[1]["sample"], lines[1]["genes"]) == (None, [])
    assert SECRET not in (place / "o.jsonl").read_text() + said.err + said.out
    assert json.loads(said.out)["samples"] == 2
    assert [p.name for p in place.glob("o.jsonl*")] == ["o.jsonl"]


def test_what_is_no_file_has_its_line_too(folder, place, capsys):
    (folder / "gone.vcf").symlink_to("nowhere")
    os.mkfifo(folder / "pipe.vcf")
    assert pgx("--batch", folder, "--out", "o.jsonl", "--genes-only") == 1
    errors = {line["file"]: line["error"] for line in read(place / "o.jsonl") if "error" in line}
    assert set(errors) == {"b.vcf", "gone.vcf", "pipe.vcf"}
    assert "link to nothing" in errors["gone.vcf"]


def test_a_batch_gives_what_a_single_file_gives(folder, place, capsys):
    assert pgx("--vcf", folder / "a.vcf", "--json") == 0
    single = json.loads(capsys.readouterr().out)
    assert pgx("--batch", folder / "a.vcf", "--out", "o.jsonl") == 0
    (line,) = read(place / "o.jsonl")
    assert line["genes"] == single["genes"]
    assert [(r["drug"], r["text"]) for r in line["recommendations"]] == [
        (r["drug"], r["text"]) for r in single["recommendations"]
    ]
    assert pgx("--batch", folder / "a.vcf", "--out", "o.jsonl", "--genes-only") == 0
    (line,) = read(place / "o.jsonl")
    assert (line["genes"], line["recommendations"]) == (single["genes"], [])


def test_a_run_that_was_cut_off_goes_on(folder, place, capsys, monkeypatch):
    from bedside.plugins.genomics.pgx.pipeline import Assessor

    called: list[str] = []
    cut_off = [False, True]
    real = Assessor.calls

    def calls(self, path, **rest):
        called.append(path.name)
        if len(called) == 3 and cut_off.pop() is True:
            raise KeyboardInterrupt
        return real(self, path, **rest)

    monkeypatch.setattr(Assessor, "calls", calls)
    assert pgx("--batch", folder, "--out", "o.jsonl") == 130
    assert not (place / "o.jsonl").exists()
    with (place / "o.jsonl.part").open("ab") as part:
        part.write(b'[{"file": "c.vc')  # as a killed process leaves it
    assert pgx("--batch", folder, "--out", "o.jsonl") == 1
    assert called == ["a.vcf", "b.vcf", "c.vcf.gz", "c.vcf.gz"]
    assert [line["file"] for line in read(place / "o.jsonl")] == ["a.vcf", "b.vcf", "c.vcf.gz"]
    called.clear()
    (folder / "b.vcf").write_text("other\n")
    assert pgx("--batch", folder, "--out", "o.jsonl", "--missing-is-reference") == 1
    assert called == ["a.vcf", "b.vcf", "c.vcf.gz"]


def test_every_sample_of_one_file_has_its_line(place, mirror):
    shutil.copy(mirror / "pharmcat/vcf/VcfSampleReaderTest-multisample.vcf", place / "m.vcf")
    code = pgx("--batch", "m.vcf", "--out", "o.jsonl", "--genes-only")
    lines = read(place / "o.jsonl")
    assert code == 0
    assert len({line["sample"] for line in lines}) == len(lines) > 1
