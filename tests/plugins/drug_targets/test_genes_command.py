"""`bedside targets genes` over the real files: its lines, bad input, and that it goes on where it was cut off."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bedside.core.errors import UsageError
from bedside.integrations.cli.main import cli
from bedside.plugins.drug_targets.targets.ranker import GeneRanker
from click.testing import CliRunner

ASKED = "DOID:1612\n\nDOID:0\nDOID:9352 # diabetes\nDOID:9352\nDOID:0061285\n"


@pytest.fixture
def run(tmp_path, mirror, monkeypatch):
    monkeypatch.setenv("BEDSIDE_MIRROR", str(mirror))
    monkeypatch.setenv("BEDSIDE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    def call(ids: str, *more: str, train: Path = mirror / "kg" / "pharmacotherapydb_dev.tsv"):
        (tmp_path / "ids.txt").write_text(ids)
        arguments = ["targets", "genes", "--diseases", "ids.txt", "--train", str(train), "--out", "out.jsonl", *more]
        result = CliRunner().invoke(cli, arguments, standalone_mode=False)
        out = tmp_path / "out.jsonl"
        return result, [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []

    return call


def test_every_id_has_its_line_and_a_batch_goes_on_where_it_was_cut_off(run, monkeypatch):
    ranked, rank = [], GeneRanker.rank

    def cut_off(self, disease, top):
        ranked.append(disease)
        if len(ranked) == 2:
            raise KeyboardInterrupt
        return rank(self, disease, top)

    monkeypatch.setattr(GeneRanker, "rank", cut_off)
    result, lines = run(ASKED, "--json")
    assert result.exception and not lines
    result, lines = run(ASKED, "--json")
    assert ranked == ["DOID:1612", "DOID:9352", "DOID:9352"]  # the first is not ranked again
    assert result.return_value == 1  # one id is unknown
    assert [line["disease_id"] for line in lines] == ["DOID:1612", "DOID:0", "DOID:9352", "DOID:0061285"]
    assert lines[1]["ranking"] == [] and "no disease of the network" in lines[1]["reason"]
    assert lines[3]["ranking"] == [] and "no evidence of no target" in lines[3]["reason"]
    for line in (lines[0], lines[2]):
        scores = [gene["score"] for gene in line["ranking"]]
        assert len(scores) == 1000 and scores == sorted(scores, reverse=True)
        assert set(line["ranking"][0]) == {"gene", "entrez_gene_id", "score", "prior", "evidence"}
    summary = json.loads(result.stdout)
    assert (summary["diseases"], summary["ranked"], summary["unknown"], summary["repeated"]) == (4, 2, 1, 1)
    assert summary["without_edges"] == 1 and summary["training_pairs_of_asked_left_out"] > 20


def test_what_the_file_says_of_the_asked_disease_changes_nothing(run, mirror, tmp_path):
    text = (mirror / "kg" / "pharmacotherapydb_dev.tsv").read_text(encoding="utf-8")
    result, whole = run("DOID:1612\n")
    assert result.return_value == 0
    left = tmp_path / "left.tsv"
    left.write_text("".join(line for line in text.splitlines(True) if not line.startswith("DOID:1612\t")), encoding="utf-8")
    _, without = run("DOID:1612\n", train=left)
    assert whole == without
    shown = json.dumps([gene["evidence"].get("known_drug") for gene in whole[0]["ranking"]])
    assert '"treats"' in shown and '"treats": "DOID:1612"' not in shown


def test_a_training_file_without_rows_and_one_with_only_the_asked_disease_are_wrong_use(run, tmp_path):
    empty = tmp_path / "empty.tsv"
    empty.write_text("doid_id\tdrugbank_id\tcategory\n")
    only = tmp_path / "only.tsv"
    only.write_text("doid_id\tdrugbank_id\tcategory\nDOID:1612\tDB00675\tDM\n")
    for train, message in ((empty, "holds no indications"), (only, "has 0 diseases")):
        result, lines = run("DOID:1612\n", train=train)
        assert isinstance(result.exception, UsageError) and message in str(result.exception) and not lines
