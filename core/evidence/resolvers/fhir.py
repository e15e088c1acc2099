"""Elements of the FHIR resources of the case.

An element is quoted as it stands: text as text, a number or a boolean as JSON writes it, and a coded element, a quantity or
any other object as JSON on one line, with its keys in their order. Nothing is quoted of a resource whose meaning a mark may
turn around (`reading.fhir.is_modified`): the quote would not show it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from ...reading.fhir import is_modified, reference_of
from ...types import FhirAddress, Source
from ...wording import say
from ..registry import Resolution, ResolveContext, Resolved, Unresolved
from .case_text import LICENCE

_STEP = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)((?:\[\d{1,6}\]){0,4})", re.ASCII)


def resolve_fhir(locators: Sequence[FhirAddress], context: ResolveContext) -> list[Resolution]:
    resources: dict[str, list[dict[str, Any]]] = {}
    for number, resource in enumerate(context.question.case.fhir, 1):
        resources.setdefault(reference_of(resource, number), []).append(resource)
    out: list[Resolution] = []
    for where in locators:
        named = resources.get(where.reference, [])
        if len(named) != 1:
            out.append(
                Unresolved(say("resolve.several-resources" if named else "resolve.no-resource", resource=where.reference))
            )
            continue
        if _is_marked(named[0], where.path):
            out.append(Unresolved(say("resolve.modified-resource", resource=where.reference)))
            continue
        try:
            element = element_at(named[0], where.path)
        except LookupError:
            out.append(Unresolved(say("resolve.no-element", resource=where.reference, path=where.path)))
            continue
        source = Source(id="case", title=where.reference, licence=LICENCE)
        out.append(Resolved(rendered(element), source))
    return out


def _is_marked(resource: dict[str, Any], path: str) -> bool:
    """Has it, or what it contains where the path leads there, a mark that may turn its meaning around?"""
    held = resource.get("contained") if path.startswith("contained") else None
    return is_modified(resource) or any(is_modified(one) for one in held or () if isinstance(one, dict))


def element_at(resource: Any, path: str) -> Any:
    """The element at a path of names and indices (`component[0].valueQuantity.value`); all of it for an empty path.

    Raises `LookupError` where there is none.
    """
    at = resource
    for step in path.split(".") if path else ():
        found = _STEP.fullmatch(step)
        if found is None:
            raise LookupError(step)
        at = _child(at, found[1])
        for index in re.findall(r"\d+", found[2]):
            if not isinstance(at, list) or int(index) >= len(at):
                raise LookupError(step)
            at = at[int(index)]
    return at


def rendered(element: Any) -> str:
    """An element as it is quoted."""
    if isinstance(element, str):
        return element
    return json.dumps(element, ensure_ascii=False, separators=(", ", ": "))


def _child(parent: Any, name: str) -> Any:
    if not isinstance(parent, dict) or name not in parent:
        raise LookupError(name)
    return parent[name]
