"""Fair composing: eight irrelevant but true quotes of one plugin do not push the right line out, whatever it is called."""

from __future__ import annotations

import itertools

import pytest
from bedside.core import Engine, Passage
from bedside.core.engine import EngineSettings
from bedside.core.engine.fair import Relevance, fair_cut, shares
from bedside.core.reading.reader import read
from bedside.core.types import Question, Source, TextSpan

Q = "Can a CYP2D6 ultrarapid metabolizer take codeine?"
LIMIT = 8


@pytest.fixture
def rain(world):
    """Quotes about rain: each true, each where it says."""
    texts = [
        f"In the year {year} it rained on {days} days in the valley."
        for year, days in zip(range(1990, 2002), range(100, 112), strict=True)
    ]
    passages = [Passage.of(source_id="hpo", text=text, kind="text") for text in texts]
    world.services.vectors.put(passages, world.services.embedder.embed(texts))
    return [
        world.cite_text(0, 1, quote=one.text, locator=TextSpan(passage_id=one.id, start=0, end=len(one.text)))
        for one in passages
    ]


def shown(answer):
    return [sentence.text for sentence in answer.sentences]


@pytest.mark.parametrize(("noisy", "right"), list(itertools.permutations(["aaa", "genomics", "zzz"], 2)))
def test_the_right_line_comes_first_and_stays(world, make_host, found, rain, noisy, right):
    plugins = {noisy: found(*rain), right: found(world.cite_edge(world.line))}
    for order in (list(plugins), list(reversed(plugins))):
        host = make_host(**{name: plugins[name] for name in order})
        answer = Engine(host, world.services, EngineSettings(limit=LIMIT)).ask(Q)
        assert shown(answer)[0] == world.line.text
        assert len(answer.sentences) == LIMIT


def test_neither_names_nor_the_order_of_registration_decide(world, make_host, found, rain):
    parts = [found(*rain[:5]), found(*rain[5:]), found(world.cite_edge(world.line), world.cite_text(0, 40))]
    answers = set()
    for names in itertools.permutations(["alpha", "middle", "omega"]):
        for order in itertools.permutations(range(3)):
            host = make_host(**{names[i]: parts[i] for i in order})
            answers.add(tuple(shown(Engine(host, world.services, EngineSettings(limit=6)).ask(Q))))
    assert len(answers) == 1


def test_a_plugin_of_many_tasks_gets_no_more_than_one_share(world, make_host, found, rain):
    line = world.cite_edge(world.line)
    answer = Engine(make_host(a=found(*rain[:6]), b=found(line, *rain[6:9])), world.services, EngineSettings(limit=4)).ask(Q)
    assert len([text for text in shown(answer) if text in {r.quote for r in rain[:6]}]) == 2


def test_more_plugins_than_places_leaves_those_that_meet_the_question(world, make_host, found, rain):
    many = {f"p{i}": found(rain[i]) for i in range(10)}
    answer = Engine(
        make_host(**many, right=found(world.cite_edge(world.line))), world.services, EngineSettings(limit=3)
    ).ask(Q)
    assert shown(answer)[0] == world.line.text and len(answer.sentences) == 3


def test_relevance_counts_names_by_any_form_and_more_than_words(world):
    facts = read(Question(text=Q), world.services)
    relevance = Relevance(Q, facts)
    line = world.cite_edge(world.line)
    other = world.cite_text(0, 40)
    assert relevance.of(line) > 0.8 > relevance.of(other) == 0.0
    assert Relevance("", facts.model_copy(update={"mentions": ()})).of(line) == 0.0


def test_a_title_that_names_what_is_asked_counts(world):
    facts = read(Question(text=Q), world.services)
    named = Source(id="hpo", title="Codeine in children", version="1", licence="CC0")
    assert Relevance(Q, facts).of(world.cite_text(0, 40, source=named)) > 0


@pytest.mark.parametrize(
    ("wanted", "limit", "expected"),
    [
        ({"a": 8, "b": 1}, 8, {"a": 7, "b": 1}),
        ({"a": 8, "b": 8}, 8, {"a": 4, "b": 4}),
        ({"a": 8, "b": 8}, 5, {"a": 3, "b": 2}),
        ({"a": 1, "b": 1, "c": 1}, 2, {"a": 1, "b": 1, "c": 0}),
        ({"a": 2}, 8, {"a": 2}),
        ({}, 8, {}),
        ({"a": 3}, 0, {"a": 0}),
    ],
)
def test_shares(wanted, limit, expected):
    assert shares(wanted, limit) == expected


def test_the_cut_keeps_the_order():
    assert fair_cut("aaaabab", 4, lambda letter: letter) == list("aabb")
