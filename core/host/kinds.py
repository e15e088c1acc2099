"""What `bedside_case_kinds()` may register: kinds of case files, kinds of addresses, and functions whose results are
cited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import PluginError
from ..evidence.case_kinds import CaseKind
from ..evidence.computed import ComputedFunction
from ..evidence.registry import LocatorKind
from ..own_kinds import is_of

HOOK = "bedside_case_kinds"
KINDS = (CaseKind, LocatorKind, ComputedFunction)
BUNDLED_LOCATORS = {"vcf": "genomics"}
"""Built-in kinds of addresses whose resolver a bundled plugin brings."""
FILE_NEEDS = ("vcf", "image")
"""The needs of Bedside's own tasks that a file can meet."""


def key_of(item: CaseKind | LocatorKind | ComputedFunction) -> tuple[str, str]:
    """What must be there only once: the sort of object and its name."""
    return type(item).__name__, item.name if isinstance(item, ComputedFunction) else item.kind


def check_kinds(
    items: Iterable[Any], own: str, taken: Mapping[tuple[str, str], Any], supplier: str, *, bundled: bool
) -> None:
    """Raises `PluginError` for one that is malformed, there already, or not the plugin's to give. `own` is the plugin's
    name."""
    mine: set[tuple[str, str]] = set()
    for item in items:
        key = key_of(item)
        if wrong := _problem(item, own, bundled=bundled):
            raise PluginError(f"{HOOK}: the {_what(item)} {key[1]!r}: {wrong}", supplier=supplier)
        if key in mine or key in taken:
            raise PluginError(
                f"{HOOK} registers the {_what(item)} {key[1]!r}, which is already registered", supplier=supplier
            )
        mine.add(key)


def _problem(item: CaseKind | LocatorKind | ComputedFunction, own: str, *, bundled: bool) -> str:
    name = key_of(item)[1]
    if type(name) is not str:
        return "its name is not text"
    if isinstance(item, ComputedFunction):
        if not name.startswith(f"{own}."):
            return f"its name must begin with the plugin's own: {own}.{name.rpartition('.')[2]}"
        texts = (item.version, item.title, item.url, item.licence)
        if any(type(text) is not str for text in texts) or not item.version or not item.title:
            return "version and title must be text"
        return "" if callable(item.run) else "run is no function"
    if not (bundled and BUNDLED_LOCATORS.get(name) == own) and not is_of(name, own):
        return f"a plugin's own kind is written {own}:kind"
    if isinstance(item, LocatorKind):
        return "" if callable(item.resolve) else "resolve is no function"
    if type(item.what) is not str or not item.what.strip():
        return "`what` must say what such a file is"
    if not callable(item.recognises) or not (item.check is None or callable(item.check)):
        return "recognises and check must be functions"
    if type(item.offers) is not str or not (item.offers in FILE_NEEDS or is_of(item.offers, own)):
        return f"offers must be one of {', '.join(FILE_NEEDS)}, or {own}:kind"
    return ""


def _what(item: Any) -> str:
    if isinstance(item, CaseKind):
        return "kind of case file"
    return "kind of address" if isinstance(item, LocatorKind) else "function"
