"""The table of what CPIC says drug by drug: every row of it is borne by its quotes."""

from __future__ import annotations

import shutil

import pytest
from bedside.core import GraphEdge, Question
from bedside.core.config import load_config
from bedside.core.engine.shown import check_block
from bedside.core.types import SourceInfo
from bedside.integrations.app import open_app
from bedside.integrations.case_files import read_case
from bedside.knowledge.guidance import folder
from bedside.knowledge.readers.read_session import Run
from bedside.knowledge.starter import cpic
from bedside.plugins.genomics.cite import Citer
from bedside.plugins.genomics.pgx.guidance import GuidanceTables
from bedside.plugins.genomics.pgx.guidance_line import CURRENT, LINES, line_of
from bedside.plugins.genomics.pgx.populations import population
from bedside.plugins.genomics.tasks.pgx_table import Advised, drug_table

THREE = "codeine, clopidogrel and omeprazole for a CYP2D6 ultrarapid and CYP2C19 poor metabolizer"


class Guided:
    """Services whose catalogue also has the guidance that a user pulls."""

    def __init__(self, services) -> None:
        self._services = services
        self.now = services.now
        self.sources = self

    def get(self, source_id: str) -> SourceInfo | None:
        made = SourceInfo(id=CURRENT, title="guidance", version="1", licence="mixed", url="https://www.clinpgx.org")
        return made if source_id == CURRENT else self._services.sources.get(source_id)


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
    assert cells(table, "drug") == ["codeine", "clopidogrel", "omeprazole"]
    named = zip(cells(table, "source"), table.rows, strict=True)
    assert all(said == "CPIC guidelines (tables of pypgx), CPIC's table of 2022-08-31 in pypgx" for said, _ in named)
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


def test_every_line_that_there_is_would_pass_as_a_row(app, mirror):
    """Of the packaged table and of all three publishers, read as they are loaded."""
    cite = Citer(Guided(app.services))
    packaged = [e for e in cpic.records() if isinstance(e, GraphEdge) and e.kind in LINES]
    current = folder.read(mirror / "pharmcat/guidance", Run("pharmcat-guidance"))
    lines = [*packaged, *(e for e in current if isinstance(e, GraphEdge) and e.kind in LINES)]
    assert len(lines) > 1700
    quotes = [cite.edge(line, kind="guideline") for line in lines]
    table = drug_table([Advised(line, quote) for line, quote in zip(lines, quotes, strict=True)])
    checked = check_block(table, {quote.id: quote for quote in quotes}, app.services)
    assert checked.left_out == 0, (checked.left_out, len(lines))
    # whom a line is for stands beside it in the words of its head
    for line, whom in zip(lines, cells(table, "for"), strict=True):
        if line.source_id == CURRENT:
            assert bool(whom) == bool(line.props["population"]), line.text
            head = line.text.partition(" (" + line_of(line).publisher_words)[0]
            assert not whom or whom in head
            people = population(line.props["population"], line.props["drug"]).words
            assert whom or not people, "a population is never left out"
    results = dict(zip((line.text for line in lines), cells(table, "result"), strict=True))
    assert "" not in results.values() and "Poor Metabolizer (0)" in results.values()


def test_a_diplotype_that_no_quote_names_leaves_its_cell_empty_and_the_row_in(app):
    tables = GuidanceTables(app.services, ["CYP2C19"])
    line = next(e for drug in tables.drugs for e in tables.edges_of(drug) if e.kind == "recommendation")
    quote = Citer(app.services).edge(line, kind="guideline")
    table = drug_table([Advised(line, quote, ["*2/*3"])], called=True)
    assert cells(table, "diplotype") == [None]
    assert check_block(table, {quote.id: quote}, app.services).left_out == 0
