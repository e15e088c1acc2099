"""Typed results as the plain data that JSON is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any

from pydantic import BaseModel

_SCALARS = (str, int, float)  # a union would be made anew at each call


def plain(value: Any) -> Any:
    """Dicts, lists and scalars of dataclasses, named tuples and models; names and order are those of the fields."""
    if value is None or isinstance(value, _SCALARS):
        return value
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if names := _names(type(value)):  # type: ignore[arg-type]
        return {name: plain(getattr(value, name)) for name in names}
    return [plain(one) for one in value]


@cache
def _names(kind: type) -> tuple[str, ...]:
    """The fields of a dataclass or a named tuple; none of another type."""
    if hasattr(kind, "__dataclass_fields__"):
        return tuple(one.name for one in fields(kind))
    return tuple(getattr(kind, "_fields", ()))
