"""What is wrong with the arguments of a task, in words: the field and what was expected, never the value, which may be the
patient's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .plugin_code import plain
from .wording import say

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

_LISTS = frozenset({"tuple_type", "list_type", "set_type", "frozen_set_type"})
_NAME = 60


def in_words(error: ValidationError, model: type[BaseModel]) -> str:
    """`drugs.0: Input should be a valid string; …`."""
    schema = model.model_json_schema()
    return "; ".join(
        f"{'.'.join(plain(str(step), _NAME) for step in e['loc']) or 'arguments'}: {_expected(e, schema)}"
        for e in error.errors(include_input=False, include_url=False)
    )


def _expected(error: Any, schema: dict[str, Any]) -> str:
    kind, path = error["type"], error["loc"]
    if kind in _LISTS:
        return say("arguments.list")
    if kind in ("missing", "extra_forbidden"):
        fields = _fields(schema, path[:-1])
        if kind == "extra_forbidden" and fields:
            return say("arguments.unknown", names=", ".join(fields))
        if kind == "missing" and (what := fields.get(str(path[-1]), {}).get("description")):
            return say("arguments.missing", what=what)
    return str(error["msg"]).removeprefix("Value error, ")


def _fields(schema: dict[str, Any], path: Sequence[int | str]) -> dict[str, Any]:
    """The fields of the object at `path`."""
    here = _resolved(schema, schema)
    for step in path:
        here = here.get("items", {}) if isinstance(step, int) else here.get("properties", {}).get(step, {})
        here = _resolved(here, schema)
    fields: dict[str, Any] = here.get("properties", {})
    return fields


def _resolved(here: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = schema.get("$defs", {}).get(str(here.get("$ref", "")).rpartition("/")[2], here)
    return found
