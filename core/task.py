"""A task: one thing a specialist can look up, described so that the planner knows when to ask."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from .protocols import Services
    from .types import Facts, Intent, Question, TaskResult

Need = Literal["text", "drug", "gene", "phenotype", "disease", "pgx", "vcf", "image", "fhir"]
"""What a task cannot work without. `pgx` is a gene together with a diplotype or a phenotype; `text` is always there."""


@dataclass(frozen=True)
class TaskRequest:
    """What a task works on. `limit` is how many pieces of evidence are useful; `deadline_s` how long it may take."""

    question: Question
    facts: Facts
    limit: int = 8
    deadline_s: float = 30.0


@dataclass(frozen=True)
class Task:
    """Registered through `bedside_tasks()`. `run` is synchronous; the engine calls it in a worker thread.

    `name` is `<plugin>.<task>`. The planner consults the task when everything in one group of `needs` was read from the
    question or case (`needs=(("drug", "pgx"), ("drug", "gene"))` is: a drug with either), or, for tasks that need only
    text, when the question is like one of `examples`. `always=True` asks for every question. `answers` limits a task to
    what it can answer (`diagnosis`, `treatment`, `dose`, `definition`, `cause`, `prognosis`): it is left out when the
    question plainly asks for something else; empty means anything.
    """

    name: str
    description: str
    run: Callable[[TaskRequest, Services], TaskResult]
    needs: tuple[tuple[Need, ...], ...] = (("text",),)
    examples: tuple[str, ...] = ()
    always: bool = False
    answers: tuple[Intent, ...] = ()
    timeout_s: float = 30.0

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+", self.name):
            raise ValueError(f"a task is named <plugin>.<task> in lower case, not {self.name!r}")
        if not callable(self.run):
            raise TypeError(f"task {self.name}: `run` must be a function (request, services) -> TaskResult")
        unknown = {need for group in self.needs for need in group} - set(get_args(Need))
        if not self.needs or unknown:
            raise ValueError(f"task {self.name}: `needs` must use {', '.join(get_args(Need))}, not {sorted(unknown)}")
        if self.timeout_s <= 0:
            raise ValueError(f"task {self.name}: `timeout_s` must be positive")
