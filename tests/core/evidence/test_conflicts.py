"""Sources that disagree are shown beside each other, and the reader is told; lines for different people do not disagree."""

from __future__ import annotations

import pytest
from bedside.core import Engine, Evidence, GraphEdge, Mention, TextSpan
from bedside.core.evidence.conflicts import conflicts
from bedside.core.testing import TestServices
from bedside.core.testing.doubles import MemoryTerms
from bedside.core.types import Term

NAMES = ("codeine", "morphine", "clopidogrel", "prasugrel")
PHENOTYPES = ("Poor Metabolizer", "Normal Metabolizer", "Ultrarapid Metabolizer")


class Terms(MemoryTerms):
    """Drug names, and CYP2D6's phenotypes wherever they stand."""

    def find(self, text: str, *, origin: str = "question"):
        found = super().find(text, origin=origin)
        pgx = [
            Mention(kind="pgx_phenotype", id=name, name=name, text=name, start=at, end=at + len(name), gene="CYP2D6")
            for name in PHENOTYPES
            if (at := text.find(name)) >= 0
        ]
        return found.model_copy(update={"mentions": (*found.mentions, *pgx)})


SERVICES = TestServices(terms=Terms([Term(id=n, kind="drug", name=n, source_id="s") for n in NAMES]))


def said(text: str, source: str = "cpic") -> Evidence:
    where = TextSpan(passage_id=f"p_{abs(hash(text))}", start=0, end=len(text))
    return Evidence.of(kind="guideline", quote=text, source=source, locator=where)


@pytest.mark.parametrize("source", ["cpic", "dpwg"])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Avoid codeine.", "Use codeine."),
        ("Avoid codeine, consider morphine.", "Use codeine."),
        ("Use codeine.", "Avoid codeine, consider morphine."),
        ("Avoid codeine, consider morphine.", "Morphine should not be used."),
        ("Use morphine instead of codeine.", "Start codeine at the usual dose."),
        ("Select an alternative to codeine.", "Codeine is recommended."),
        ("codeine, CYP2D6 Poor Metabolizer: Avoid use.", "codeine, CYP2D6 Poor Metabolizer: Use the label's dose."),
        ("codeine, CYP2D6 Poor Metabolizer: Avoid use.", "Use codeine."),
        ("Avoid clopidogrel. Use prasugrel.", "Prescribe clopidogrel."),
        ("In children, avoid codeine.", "Use codeine."),
    ],
)
def test_for_and_against_one_drug_is_a_conflict_of_two_sources_and_of_one(one, other, source):
    a, b = said(one), said(other, source)
    assert conflicts([a, b], SERVICES) == [(a, b)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Avoid codeine, consider morphine.", "Avoid codeine."),
        ("Avoid codeine, consider morphine.", "Use morphine."),
        ("Avoid codeine.", "Use morphine."),
        ("codeine, CYP2D6 Poor Metabolizer: Avoid use.", "codeine, CYP2D6 Normal Metabolizer: Use the label's dose."),
        ("In children, avoid codeine.", "In adults, use codeine."),
        ("Avoid codeine.", "Codeine is metabolised by CYP2D6."),
        ("Avoid codeine.", "If codeine is warranted, monitor closely."),
        ("clopidogrel: Avoid standard dose. Use prasugrel.", "prasugrel: Initiate standard dose."),
        ("Codeine is an opioid.", "Codeine is not a stimulant."),
    ],
)
def test_what_goes_together_is_none(one, other):
    assert conflicts([said(one), said(other, "dpwg")], SERVICES) == []


def test_both_are_shown_and_the_reader_is_told(world, make_host, found):
    text = "codeine: Use is recommended."
    edge = GraphEdge.of(kind="recommendation", start=world.line.start, end=world.line.end, text=text, source_id="cpic")
    world.services.graph.put([], [edge])
    answer = Engine(make_host(a=found(world.cite_edge(world.line), world.cite_edge(edge))), world.services).ask("codeine?")
    assert [s.text for s in answer.sentences] == [world.line.text, text]
    assert [w.params for w in answer.warnings if w.code == "conflict"] == [{"first": 1, "second": 2}]


def test_lines_of_one_guideline_for_other_people_do_not_contradict_each_other():
    stent = said("clopidogrel, CYP2C19 Poor Metabolizer, acute coronary syndrome or PCI: Avoid clopidogrel.")
    artery = said("clopidogrel, CYP2C19 Poor Metabolizer, other cardiovascular indications: Use clopidogrel.")
    assert conflicts([stent, artery], SERVICES) == []
    dutch = said("clopidogrel, CYP2C19 Poor Metabolizer: Use clopidogrel.", "dpwg")
    assert conflicts([stent, dutch], SERVICES) == [(stent, dutch)], "another publisher is compared"
