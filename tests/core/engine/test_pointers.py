"""A pointer is no answer: `abstained`, with a notice that carries the link."""

from __future__ import annotations

import pytest
from bedside.core import Engine, Passage
from bedside.core.engine.pointers import is_pointer
from bedside.core.types import GraphEdge, GraphNode, TextSpan

Q = "Can a CYP2D6 ultrarapid metabolizer take codeine?"
PAIR = "CPIC gene-drug pair: codeine and CYP2D6, CPIC level A (Final), PharmGKB level 1A, FDA label: Actionable PGx."
URL = "https://cpicpgx.org/guidelines/guideline-for-codeine-and-cyp2d6/"


@pytest.fixture
def pair(world):
    edge = GraphEdge.of(kind="pair", start="RXNORM:2670", end="GENE:CYP2D6", text=PAIR, source_id="cpic", url=URL)
    world.services.graph.put([GraphNode(id="GENE:CYP2D6", kind="Gene", name="CYP2D6", source_id="cpic")], [edge])
    return world.cite_edge(edge, kind="pair")


def pointed(answer):
    return [w.params["link"] for w in answer.warnings if w.code == "pointer_only"]


def test_a_bare_pair_is_no_answer(world, make_host, found, pair):
    answer = Engine(make_host(a=found(pair)), world.services).ask(Q)
    assert (answer.status, answer.sentences, answer.evidence) == ("abstained", (), ())
    [link] = pointed(answer)
    assert URL in link and "codeine and CYP2D6" in link


def test_whatever_the_plugin_calls_it(world, make_host, found, pair):
    disguised = pair.model_copy(update={"kind": "guideline"})
    answer = Engine(make_host(a=found(disguised)), world.services).ask(Q)
    assert answer.status == "abstained" and pointed(answer)


def test_beside_an_answer_it_may_stand(world, make_host, found, pair):
    answer = Engine(make_host(a=found(world.cite_edge(world.line), pair)), world.services).ask(Q)
    assert answer.status == "answered" and len(answer.sentences) == 2 and not pointed(answer)


def cited(world, text, kind):
    passage = Passage.of(source_id="hpo", text=text, kind=kind)
    world.services.vectors.put([passage], world.services.embedder.embed([text]))
    return world.cite_text(0, 1, quote=text, kind=kind, locator=TextSpan(passage_id=passage.id, start=0, end=len(text)))


@pytest.mark.parametrize(
    ("text", "kind", "question", "pointer"),
    [
        ("Codeine: an opioid that CYP2D6 turns into morphine.", "definition", "What is codeine?", False),
        ("Codeine: an opioid that CYP2D6 turns into morphine.", "definition", "codeine", False),
        ("Codeine: an opioid that CYP2D6 turns into morphine.", "definition", "What is the dose of codeine?", True),
        ("Codeine: an opioid that CYP2D6 turns into morphine.", "definition", Q, True),
        ("Codeine: an opioid that CYP2D6 turns into morphine.", "text", Q, False),
        ("A CPIC guideline for codeine exists.", "text", Q, True),
        ("Guidance on codeine and CYP2D6 is available from CPIC.", "guideline", Q, True),
        ("A guideline exists; avoid codeine in ultrarapid metabolizers.", "guideline", Q, False),
        ("If a guideline is available for the drug, use it: avoid codeine.", "guideline", Q, False),
        (PAIR, "text", Q, True),
        (PAIR, "pair", "Which genes matter for codeine?", False),
        (PAIR, "pair", "What pharmacogenes are paired with codeine?", False),
        (PAIR, "pair", "Is codeine right with this gene?", True),
        ("A CPIC guideline for codeine exists.", "text", "Which genes matter for codeine?", True),
    ],
)
def test_what_is_a_pointer(world, text, kind, question, pointer):
    assert is_pointer(cited(world, text, kind), question) is pointer


def test_no_more_than_a_few_are_named(world, make_host, found):
    many = [cited(world, f"A guideline for drug number {i} exists.", "text") for i in range(9)]
    answer = Engine(make_host(a=found(*many)), world.services).ask(Q)
    assert answer.status == "abstained" and len(pointed(answer)) == 5
