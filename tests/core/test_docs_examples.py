"""The whole plugin of docs/plugins.md that computes, cites and shows: word for word, over the real engine."""

from __future__ import annotations

import re
import types
from pathlib import Path

import pytest
from bedside.core import Engine, PluginHost
from bedside.core.engine import EngineSettings
from bedside.core.testing import TestServices

PAGE = Path(__file__).resolve().parents[2] / "docs" / "plugins.md"
QUESTION = "What is the body mass index of a man of 80 kg and 180 cm?"


def growth(changed: dict[str, str] | None = None) -> PluginHost:
    found = re.search(r"<!-- example: growth -->\n```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    code = found[1]
    for old, new in (changed or {}).items():
        assert old in code
        code = code.replace(old, new)
    module = types.ModuleType("bedside_growth")
    exec(compile(code, str(PAGE), "exec"), module.__dict__)
    host = PluginHost()
    host.register(module, "growth")
    return host


def ask(host: PluginHost, text: str = QUESTION):
    return Engine(host, TestServices(), EngineSettings(ordering="off")).ask(text)


def test_it_computes_cites_and_shows():
    answer = ask(growth())
    assert answer.status == "answered", answer.warnings
    assert answer.sentences[0].text == "The body mass index is 24.7 kg/m²."
    assert answer.blocks[0].rows[0].cells == (24.7,)
    assert [one.quote for one in answer.evidence[0].locator.inputs] == ["80", "180"]


def test_what_was_not_read_is_named():
    answer = ask(growth(), "What is the body mass index of a man of 80 kg?")
    assert answer.status == "abstained"
    assert answer.consulted[0].message == "what it works on was not read: weight_kg, height_cm"


@pytest.mark.parametrize(
    "lie",
    [
        {"output=computed.output": "output=computed.output + 1"},
        {"value=float(found[1])": "value=float(found[1]) + 1"},
        {"quote=computed.sentence": 'quote="The body mass index is 21 kg/m²."'},
        {'version="1"': 'version="2"'},
    ],
)
def test_a_lie_is_dropped(lie):
    answer = ask(growth(lie))
    assert not answer.sentences
    assert not answer.blocks
    assert "dropped" in {w.code for w in answer.warnings}
