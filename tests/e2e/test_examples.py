"""What the documentation shows works."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

from bedside.core import Engine, PluginHost
from bedside.core.engine import EngineSettings
from bedside.core.host import HOOK_NAMES
from bedside.core.testing import check_plugin

ROOT = Path(__file__).resolve().parents[2]


def hello_host() -> PluginHost:
    spec = importlib.util.spec_from_file_location("bedside_hello", ROOT / "examples/plugin_hello/bedside_hello.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    host = PluginHost()
    host.register(module, "hello")
    return host


def test_the_example_plugin_keeps_the_contract():
    report = check_plugin("hello", hello_host())
    assert report.ok, report.problems
    assert report.checked


def test_the_example_plugin_answers(app):
    engine = Engine(hello_host(), app.services, EngineSettings(ordering="off"))
    answer = engine.ask("What are the findings in Marfan syndrome?")
    assert answer.status == "answered"
    assert all("Marfan syndrome" in s.text for s in answer.sentences)


def test_every_hook_is_documented():
    text = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
    assert set(re.findall(r"bedside_\w+(?=\()", text)) >= set(HOOK_NAMES)


def test_every_setting_is_documented():
    from bedside.core.config import Config

    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    for section, field in Config.model_fields.items():
        if section not in ("home", "plugin"):
            assert f"[{section}]" in text
            assert all(f"\n{key} = " in text for key in field.annotation.model_fields), section
