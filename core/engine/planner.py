"""Plan: which tasks to consult. Rules over what was read come first, then likeness to each task's example questions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import ServiceError
from ..own_kinds import is_own_kind
from ..protocols import Services
from ..reading.intent import intents
from ..task import Task
from ..types import Facts, Question
from ..wording import say

LIKENESS = 0.35
"""Cosine to the nearest example question from which a text-only task is consulted."""


@dataclass(frozen=True)
class Planned:
    """A task to consult and the reason in words."""

    task: Task
    reason: str


def available(facts: Facts, question: Question) -> set[str]:
    """What this question and case offer to tasks."""
    have: set[str] = {"text"}
    for kind in ("drug", "gene", "phenotype", "disease"):
        if facts.of(kind):  # type: ignore[arg-type]
            have.add(kind)  # type: ignore[arg-type]
    if facts.of("drug", negated=True):  # "never had carbamazepine" says how it was used; it may still be what is asked about
        have.add("drug")
    pgx = [*facts.of("pgx_phenotype"), *facts.of("diplotype"), *facts.of("activity_score")]
    if pgx:
        have.add("pgx")
    if any(m.gene for m in pgx):
        have.add("gene")
    if question.case.fhir:
        have.add("fhir")
    have |= {file.need for file in question.case.files}
    have |= {m.kind for m in facts.mentions if is_own_kind(m.kind) and m.used and not m.negated}
    return have


class Planner:
    """Keeps the embedded example questions between questions."""

    def __init__(self) -> None:
        self._examples: dict[str, Any] = {}

    def plan(
        self, question: Question, facts: Facts, tasks: Iterable[Task], services: Services
    ) -> tuple[list[Planned], list[str]]:
        """The tasks to consult, in registration order, and notes on what could not be decided."""
        have = available(facts, question)
        asked = intents(question.text)
        planned: list[Planned] = []
        undecided: list[Task] = []
        for task in tasks:
            if asked and task.answers and not asked & set(task.answers):
                continue
            groups = [g for g in task.needs if set(g) <= have]
            if task.always:
                planned.append(Planned(task, say("plan.always")))
            elif any(set(g) - {"text"} for g in groups):
                met = max(groups, key=len)
                planned.append(Planned(task, say("plan.needs", needs=" and ".join(met))))
            elif groups:
                undecided.append(task)
        notes: list[str] = []
        if undecided:
            more, notes = self._by_likeness(question, undecided, services)
            planned += more
        return planned, notes

    def _by_likeness(self, question: Question, tasks: Sequence[Task], services: Services) -> tuple[list[Planned], list[str]]:
        try:
            asked = services.embedder.embed([question.text])[0]
            planned = []
            for task in tasks:
                if not task.examples:
                    continue
                if task.name not in self._examples:
                    self._examples[task.name] = services.embedder.embed(list(task.examples))
                likeness = float((self._examples[task.name] @ asked).max())
                if likeness >= LIKENESS:
                    planned.append(Planned(task, say("plan.likeness", cosine=f"{likeness:.2f}")))
            return planned, []
        except ServiceError as error:
            # unable to choose, so nobody is left out
            reason = say("plan.likeness-unknown")
            return [Planned(t, reason) for t in tasks], [say("plan.without-embedder", reason=error)]
