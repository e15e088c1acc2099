"""A question with a diplotype: the loaded line is not shown where CPIC has another one for this activity score."""

from __future__ import annotations

import pytest
from bedside.core import Question
from bedside.core.config import load_config
from bedside.integrations.app import open_app


@pytest.fixture(scope="module")
def app(cpic_home):
    overrides = {"llm": {"enabled": False}, "plugins": {"deny": ["literature"]}}
    with open_app(load_config(cpic_home, env={}, overrides=overrides)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "shown", "told"),
    [
        ("celecoxib with CYP2C9 *1/*3", False, "not of 1"),
        ("meloxicam with CYP2C9 *2/*2", False, "not of 1"),
        ("celecoxib with CYP2C9 *1/*2", True, ""),
        ("celecoxib with CYP2C9 *3/*3", True, ""),
        ("celecoxib for a CYP2C9 intermediate metabolizer", False, "the score is not known"),
        ("atomoxetine with CYP2D6 *4/*41", False, "not of 0.25"),
        ("citalopram for a CYP2C19 poor metabolizer", False, "PMID:37032427"),
        ("clopidogrel for a CYP2C19 poor metabolizer", True, ""),
    ],
)
def test_a_line_of_another_score_is_not_shown(app, question, shown, told):
    answer = app.engine.ask(Question(text=question))
    assert bool([e for e in answer.evidence if e.kind == "guideline"]) == shown
    notes = [w.text for w in answer.warnings if "activity score" in w.text or "is not shown" in w.text]
    assert (any(told in note for note in notes)) if told else not notes
