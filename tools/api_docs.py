"""Writes docs/api.md: every public name with its fields, methods and signatures, from the code. `make docs` calls it.

A test compares the page with the code, so that a name, a field or a signature changes only where somebody reviewed it.
"""

from __future__ import annotations

import dataclasses
import enum
import inspect
import re
import sys
import textwrap
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bedside.core as core
from bedside.core.host import hookspecs
from bedside.core.types import Frozen
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

PAGE = Path(__file__).resolve().parent.parent / "docs" / "api.md"
HEAD = """# The public API

Everything that a plugin or an integration may import from `bedside.core`, written from the code by `make docs`. A test fails
when this page and the code differ: what stands here changes by decision. Types also come from `bedside.core.types`, errors
from `bedside.core.errors`, small tools from `bedside.core.toolkit`, the test kit from `bedside.core.testing`.
`docs/plugins.md` shows how they are used.

"""


def page() -> str:
    """The text of docs/api.md."""
    groups: dict[str, list[str]] = {}
    for name in sorted(set(core.__all__) - {"__version__"}):
        groups.setdefault(_group(name, getattr(core, name)), []).append(name)
    out = [HEAD, "## Hooks\n", *_hooks()]
    for title in ("Registered by plugins", "Tasks and their results", "Types", "Services", "Errors", "Running it"):
        out.append(f"## {title}\n")
        for name in groups.pop(title):
            out += _entry(name, getattr(core, name))
    assert not groups, groups
    return "\n".join(out).rstrip() + "\n"


def _group(name: str, value: Any) -> str:
    home = core._HOME.get(name, ".types")
    if home == ".errors":
        return "Errors"
    if home == ".protocols" or home == ".queries":
        return "Services"
    if home.startswith(".host") and name != "PluginHost":
        return "Registered by plugins"
    if home == ".task" or name in ("TaskResult", "Draft", "Notice", "Intent"):
        return "Tasks and their results"
    if home in (".engine", ".host"):
        return "Running it"
    return "Services" if home.startswith(".toolkit.") else "Types"


def _hooks() -> Iterator[str]:
    for name, function in vars(hookspecs).items():
        if name.startswith("bedside_"):
            yield f"### `{name}{_signature(function)}`\n"
            yield _doc(function)


def _entry(name: str, value: Any) -> Iterator[str]:
    yield f"### `{name}`\n"
    if not inspect.isclass(value) and not inspect.isfunction(value):
        yield _alias(name, value)
        return
    yield _doc(value)
    if inspect.isfunction(value):
        return
    if rows := list(_fields(value)):
        yield "| field | type | default |\n|---|---|---|"
        yield "\n".join(f"| `{n}` | `{_cell(t)}` | {d} |" for n, t, d in rows) + "\n"
    for method, what, doc in _methods(value):
        yield f"- `{method}{what}`" + (f": {doc}" if doc else "")
    yield ""


def _alias(name: str, value: Any) -> str:
    if typing.get_origin(value) is typing.Literal:
        return "One of " + ", ".join(f"`{v}`" for v in typing.get_args(value)) + ".\n"
    if isinstance(value, enum.EnumMeta):
        return ""
    inner = typing.get_args(value)[0] if hasattr(value, "__metadata__") else value
    members = typing.get_args(inner)
    if members:
        return "One of " + ", ".join(f"`{getattr(m, '__name__', m)}`" for m in members) + ".\n"
    return f"`{name}` marks the hooks that a plugin implements: `@{name}`.\n"


def _fields(cls: type) -> Iterator[tuple[str, str, str]]:
    if issubclass(cls, BaseModel):
        for name, field in cls.model_fields.items():
            yield name, _annotation(cls, name), _default(field.default, field.default_factory)
    elif dataclasses.is_dataclass(cls):
        for one in dataclasses.fields(cls):
            if not one.name.startswith("_"):
                factory = None if one.default_factory is dataclasses.MISSING else one.default_factory
                yield one.name, str(one.type), _default(one.default, factory)


def _annotation(cls: type, name: str) -> str:
    for base in cls.__mro__:
        if name in vars(base).get("__annotations__", {}):
            return str(vars(base)["__annotations__"][name])
    return ""


def _default(default: Any, factory: Any) -> str:
    if factory is not None:
        return f"`{getattr(factory, '__name__', 'made')}()`" if factory not in (dict, list, tuple) else f"`{factory()}`"
    if default is PydanticUndefined or default is dataclasses.MISSING:
        return "required"
    if callable(default) and hasattr(default, "__name__"):
        return ""
    return f"`{default!r}`"


def _methods(cls: type) -> Iterator[tuple[str, str, str]]:
    """The public methods and properties that the class itself, or a base of ours, defines."""
    seen: set[str] = set()
    for base in cls.__mro__:
        if base in (object, BaseModel, Frozen, Exception) or not base.__module__.startswith("bedside."):
            continue
        for name, member in vars(base).items():
            if name.startswith("_") or name in seen:
                continue
            kind = ""
            if isinstance(member, property):
                member, kind = member.fget, "property"
            elif isinstance(member, (classmethod, staticmethod)):
                member, kind = member.__func__, "classmethod"
            if not inspect.isfunction(member) or name in _field_names(cls):
                continue
            seen.add(name)
            documented = next((d for b in cls.__mro__ if (d := inspect.getdoc(vars(b).get(name)))), "")
            what = f" -> {member.__annotations__.get('return', '')}" if kind == "property" else _signature(member)
            yield name, what, " ".join(documented.split())


def _field_names(cls: type) -> set[str]:
    return {name for name, _, _ in _fields(cls)}


def _signature(function: Any) -> str:
    """As written, without `self` and `cls`."""
    signature = inspect.signature(function)
    kept = [p for p in signature.parameters.values() if p.name not in ("self", "cls")]
    text = str(signature.replace(parameters=kept))
    return re.sub(r"'([^']*)'", r"\1", text)  # annotations are strings


def _doc(value: Any) -> str:
    text = inspect.getdoc(value) or ""
    if inspect.isclass(value) and dataclasses.is_dataclass(value) and text.startswith(f"{value.__name__}("):
        text = ""  # made by dataclass
    return textwrap.dedent(text) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE.name}: {len(core.__all__)} names", file=sys.stderr)
