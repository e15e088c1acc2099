"""A drug that is only denied as taken before is the one that is asked about; one that is denied otherwise gets no line."""

from __future__ import annotations

import pytest
from bedside.core import Question
from bedside.plugins.genomics.pgx.medications import of_facts
from bedside.plugins.genomics.pgx.person import person_of
from bedside.plugins.genomics.tasks.arguments import pgx_from


@pytest.mark.parametrize(
    ("text", "drugs", "asked"),
    [
        ("HLA-A*31:01 positive, never had carbamazepine", ["carbamazepine"], ["carbamazepine"]),
        ("CYP2D6 PM, not on codeine", ["codeine"], []),
        ("CYP2D6 PM, codeine, never had tramadol", ["codeine"], ["codeine"]),
    ],
)
def test_the_task_is_asked_about_a_drug_that_was_never_taken(services, text, drugs, asked):
    question = Question(text=text)
    facts = services.reader.read(question)
    assert pgx_from(facts, question).drugs == drugs
    exposures = person_of(facts, text, services).exposures
    assert [one.name for one in of_facts(facts) or of_facts(facts, exposures)] == asked


def test_without_a_drug_there_is_nothing_to_look_up(services):
    question = Question(text="CYP2D6 PM")
    assert pgx_from(services.reader.read(question), question) is None
