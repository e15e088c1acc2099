"""Computed results: the inputs are read again where they were read, and the function computes again."""

from __future__ import annotations

from collections.abc import Sequence

from ...types import Computation, ComputedInput, Source
from ...types.context import FhirAddress, PatientContext, TextAddress
from ..computed import Computed
from ..registry import Resolution, ResolveContext, Resolved, Unresolved


def resolve_computation(locators: Sequence[Computation], context: ResolveContext) -> list[Resolution]:
    return [_one(where, context) for where in locators]


def _one(where: Computation, context: ResolveContext) -> Resolution:
    function = context.functions.get(where.function)
    if function is None:
        return Unresolved(f"the function {where.function} is not registered")
    if function.version != where.version:
        return Unresolved(f"{where.function} is version {function.version} here, not {where.version}")
    names = [one.name for one in where.inputs]
    if len(set(names)) != len(names):
        return Unresolved("an input is given twice")
    if reason := _moved(where.inputs, context):
        return Unresolved(reason)
    try:
        again = function.run({one.name: one.value for one in where.inputs})
    except Exception as error:  # a stranger's code; its text may quote the case
        return Unresolved(f"{where.function} raised {type(error).__name__} when it was computed again")
    if not isinstance(again, Computed):
        return Unresolved(f"{where.function} gave {type(again).__name__} instead of Computed")
    if again.output != where.output or type(again.output) is not type(where.output):
        return Unresolved("computed again, it gives another result")
    source = Source(
        id=where.function.partition(".")[0],
        title=function.title,
        version=f"{function.name} {function.version}",
        licence=function.licence,
        url=function.url,
        references=function.references,
    )
    return Resolved(again.sentence, source)


def _moved(inputs: Sequence[ComputedInput], context: ResolveContext) -> str:
    """Why an input is not what its address says, in words; empty when all are."""
    placed = [one for one in inputs if one.address is not None]
    for one, found in zip(placed, context.resolve([one.address for one in placed]), strict=True):
        if isinstance(found, Unresolved):
            return f"its input {one.name} can't be read again: {found.reason}"
        if found.quote != one.quote:
            return f"its input {one.name} is not what stands at its address"
        if (
            one.value is not None
            and (known := _read_there(one, context.facts.patient)) is not None
            and one.value not in known
        ):
            return f"its input {one.name} is not the value that was read at its address"
    return ""


def _read_there(one: ComputedInput, patient: PatientContext) -> list[object] | None:
    """What the engine itself read at the address of an input; None where it read nothing there."""
    assert isinstance(one.address, TextAddress | FhirAddress)
    found = [getattr(patient, field) for field, address in patient.addresses.items() if address == one.address]
    return found or None
