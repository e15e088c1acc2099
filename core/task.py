"""A task: one thing a specialist can look up, described so that the planner knows when to ask."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args

from .intents import Intent
from .own_kinds import is_own_kind

if TYPE_CHECKING:
    from pydantic import BaseModel

    from .protocols import Services
    from .types import Facts, Question, TaskResult

Need = Literal["text", "drug", "gene", "phenotype", "disease", "pgx", "vcf", "image", "fhir"]
"""What a task cannot work without. `pgx` is a gene together with a diplotype or a phenotype; `text` is always there. What a
plugin's own kinds of case files offer is written `plugin:kind`."""

MAX_TIMEOUT_S = 180.0
"""No task is waited for longer, whatever its `timeout_s` says; the setting `engine.timeout` lowers it for all."""

A = TypeVar("A", bound="BaseModel")


class CancelToken:
    """Says that an answer is no longer wanted. Set once, from any thread; seen by everybody who holds it."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """The answer is no longer wanted."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Was it cancelled?"""
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait until it is cancelled, at most so long; True if it was."""
        return self._event.wait(seconds)


Report = Callable[[str, int, "int | None"], None]
"""(stage, done, total): what a task says of its progress."""


def _no_report(stage: str, done: int, total: int | None) -> None:
    return None


@dataclass(frozen=True)
class TaskRequest:
    """What a task works on: the `question` with its case, and the `facts` read from both. `limit` is how many pieces of
    evidence are useful; `deadline_s` how long it may take.

    `arguments` is what `Task.arguments` describes, worked out from the facts or given by the caller; None for a task
    without; `args(Model)` gives them typed. `settings` is the plugin's section of bedside.toml, as the model it registered.
    A task of more than a second looks at `cancelled` (or waits on `cancel`) now and then, and may `report` how far it
    is."""

    question: Question
    facts: Facts
    limit: int = 8
    deadline_s: float = 30.0
    arguments: BaseModel | None = None
    settings: BaseModel | None = None
    cancel: CancelToken = field(default_factory=CancelToken, compare=False, repr=False)
    report: Report = field(default=_no_report, compare=False, repr=False)

    def args(self, model: type[A]) -> A:
        """`arguments` as the model that the task registered. Raises `TypeError` where they are of another, or not there."""
        if not isinstance(self.arguments, model):
            raise TypeError(f"the arguments are {type(self.arguments).__name__}, not {model.__name__}")
        return self.arguments

    @property
    def cancelled(self) -> bool:
        """Is the answer no longer wanted?"""
        return self.cancel.cancelled


@dataclass(frozen=True)
class Task:
    """Registered through `bedside_tasks()`. `run` is synchronous; the engine calls it in a worker thread.

    `name` is `<plugin>.<task>`. The planner consults the task when everything in one group of `needs` was read from the
    question or case (`needs=(("drug", "pgx"), ("drug", "gene"))` is: a drug with either), or, for tasks that need only
    text, when the question is like one of `examples`. `always=True` asks for every question. `answers` limits a task to
    what it can answer (`diagnosis`, `treatment`, `dose`, `definition`, `cause`, `prognosis`): it is left out when the
    question plainly asks for something else; empty means anything. After `timeout_s` seconds, at most `MAX_TIMEOUT_S`, it
    is given up.

    `arguments` is a pydantic model of what an agent, HTTP or MCP may call the task with (or a function that returns the
    model, so that listing tasks need not import pydantic). `from_facts(facts, question)` works them out from what was read:
    a mapping or the model itself; None where the facts do not give them, then the task is not asked. Where the task works on
    facts too, the model has a method `to_facts(services) -> Facts`: what a caller's arguments say, as if it had been read.
    It raises `UsageError` for a name that it does not know, and names the field, never the value."""

    name: str
    description: str
    run: Callable[[TaskRequest, Services], TaskResult]
    needs: tuple[tuple[Need | str, ...], ...] = (("text",),)
    examples: tuple[str, ...] = ()
    always: bool = False
    answers: tuple[Intent, ...] = ()
    timeout_s: float = 30.0
    arguments: type[BaseModel] | Callable[[], type[BaseModel]] | None = None
    from_facts: Callable[[Facts, Question], BaseModel | Mapping[str, Any] | None] | None = None

    def __post_init__(self) -> None:
        if type(self.name) is not str or not re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+", self.name):
            raise ValueError(f"a task is named <plugin>.<task> in lower case, not {self.name!r}")
        if not callable(self.run):
            raise TypeError(f"task {self.name}: `run` must be a function (request, services) -> TaskResult")
        if type(self.description) is not str:
            raise TypeError(f"task {self.name}: `description` must be text")
        for name, what in (("needs", "groups of needs"), ("examples", "questions"), ("answers", "intents")):
            object.__setattr__(self, name, _several(self.name, name, getattr(self, name), what))
        for group in self.needs:
            if isinstance(group, str):
                raise TypeError(f"task {self.name}: `needs` holds groups: write needs=(({group!r},),), not ({group!r})")
        object.__setattr__(self, "needs", tuple(_several(self.name, "needs", group, "needs") for group in self.needs))
        for name, texts in (("examples", self.examples), ("answers", self.answers), *(("needs", g) for g in self.needs)):
            if any(type(text) is not str for text in texts):
                raise TypeError(f"task {self.name}: `{name}` must hold text only")
        if strange := set(self.answers) - set(get_args(Intent)):
            known = ", ".join(get_args(Intent))
            raise ValueError(f"task {self.name}: `answers` must use {known}, not {sorted(strange)}")
        named = {need for group in self.needs for need in group} - set(get_args(Need))
        unknown = sorted(need for need in named if not is_own_kind(need))
        if not self.needs or unknown:
            known = ", ".join(get_args(Need))
            raise ValueError(f"task {self.name}: `needs` must use {known}, or plugin:kind, not {unknown}")
        if type(self.timeout_s) not in (int, float) or not 0 < self.timeout_s < math.inf:
            raise ValueError(f"task {self.name}: `timeout_s` must be a positive number of seconds")
        if self.from_facts is not None and self.arguments is None:
            raise ValueError(f"task {self.name}: `from_facts` needs `arguments`, the model of what it returns")
        if self.arguments is not None and not callable(self.arguments):
            raise TypeError(f"task {self.name}: `arguments` must be a pydantic model, or a function that returns one")

    def arguments_model(self) -> type[BaseModel] | None:
        """The model of the arguments. Raises `TypeError` where what was registered is none."""
        if self.arguments is None:
            return None
        from pydantic import BaseModel

        given: Any = self.arguments
        model = given if isinstance(given, type) else given()
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            raise TypeError(f"task {self.name}: `arguments` is no pydantic model")
        return model

    def schema(self) -> dict[str, Any] | None:
        """The JSON Schema of the arguments; None for a task without."""
        model = self.arguments_model()
        return model.model_json_schema() if model else None

    def parse(self, arguments: BaseModel | Mapping[str, Any]) -> BaseModel:
        """`arguments` as the task's model. Raises `UsageError` that names the field and what was expected."""
        from pydantic import BaseModel, ValidationError

        from .errors import UsageError

        model = self.arguments_model()
        if model is None:
            raise UsageError(f"the task {self.name} takes no arguments")
        if isinstance(arguments, model):
            return arguments
        try:
            return model.model_validate(arguments.model_dump() if isinstance(arguments, BaseModel) else arguments)
        except ValidationError as error:
            from .wrong_arguments import in_words

            raise UsageError(
                f"the arguments of {self.name} are wrong: {in_words(error, model)}",
                hint=f"bedside tasks {self.name} --schema",
            ) from None

    def ready(self, request: TaskRequest) -> TaskRequest | None:
        """`request` with its arguments, worked out from the facts where none were given; None where the facts do not give
        them.

        Raises what `from_facts` raises, and `UsageError` for arguments that are not the model's.
        """
        if self.arguments is None or request.arguments is not None:
            return request
        found = self.from_facts(request.facts, request.question) if self.from_facts else None
        return None if found is None else replace(request, arguments=self.parse(found))


def _several(task: str, name: str, given: Any, what: str) -> tuple[Any, ...]:
    """A string is a sequence too: `examples="abc"` would be three questions of one letter."""
    if type(given) not in (tuple, list):
        wrong = f"the single text {given!r}: write ({given!r},)" if isinstance(given, str) else f"{type(given).__name__}"
        raise TypeError(f"task {task}: `{name}` must be a tuple of {what}, not {wrong}")
    return tuple(given)
