"""A task that is called by its name with arguments, as an agent, HTTP, MCP or `bedside tasks run` does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import BedsideError, PluginError, TaskError, UsageError
from ..host import PluginHost
from ..plugin_code import in_time, type_name
from ..task import Task
from ..types import Facts
from .guard import Guard

if TYPE_CHECKING:
    from pydantic import BaseModel

MOST_CHARS = 2_000
"""Characters of the arguments that head the answer."""


@dataclass(frozen=True)
class Called:
    """`facts` are what the arguments give, as if it had been read; `text` is what the answer is an answer to."""

    task: Task
    arguments: BaseModel | None
    facts: Facts
    text: str


def called(host: PluginHost, guard: Guard, name: str, arguments: BaseModel | Mapping[str, Any]) -> Called:
    """Raises `UsageError` for a task that is not there and arguments that are not its own, by field; `TaskError` where the
    plugin's own code for them fails."""
    task = host.tasks.get(name)
    if task is None:
        raise UsageError(f"there is no task {name!r}", hint=f"the tasks are: {', '.join(sorted(host.tasks))}")
    if task.arguments is None and not arguments:
        return Called(task, None, Facts(), name)
    given, facts = _parsed(task, arguments, guard, host.supplier(host.owner(name)))
    text = ", ".join(_values(given.model_dump(exclude_none=True)))[:MOST_CHARS]
    return Called(task, given, facts, f"{name}: {text}" if text else name)


def _parsed(task: Task, arguments: BaseModel | Mapping[str, Any], guard: Guard, supplier: str) -> tuple[BaseModel, Facts]:
    def work() -> tuple[BaseModel, Facts]:
        given = task.parse(arguments)
        to_facts = getattr(given, "to_facts", None)
        return given, Facts() if to_facts is None else Facts.model_validate(to_facts(guard.services_of(task)))

    try:
        parsed: tuple[BaseModel, Facts] = in_time("it", work)
    except PluginError as error:
        if isinstance(error.__cause__, BedsideError):
            raise error.__cause__ from None
        # of a foreign error the type only: its text may quote the arguments
        what = type_name(error.__cause__) if error.__cause__ else "no answer in time"
        raise TaskError(
            f"the arguments of {task.name} could not be used ({what}); this is a fault of the {supplier}"
        ) from None
    return parsed


def _values(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for one in value.values():
            yield from _values(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _values(one)
    else:
        yield str(value)
