"""Terms of a plugin's own kind (`plugin:kind`) are stored, found in a text and looked up like any other."""

from __future__ import annotations

import pytest
from bedside.core import Question, Task, TaskResult
from bedside.core.engine.planner import Planner
from bedside.core.testing import TestServices
from bedside.core.types import Facts, Term
from bedside.knowledge.terms import SqliteTerms
from pydantic import ValidationError

PUMP = Term(id="DEVICE:1", kind="device:pump", name="insulin pump", synonyms=("CSII",), source_id="device-names")
DRUG = Term(id="RXNORM:1", kind="drug", name="insulin", source_id="drug-names")


@pytest.fixture
def terms(tmp_path):
    index = SqliteTerms(tmp_path / "terms.sqlite")
    index.put([PUMP, DRUG])
    yield index
    index.close()


def test_it_is_stored_and_looked_up(terms):
    assert terms.lookup(["DEVICE:1"]) == [PUMP]
    assert terms.search("insulin pump", kinds=("device:pump",)) == [PUMP]
    assert terms.ground("device:pump", ["CSII"]) == {"CSII": PUMP}


def test_it_is_found_in_a_text(terms):
    [found] = terms.find("She uses an insulin pump.").of("device:pump")
    assert (found.id, found.text) == ("DEVICE:1", "insulin pump")
    assert not terms.find("She uses no insulin pump.").of("device:pump")


def test_a_task_may_need_it(terms):
    task = Task(name="device.look", description="x", run=lambda r, s: TaskResult.none("x"), needs=(("device:pump", "drug"),))

    def planned(text: str) -> list[str]:
        facts: Facts = terms.find(text)
        return [p.task.name for p in Planner().plan(Question(text=text), facts, [task], TestServices())[0]]

    assert planned("An insulin pump with insulin?") == ["device.look"]
    assert planned("Insulin?") == []


@pytest.mark.parametrize("kind", ["durg", "Device:pump", "device:", ":pump", "device:pump:x", "device pump", ""])
def test_a_kind_that_is_neither_ours_nor_a_plugins_is_refused(kind):
    with pytest.raises(ValidationError):
        Term(id="DEVICE:1", kind=kind, name="insulin pump", source_id="device-names")
