"""Events: what `Engine.run` yields while it works, in this order. `ask` folds them into the answer that the last one holds.

Read → Planned → (Consulting | Consulted)… → SentenceShown… → Answered
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .answer import Consultation, Recommendation, Sentence
from .base import Frozen
from .case import Facts
from .evidence import Evidence
from .notice import Reason


class Read(Frozen):
    """The question and its case were read; `facts` is what was found."""

    type: Literal["read"] = "read"
    facts: Facts


class PlannedTask(Frozen):
    """A `task` that will be consulted, of which `plugin`, and the `reason` in words; `said` is their code."""

    task: str
    plugin: str
    reason: str
    said: Reason | None = None


class Planned(Frozen):
    """Who will be asked: `tasks` in the order of the plan."""

    type: Literal["planned"] = "planned"
    tasks: tuple[PlannedTask, ...] = ()


class Consulting(Frozen):
    """A `task` of `plugin` is at work. `stage`, `done` and `total` are what it reports of itself; `total` is None where it
    is not known."""

    type: Literal["consulting"] = "consulting"
    task: str
    plugin: str
    stage: str = ""
    done: int = Field(default=0, ge=0)
    total: int | None = None


class Consulted(Frozen):
    """A task has answered, or was given up: `consultation` is what came of it."""

    type: Literal["consulted"] = "consulted"
    consultation: Consultation


class SentenceShown(Frozen):
    """A `sentence` passed verification; `number` counts from 1, `evidence` is what it cites."""

    type: Literal["sentence"] = "sentence"
    number: int = Field(ge=1)
    sentence: Sentence
    evidence: tuple[Evidence, ...]


class Answered(Frozen):
    """The whole answer, `recommendation`; the last event."""

    type: Literal["answered"] = "answered"
    recommendation: Recommendation


Event = Annotated[Read | Planned | Consulting | Consulted | SentenceShown | Answered, Field(discriminator="type")]
"""One step of an answer."""
