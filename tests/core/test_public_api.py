"""The public API is documented and pinned: docs/api.md is what the code says, and every name and field is explained."""

from __future__ import annotations

import importlib.util
import inspect
import re
from pathlib import Path

import bedside.core as core
import pytest
from bedside.core.host import hookspecs

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def api_docs():
    spec = importlib.util.spec_from_file_location("api_docs", ROOT / "tools" / "api_docs.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_code_says(api_docs):
    written = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert written == api_docs.page(), "the public API changed: review the difference, then `make docs`"


def test_every_public_name_can_be_had_and_is_typed_for_authors():
    for name in core.__all__:
        assert getattr(core, name) is not None
    stub = (ROOT / "core" / "__init__.py").read_text(encoding="utf-8").partition("# where each name lives")[0]
    for name in core.__all__:
        assert re.search(rf"\b{name}\b", stub), f"{name} is not imported for type checkers"
    assert all((ROOT / part / "py.typed").exists() for part in ("core", "knowledge", "plugins", "integrations"))
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", core.__version__)


@pytest.mark.parametrize("name", sorted(set(core.__all__) - {"__version__"}))
def test_every_public_class_says_what_it_is_and_what_its_fields_are(api_docs, name):
    value = getattr(core, name)
    if not inspect.isclass(value):
        return
    text = inspect.getdoc(value) or ""
    assert text.strip() and not text.startswith(f"{name}("), f"{name} has no docstring"
    documented = " ".join(inspect.getdoc(base) or "" for base in value.__mro__ if base.__module__.startswith("bedside."))
    obvious = {"id", "kind", "type", "name", "title", "text", "description", "url", "licence", "version"}
    missing = [f for f, _, _ in api_docs._fields(value) if f not in obvious and not re.search(rf"`\.?{f}\b", documented)]
    assert not missing, f"{name}: its docstring does not say what {', '.join(missing)} is"
    silent = [m for m, _, doc in api_docs._methods(value) if not doc]
    assert not silent, f"{name}: {', '.join(silent)} has no docstring"


def test_every_hook_has_a_documented_signature():
    page = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
    hooks = [f for n, f in vars(hookspecs).items() if n.startswith("bedside_")]
    assert len(hooks) == 5
    for hook in hooks:
        parameters = ", ".join(inspect.signature(hook).parameters)
        assert f"{hook.__name__}({parameters})" in page, f"docs/plugins.md does not show {hook.__name__}({parameters})"
        assert inspect.getdoc(hook)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'Bogus'"):
        core.Bogus  # noqa: B018
