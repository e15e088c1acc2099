"""Computed results: the inputs are read again where they were read, and the function computes again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from ...errors import PluginError
from ...plugin_code import in_time, type_name
from ...types import Computation, ComputedInput, CustomLocator, Facts, FhirAddress, Mention, Scalar, Source, TextAddress
from ...wording import say
from ..computed import Computed
from ..registry import Resolution, ResolveContext, Resolved, Unresolved
from ..strangers import fault

_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,15})?")

_NUMBER_IN = re.compile(r"(?<![\w.,])[+-]?\d{1,15}(?:\.\d{1,15})?(?![\w]|[.,]\d)")


def resolve_computation(locators: Sequence[Computation], context: ResolveContext) -> list[Resolution]:
    return [_one(where, context) for where in locators]


def _one(where: Computation, context: ResolveContext) -> Resolution:
    function = context.functions.get(where.function)
    if function is None:
        return Unresolved(say("resolve.no-function", function=where.function))
    if function.version != where.version:
        return Unresolved(say("resolve.other-version", function=where.function, here=function.version, named=where.version))
    names = [one.name for one in where.inputs]
    if len(set(names)) != len(names):
        return Unresolved(say("resolve.input-twice"))
    if reason := _moved(where.inputs, context):
        return Unresolved(reason)
    try:
        again = in_time(where.function, partial(function.run, {one.name: one.value for one in where.inputs}))
    except PluginError as error:
        return Unresolved(say("resolve.computing-failed", function=where.function, fault=fault(error)))
    if type(again) is not Computed:
        return Unresolved(say("resolve.not-computed", function=where.function, type=type_name(again)))
    if type(again.sentence) is not str or not again.sentence.strip():
        return Unresolved(say("resolve.no-sentence", function=where.function))
    if type(again.output) is not type(where.output) or again.output != where.output:
        return Unresolved(say("resolve.other-result"))
    source = Source(
        id=where.function.partition(".")[0],
        title=function.title,
        version=f"{function.name} {function.version}",
        licence=function.licence,
        url=function.url,
        references=function.references,
    )
    return Resolved(again.sentence, source, strength=_given(where.inputs), kind="computation")


def _given(inputs: Sequence[ComputedInput]) -> str:
    """Which inputs rest on nothing that was read: the reader must know."""
    names = [one.name for one in inputs if one.address is None and one.value is not None]
    return f"given, not read in the case: {', '.join(names)}" if names else ""


def _moved(inputs: Sequence[ComputedInput], context: ResolveContext) -> str:
    """Why an input is not what its address says, in words; empty when all are."""
    placed = [one for one in inputs if one.address is not None]
    for one, found in zip(placed, context.resolve([one.address for one in placed]), strict=True):
        if isinstance(found, Unresolved):
            return say("resolve.input-not-read", name=one.name, reason=found.reason)
        if one.quote and found.quote != one.quote:
            return say("resolve.input-moved", name=one.name)
        if one.value is None:
            continue
        known = _values(one, found.quote, context.facts)
        if known and one.value not in known:
            return say("resolve.input-other-value", name=one.name)
        if not known and not one.quote:
            return say("resolve.input-not-quoted", name=one.name)
        if not known and not _stands(one.value, found.quote):
            return f"its input {one.name} is not a value that stands at its address"
    return ""


def _values(one: ComputedInput, quote: str, facts: Facts) -> list[Scalar | None]:
    """What the engine itself reads at the address of an input, where `quote` stands, and where it can tell: what was read of
    the patient, a number or, in a plugin's own kind of file, a text that stands there, and of what is named there whether it
    is there (True) or denied (False); None where it is neither."""
    assert one.address is not None
    read: list[Scalar | None] = [
        value
        for name, address in facts.patient.addresses.items()
        if address == one.address and isinstance(value := getattr(facts.patient, name, None), str | int | float | bool)
    ]
    if isinstance(one.value, bool):
        return read + ([quote == "true"] if quote in ("true", "false") else _asserted(one.address, facts))
    if isinstance(one.value, int | float) and _NUMBER.fullmatch(quote):
        read.append(float(quote))
    if isinstance(one.value, str) and isinstance(one.address, CustomLocator):
        read.append(quote)
    return read


def _stands(value: Scalar, quote: str) -> bool:
    """Where the engine reads no value itself: does a number or a text stand in the quote? Whether something is there cannot
    be told from words that were not read."""
    if isinstance(value, bool):
        return False
    if isinstance(value, str):
        return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", quote, re.IGNORECASE) is not None
    return value in {float(n) for n in _NUMBER_IN.findall(quote)}


def _asserted(address: TextAddress | FhirAddress | CustomLocator, facts: Facts) -> list[Scalar | None]:
    """Of a resource, what it names: any of it, since most name one thing."""
    if isinstance(address, CustomLocator):
        return []
    if isinstance(address, FhirAddress):
        named = [m for m in facts.mentions if m.origin == address.reference]
    else:
        named = [m for m in facts.mentions if _inside(address, m)]
        # of a longer stretch ("no hypertension") it is told only where it names one thing
        named = [m for m in named if _covers(address, m)] or (named if len(named) == 1 else [])
    return [not m.negated if m.used else None for m in named]


def _inside(address: TextAddress, m: Mention) -> bool:
    return m.origin == address.origin and address.start <= m.start and m.end <= address.end


def _covers(address: TextAddress, m: Mention) -> bool:
    return (m.origin, m.start, m.end) == (address.origin, address.start, address.end)
