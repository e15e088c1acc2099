"""`bedside genomics rank --cases`: every case has its line, whatever the others look like."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bedside.core.testing.doubles import MemorySources

LENS, ARACHNODACTYLY = "HP:1000012", "HP:1000031"
GOOD = {"case_id": "good", "observed": [LENS, ARACHNODACTYLY], "excluded": [], "pmids": ["PMID:1"], "sex": "MALE"}
# a line that is no case → (its id as far as it can be read, why)
BROKEN = {
    b'{"case_id": "a", "observed"': (None, "is not valid JSON"),
    b'{"case_id": "caf\xe9"}': (None, "is not UTF-8"),
    b"[" * 100_000: (None, "is not valid JSON"),
    b'["HP:1000012"]': (None, "is not an object"),
    b"null": (None, "is not an object"),
    b'{"observed": []}': (None, 'no "case_id"'),
    b'{"case_id": true, "observed": []}': (None, 'no "case_id"'),
    b'{"case_id": "\\ud800", "observed": []}': (None, 'no "case_id"'),
    b'{"case_id": "a"}': ("a", 'no "observed"'),
    b'{"case_id": 7, "observed": "HP:1000012"}': (7, '"observed" that is not a list of strings'),
    b'{"case_id": "a", "observed": [1]}': ("a", '"observed" that is not a list of strings'),
    b'{"case_id": "a", "observed": ["\\udc00"]}': ("a", '"observed" that is not a list of strings'),
    b'{"case_id": "a", "observed": [], "excluded": {"HP:1": 1}}': ("a", '"excluded" that is not a list of strings'),
    b'{"case_id": "a", "observed": [], "pmids": [12]}': ("a", '"pmids" that is not a list of strings'),
}


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def write(tmp_path: Path, *rows: dict | bytes) -> Path:
    raw = [row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows]
    path = tmp_path / "in.jsonl"
    path.write_bytes(b"\n".join(raw) + b"\n")
    return path


@pytest.mark.parametrize("raw", BROKEN, ids=lambda raw: raw[:40].decode("latin-1"))
def test_a_broken_line_costs_itself_only_and_keeps_its_place(rank, tmp_path, capsys, raw):
    write(tmp_path, GOOD, raw, {**GOOD, "case_id": "after"})
    assert rank("--cases", "in.jsonl", "--out", "out.jsonl") == 1
    first, broken, after = lines(tmp_path / "out.jsonl")
    case_id, why = BROKEN[raw]
    assert (broken["case_id"], broken["ranking"]) == (case_id, [])
    assert why in broken["error"]
    assert (first["case_id"], after["case_id"]) == ("good", "after")
    assert first["ranking"] == after["ranking"] != []
    assert f"in.jsonl, line 2: {broken['error']}" in capsys.readouterr().err


def test_each_case_gets_its_diseases_in_the_order_of_the_file(rank, tmp_path):
    write(tmp_path, {**GOOD, "case_id": 2}, b"   ", {**GOOD, "case_id": "1", "observed": ["HP:1000040"]})
    assert rank("--cases", "in.jsonl", "--out", "out.jsonl") == 0
    first, second = lines(tmp_path / "out.jsonl")
    assert (first["case_id"], second["case_id"]) == (2, "1")
    assert set(first) == {"case_id", "ranking"}
    assert [set(d) for d in first["ranking"]] == [{"disease_id", "name", "posterior"}] * len(first["ranking"])
    posteriors = [d["posterior"] for d in first["ranking"]]
    assert posteriors == sorted(posteriors, reverse=True) and sum(posteriors) == pytest.approx(1, abs=1e-4)
    assert first["ranking"][0]["disease_id"] == "OMIM:100001"
    assert second["ranking"][0]["disease_id"] == "OMIM:100004"


def test_a_case_without_usable_findings_is_a_line_with_a_note(rank, tmp_path, capsys):
    write(tmp_path, {"case_id": "none", "observed": []}, {"case_id": "odd", "observed": ["HP:7777777"]})
    assert rank("--cases", "in.jsonl", "--out", "out.jsonl") == 0
    none, odd = lines(tmp_path / "out.jsonl")
    assert none["ranking"] == odd["ranking"] == []
    assert "no finding" in none["note"]
    assert odd["unread"] == ["HP:7777777"]
    assert "0 of 2 cases ranked" in capsys.readouterr().err


def test_a_cases_own_paper_is_left_out_when_asked_for(rank, tmp_path):
    write(tmp_path, GOOD, {**GOOD, "pmids": ["1"]}, {**GOOD, "pmids": ["PMID:99"]}, {**GOOD, "pmids": None})
    assert rank("--cases", "in.jsonl", "--out", "with.jsonl") == 0
    assert rank("--cases", "in.jsonl", "--out", "without.jsonl", "--leave-out-pmids") == 0
    told, left = lines(tmp_path / "with.jsonl"), lines(tmp_path / "without.jsonl")
    assert left[0]["ranking"] == left[1]["ranking"] != told[0]["ranking"]
    assert left[2]["ranking"] == left[3]["ranking"] == told[0]["ranking"]


def test_the_same_cases_give_the_same_bytes(rank, tmp_path):
    write(tmp_path, *[{**GOOD, "case_id": str(i)} for i in range(20)])
    for name in ("a.jsonl", "b.jsonl"):
        assert rank("--cases", "in.jsonl", "--out", name) == 0
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()


def test_json_tells_the_counts(rank, tmp_path, capsys):
    write(tmp_path, GOOD, b"x")
    assert rank("--cases", "in.jsonl", "--out", "out.jsonl", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told == {
        "out": "out.jsonl",
        "cases": 2,
        "ranked": 1,
        "unread_ids": 0,
        "broken": [{"line": 2, "error": "is not valid JSON"}],
    }


def test_a_disk_that_fills_up_is_told_and_what_is_there_is_whole(rank, tmp_path, capsys, monkeypatch):
    write(tmp_path, *[{**GOOD, "case_id": str(i)} for i in range(50)])
    if not Path("/dev/full").exists():
        pytest.skip("this machine has no device that is always full")
    assert rank("--cases", "in.jsonl", "--out", "/dev/full") == 1
    assert "can't be written any further: No space left" in capsys.readouterr().err


def test_a_ranking_that_is_cut_off_goes_on_and_leaves_the_old_result(rank, tmp_path, monkeypatch, capsys):
    from bedside.plugins.genomics.rare_disease.scoring.ranker import Ranker

    write(tmp_path, *[{**GOOD, "case_id": str(i)} for i in range(6)], b"x", GOOD)
    (tmp_path / "out.jsonl").write_text("yesterday")
    ranked: list[str] = []
    real = Ranker.rank

    def cut_off(self, patient, **rest):
        ranked.append(patient.case_id)
        if len(ranked) == 5:
            raise KeyboardInterrupt
        return real(self, patient, **rest)

    monkeypatch.setattr(Ranker, "rank", cut_off)
    assert rank("--cases", "in.jsonl", "--out", "out.jsonl") == 130
    assert (tmp_path / "out.jsonl").read_text() == "yesterday"
    assert rank("--cases", "in.jsonl", "--out", "out.jsonl", "--json") == 1
    assert ranked == ["0", "1", "2", "3", "4", "4", "5", "good"]
    assert [one["case_id"] for one in lines(tmp_path / "out.jsonl")] == ["0", "1", "2", "3", "4", "5", None, "good"]
    counts = json.loads(capsys.readouterr().out)
    assert (counts["cases"], counts["ranked"]) == (8, 7)
    assert not (tmp_path / "out.jsonl.part").exists()


SPELLED = ("PMID:1", "1", "pmid:1", "PMID: 1", "PMID1", "PMID_1", " 0001 ", "https://pubmed.ncbi.nlm.nih.gov/1/",
           "https://www.ncbi.nlm.nih.gov/pubmed/1")  # fmt: skip


@pytest.mark.parametrize("pmid", SPELLED)
def test_every_spelling_of_a_pubmed_id_is_left_out(rank, tmp_path, pmid):
    write(tmp_path, GOOD, {**GOOD, "pmids": [pmid]}, {**GOOD, "pmids": []})
    assert rank("--cases", "in.jsonl", "--out", "out.jsonl", "--leave-out-pmids") == 0
    as_usual, spelled, none = lines(tmp_path / "out.jsonl")
    assert spelled["ranking"] == as_usual["ranking"] != none["ranking"]


@pytest.mark.parametrize("pmid", ["OMIM:100001", "10.1000/1", "PMC123", "PMID:", "0", "1; 2", "PMID:1P", "²"])
def test_what_is_no_pubmed_id_is_an_error_of_its_line_when_papers_are_left_out(rank, tmp_path, capsys, pmid):
    write(tmp_path, GOOD, {**GOOD, "pmids": ["PMID:1", pmid]})
    assert rank("--cases", "in.jsonl", "--out", "out.jsonl", "--leave-out-pmids") == 1
    good, broken = lines(tmp_path / "out.jsonl")
    assert good["ranking"] and (broken["ranking"], broken["case_id"]) == ([], "good")
    assert 'line 2: has an entry in "pmids" that is no PubMed id' in capsys.readouterr().err
    assert rank("--cases", "in.jsonl", "--out", "out.jsonl") == 0  # papers do not matter then


def test_a_ranking_that_cannot_begin_costs_no_file(rank, small, tmp_path):
    (tmp_path / "out.jsonl").write_text("yesterday")
    write(tmp_path, GOOD)
    small.sources = MemorySources()
    assert rank("--cases", "in.jsonl", "--out", "out.jsonl") == 1
    assert (tmp_path / "out.jsonl").read_text() == "yesterday"
