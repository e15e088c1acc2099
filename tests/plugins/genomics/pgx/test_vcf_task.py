"""A question asked with a VCF: the line, and the lines of the file that it rests on, through the whole engine."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from bedside.core import Question
from bedside.core.config import load_config
from bedside.integrations.app import open_app
from bedside.integrations.case_files import read_case


@pytest.fixture(scope="module")
def app(mirror, cpic_home):
    overrides = {"llm": {"enabled": False}, "plugins": {"deny": ["literature"]}}
    with open_app(load_config(cpic_home, env={"BEDSIDE_MIRROR": str(mirror)}, overrides=overrides)) as opened:
        yield opened


@pytest.fixture
def vcf(mirror, tmp_path) -> Path:
    """CYP2C19 *2/*2, and everything else as the positions file has it."""
    path = tmp_path / "a.vcf"
    shutil.copy(mirror / "pharmcat/vcf/cyp2c19/s2s2.vcf", path)
    return path


def ask(app, text: str, *files: Path):
    return app.engine.ask(Question(text=text, case=read_case(files)))


def test_the_line_and_the_records_it_rests_on(app, vcf):
    answer = ask(app, "Is clopidogrel right?", vcf)
    assert answer.status == "answered", [w.text for w in answer.warnings]
    assert answer.sentences[0].text.startswith("clopidogrel, CYP2C19 Poor Metabolizer: Avoid standard dose (75 mg/day)")
    assert answer.sentences[1].text == "CYP2C19 *2/*2: Poor Metabolizer."
    assert answer.sentences[1].support.verdict == "checked"
    records = next(e for e in answer.evidence if e.locator.kind == "vcf")
    assert records.id in answer.sentences[1].citations
    lines = vcf.read_text().splitlines()
    assert records.quote.split("\n") == [lines[n - 1] for n in records.locator.lines]
    assert any("\trs4244285\t" in line and "1/1" in line for line in records.quote.split("\n"))
    assert (records.locator.file, records.source.id) == ("a.vcf", "case")
    assert str(vcf.parent) not in answer.model_dump_json()


def test_a_drug_whose_gene_is_not_known_is_told(app, vcf):
    answer = ask(app, "Is codeine right?", vcf)
    assert any("codeine: CYP2D6 was not assessed" in w.text for w in answer.warnings)
    assert answer.status != "answered"
    assert [c.status for c in answer.consulted if c.task == "genomics.pgx_vcf"] == ["failed"]
    assert not [e for e in answer.evidence if e.kind == "guideline"]


def test_what_the_question_says_is_not_put_in_the_files_place(app, vcf):
    answer = ask(app, "Is clopidogrel right for a CYP2C19 normal metabolizer?", vcf)
    assert answer.status != "answered"
    told = next(w.text for w in answer.warnings if w.who == "genomics")
    assert told == "contradiction: CYP2C19: the question says Normal Metabolizer, a.vcf gives Poor Metabolizer"


def test_a_substance_of_a_product_is_not_lost(app, vcf):
    answer = ask(app, "Is clopidogrel and aspirin right?", vcf)
    assert any(e.kind == "guideline" for e in answer.evidence)
    product = ask(app, "Is S-warfarin right?", vcf)
    assert any("warfarin" in w.text and "looked up" in w.text for w in product.warnings)


def test_without_a_drug_what_asks_for_a_change_is_shown(app, vcf):
    answer = ask(app, "Which medications should this genome change?", vcf)
    guidelines = [e for e in answer.evidence if e.kind == "guideline"]
    assert 0 < len(guidelines) <= 4
    assert all("CYP2C19 Poor Metabolizer" in e.quote for e in guidelines)
    assert any("more drugs: bedside genomics pgx --vcf a.vcf" in w.text for w in answer.warnings)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("##fileformat=VCFv4.2\n", "a.vcf"),
        ("##fileformat=VCFv4.2\n##reference=GRCh37\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n", "GRCh38"),
    ],
)
def test_a_file_that_cannot_be_called_is_a_failure_never_a_silence(app, tmp_path, content, told):
    path = tmp_path / "a.vcf"
    path.write_text(content)
    answer = ask(app, "Is clopidogrel right?", path)
    assert answer.status != "answered"
    assert any(c.task == "genomics.pgx_vcf" and c.status == "failed" and told in c.message for c in answer.consulted)


def test_two_files_are_two_people(app, vcf, tmp_path):
    other = tmp_path / "b.vcf"
    shutil.copy(vcf, other)
    answer = ask(app, "Is clopidogrel right?", vcf, other)
    assert any("2 variant files" in c.message for c in answer.consulted)


def test_a_question_about_something_else_does_not_open_the_file(app, vcf):
    answer = ask(app, "Which disease explains tall stature?", vcf)
    assert "genomics.pgx_vcf" not in {c.task for c in answer.consulted}
