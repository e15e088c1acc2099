"""The 178 questions of a clinic, by the scorer's rules, kind by kind: with the guidance that a user pulls, and with the
starter alone, which may be silent but never wrong."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from bedside.core import Question
from bedside.core.config import load_config
from bedside.integrations.app import open_app

from .question_score import Verdict, verdict

ITEMS = [
    json.loads(line)
    for line in Path(__file__).with_name("cases").joinpath("questions.jsonl").read_text("utf-8").splitlines()
]
KINDS = sorted({item["kind"] for item in ITEMS})
NEEDLESS = {"pd059"}
"""“Never had carbamazepine” beside the results: asked about or denied? It is reported, and no line is shown."""
Scored = dict[str, list[tuple[dict[str, Any], Verdict, str]]]
pytestmark = pytest.mark.timeout(300)


def scored(home: Path) -> Scored:
    """By kind: each item with its verdict and the answer in short."""
    out: Scored = defaultdict(list)
    with open_app(load_config(home, env={}, overrides={"llm": {"enabled": False}})) as app:
        for item in ITEMS:
            answer = app.engine.ask(Question(text=item["text"])).model_dump(mode="json")
            short = f"{item['text']!r} -> {[s['text'][:150] for s in answer['sentences']]}, {answer['warnings'][:3]}"
            out[item["kind"]].append((item, verdict(item, answer), short))
    return out


@pytest.fixture(scope="module")
def pulled(pulled_home: Path) -> Scored:
    return scored(pulled_home)


@pytest.fixture(scope="module")
def starter(mirror: Path, starter_home: Path) -> Scored:
    return scored(starter_home)


@pytest.mark.parametrize("kind", KINDS)
def test_with_the_guidance_of_today_every_answer_is_right(pulled, kind):
    others = [(item["id"], said, short) for item, said, short in pulled[kind] if said != "right"]
    assert not [one for one in others if one[1] != "needless" or one[0] not in NEEDLESS], others


def test_nothing_is_wrong_or_dangerous_and_almost_all_is_right(pulled):
    found = Counter(said for some in pulled.values() for _, said, _ in some)
    assert sum(found.values()) == len(ITEMS) == 178
    assert (found["wrong"], found["dangerous"]) == (0, 0)
    assert found["right"] >= 0.97 * len(ITEMS), found


@pytest.mark.parametrize("kind", KINDS)
def test_the_starter_alone_says_nothing_wrong(starter, kind):
    assert [(item["id"], short) for item, said, short in starter[kind] if said == "wrong"] == []
