"""The table of what CPIC says drug by drug: every row of it is borne by its quotes."""

from __future__ import annotations

import shutil

import pytest
from bedside.core import Question
from bedside.core.config import load_config
from bedside.core.engine.shown import check_block
from bedside.integrations.app import open_app
from bedside.integrations.case_files import read_case
from bedside.plugins.genomics.cite import Citer
from bedside.plugins.genomics.pgx.guidance import GuidanceTables
from bedside.plugins.genomics.tasks.pgx_table import Advised, drug_table

GENES = ("CYP2C19", "CYP2D6", "CYP2C9", "SLCO1B1", "TPMT", "NUDT15", "DPYD", "UGT1A1", "HLA-B")
THREE = "codeine, clopidogrel and sertraline for a CYP2D6 ultrarapid and CYP2C19 poor metabolizer"


@pytest.fixture(scope="module")
def app(mirror, cpic_home):
    overrides = {"llm": {"enabled": False}, "plugins": {"deny": ["literature"]}}
    with open_app(load_config(cpic_home, env={"BEDSIDE_MIRROR": str(mirror)}, overrides=overrides)) as opened:
        yield opened


def cells(table, title):
    [place] = [i for i, column in enumerate(table.columns) if column.title == title]
    return [row.cells[place] for row in table.rows]


def test_several_drugs_are_a_table_whose_rows_say_what_their_quotes_do(app):
    answer = app.engine.ask(THREE)
    [table] = answer.blocks
    assert (table.kind, table.plugin) == ("table", "genomics")
    assert cells(table, "drug") == ["codeine", "clopidogrel", "sertraline"]
    assert cells(table, "gene") == ["CYP2D6", "CYP2C19", "CYP2C19"]
    quotes = {e.id: e for e in answer.evidence}
    for row, said, strength in zip(table.rows, cells(table, "recommendation"), cells(table, "strength"), strict=True):
        [cited] = [quotes[id_] for id_ in row.evidence]
        assert said in cited.quote
        assert strength == cited.strength == "CPIC level A (Final)"


def test_one_drug_is_a_sentence_and_no_table(app):
    answer = app.engine.ask("Can a CYP2D6 ultrarapid metabolizer take codeine?")
    assert answer.sentences and not answer.blocks


def test_with_a_vcf_the_diplotype_that_was_called_stands_in_the_row_with_what_it_rests_on(app, mirror, tmp_path):
    shutil.copy(mirror / "pharmcat/vcf/cyp2c19/s2s2.vcf", tmp_path / "a.vcf")
    answer = app.engine.ask(Question(text="Is clopidogrel right?", case=read_case([tmp_path / "a.vcf"])))
    [table] = answer.blocks
    assert cells(table, "diplotype") == ["*2/*2"]
    assert [column.title for column in table.columns if column.computed] == ["diplotype"]
    kinds = {e.locator.kind for e in answer.evidence if e.id in table.rows[0].evidence}
    assert kinds == {"graph", "vcf"}
    assert answer.status == "answered", [w.text for w in answer.warnings]


def test_every_line_that_cpic_has_would_pass_as_a_row(app):
    tables = GuidanceTables(app.services, GENES)
    cite = Citer(app.services)
    lines = [e for drug in tables.drugs for e in tables.edges_of(drug) if e.kind == "recommendation"]
    assert len(lines) > 100
    quotes = [cite.edge(line, kind="guideline") for line in lines]
    table = drug_table([Advised(line, quote) for line, quote in zip(lines, quotes, strict=True)])
    checked = check_block(table, {quote.id: quote for quote in quotes}, app.services)
    assert checked.left_out == 0, (checked.left_out, len(lines))


def test_a_diplotype_that_no_quote_names_leaves_its_cell_empty_and_the_row_in(app):
    tables = GuidanceTables(app.services, ["CYP2C19"])
    line = next(e for drug in tables.drugs for e in tables.edges_of(drug) if e.kind == "recommendation")
    quote = Citer(app.services).edge(line, kind="guideline")
    table = drug_table([Advised(line, quote, ["*2/*3"])], called=True)
    assert cells(table, "diplotype") == [None]
    assert check_block(table, {quote.id: quote}, app.services).left_out == 0
