"""The interactions plugin: a line is cited, a missing line is no "no interaction", an unread drug is named."""

from __future__ import annotations

import importlib

import pytest
from bedside.core import CdsService, Engine, PluginError, PluginHost, Question, SourceInfo, Task, TaskRequest, Term
from bedside.core.testing import TestServices, check_plugin
from bedside.core.testing.doubles import MemoryTerms


@pytest.fixture
def table(examples_on_path):
    return importlib.import_module("bedside_interactions_table")


@pytest.fixture
def services(table):
    names = sorted({name for line in table.TABLE for name in (line.a, line.b)} | {"codeine"})
    brands = {"warfarin": ("Coumadin",), "ibuprofen": ("Advil",)}
    terms = [
        Term(id=f"RXNORM:{n}", kind="drug", name=name, brands=brands.get(name, ()), source_id="drug-names")
        for n, name in enumerate(names)
    ]
    made = TestServices(terms=MemoryTerms(terms))
    passages = list(table.records())
    made.vectors.put(passages, made.embedder.embed([p.text for p in passages]))
    made.sources.put(SourceInfo(id=table.SOURCE, title="Sample", version=table.VERSION, licence="CC0-1.0"))
    return made


@pytest.fixture
def ask(host_of, services):
    return lambda text: Engine(host_of("interactions"), services).ask(text)


@pytest.mark.parametrize("text", ["Can warfarin and ibuprofen be taken together?", "Do Advil and Coumadin interact?"])
def test_a_line_is_cited(ask, text):
    answer = ask(text)
    assert answer.status == "answered", answer.warnings
    assert answer.sentences[0].text.startswith("warfarin and ibuprofen together: higher risk of bleeding.")
    assert answer.evidence[0].source.references == ("US label of Coumadin, section 7",)
    [block] = answer.blocks
    assert [row.cells for row in block.rows] == [("warfarin", "ibuprofen", "higher risk of bleeding")]


def test_no_line_is_not_no_interaction(ask):
    answer = ask("Can warfarin and codeine be taken together?")
    assert answer.status == "abstained"
    [one] = answer.consulted
    assert (one.status, one.searched) == ("none", ("Sample 2025-01, 11 pairs",))
    assert one.message == "no line in this table, which says nothing of whether they interact: codeine and warfarin" or (
        one.message == "no line in this table, which says nothing of whether they interact: warfarin and codeine"
    )


def test_three_drugs_are_three_pairs(ask):
    answer = ask("Can warfarin, ibuprofen and codeine be taken together?")
    assert answer.status == "answered"
    assert len(answer.sentences) == 1
    notes = " ".join(w.text for w in answer.warnings)
    assert "warfarin and codeine; ibuprofen and codeine" in notes


def test_a_drug_that_is_not_read_is_no_answer(ask):
    answer = ask("Can warfarin and foozumab be taken together?")
    assert answer.status == "abstained"
    [one] = answer.consulted
    assert one.status == "failed"
    assert "only warfarin was read as a drug" in one.message


def test_arguments_are_grounded_and_the_unknown_is_named(host_of, services):
    task = host_of("interactions").tasks["interactions.check"]

    def run(*drugs: str):
        question = Question(text="x")
        facts = services.reader.read(question)
        return task.run(TaskRequest(question, facts, arguments=task.parse({"drugs": drugs})), services)

    found = run("Coumadin", "Advil", "foozumab")
    assert found.status == "found"
    assert "“foozumab” is not the name of one drug" in str(found.problems)
    alone = run("warfarin", "Coumadin")
    assert (alone.status, "only warfarin" in alone.message) == ("failed", True)
    assert run("foozumab", "barzumab").status == "failed"


def test_it_is_silent_about_one_drug_and_fails_without_its_table(ask, services, host_of):
    assert [c.status for c in ask("What is codeine?").consulted] == ["none"]
    bare = TestServices(terms=services.terms)
    [one] = Engine(host_of("interactions"), bare).ask("Can warfarin and ibuprofen be taken together?").consulted
    assert (one.status, "bedside knowledge load interactions-sample" in one.message) == ("failed", True)


def test_a_line_of_an_older_release_is_reported(host_of, table, services):
    for passage in table.records():
        services.vectors._rows.pop(passage.id)
    [one] = Engine(host_of("interactions"), services).ask("Can warfarin and ibuprofen be taken together?").consulted
    assert (one.status, "not in the loaded release" in one.message) == ("failed", True)


def test_every_effect_stands_in_its_line_and_has_a_reference(table):
    pairs = {frozenset((line.a, line.b)) for line in table.TABLE}
    assert len(pairs) == len(table.TABLE)
    for line in table.TABLE:
        assert line.effect in line.passage.text
        assert line.references and line.a != line.b


def test_its_cds_service_is_checked_at_load(host_of):
    service = host_of("interactions").cds_services["interactions-order-sign"]
    assert (service.hook, service.task) == ("order-sign", "interactions.check")
    module = importlib.import_module("bedside_interactions")

    class Ghost:
        bedside_tasks = staticmethod(module.bedside_tasks)
        bedside_sources = staticmethod(module.bedside_sources)

        @staticmethod
        @importlib.import_module("bedside.core").hookimpl
        def bedside_cds_services() -> list[CdsService]:
            return [CdsService(**{**vars(service), "task": "interactions.chekc"})]

    with pytest.raises(PluginError, match=r"did you mean 'interactions\.check'"):
        PluginHost().register(Ghost(), "interactions")


def test_it_keeps_the_contract(host_of):
    assert isinstance(host_of("interactions").tasks["interactions.check"], Task)
    report = check_plugin("interactions", host_of("interactions"))
    assert report.ok, report.problems
    assert any("11 records" in line for line in report.checked)
