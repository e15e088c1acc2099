"""The engine: question in, verified recommendation out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..errors import BedsideError
from ..evidence.conflicts import conflicts
from ..evidence.registry import Resolvers
from ..evidence.resolvers import BUILT_IN
from ..host import PluginHost
from ..incidents import collecting
from ..protocols import LanguageModel, Services
from ..reading.reader import read
from ..task import CancelToken
from ..toolkit.questions import check_question
from ..types import (
    Answered,
    Case,
    Consultation,
    Consulted,
    Consulting,
    Event,
    Facts,
    Planned,
    PlannedTask,
    Provenance,
    Question,
    Read,
    Recommendation,
    SentenceShown,
    reason_of,
)
from ..version import bedside_version
from ..wording import say
from . import verify
from .called import Called, called
from .compose import Ordering, order, ranked
from .consult import Outcome, Progress, consult
from .fair import Relevance
from .guard import Guard
from .ledger import Ledger
from .planner import Planned as ToConsult
from .planner import Planner
from .present import best_first, blocks_of, sentences_of, without_mere_pointers

if TYPE_CHECKING:
    from pydantic import BaseModel

MAX_DEADLINE_S = 240.0
"""No question waits longer for specialists and model together."""


@dataclass(frozen=True)
class EngineSettings:
    """`ordering` is what the model may decide, `limit` how many sentences are shown, `task_timeout_s` caps every task, and
    `deadline_s` all that a question waits for, at most `MAX_DEADLINE_S`."""

    ordering: Ordering = "ties"
    limit: int = 8
    task_timeout_s: float | None = None
    model_timeout_s: float = 20.0
    seed: int = 0
    deadline_s: float = MAX_DEADLINE_S

    def __post_init__(self) -> None:
        object.__setattr__(self, "deadline_s", min(self.deadline_s, MAX_DEADLINE_S))


class Engine:
    """Answers questions with the tasks of one plugin host over one set of shared services.

    Safe to call from several threads. `clock` and `seed` are injected, so that an answer can be replayed.
    """

    def __init__(
        self,
        host: PluginHost,
        services: Services,
        settings: EngineSettings | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.host = host
        self.services = services
        self.settings = settings or EngineSettings()
        self.clock = clock
        self._planner = Planner()
        self._resolvers = Resolvers((*BUILT_IN, *host.locator_kinds), host.functions, host.may_name)
        self._guard = Guard(services, host.owner, host.supplier)

    def ask(
        self,
        question: Question | str,
        on_event: Callable[[Event], None] | None = None,
        *,
        cancel: CancelToken | None = None,
    ) -> Recommendation:
        """Answer one question: `run` to its end. Raises `QuestionError` for a text that is empty or too long, nothing else
        on purpose."""
        return answer_of(self.run(question, cancel=cancel), on_event)

    def run(self, question: Question | str, *, cancel: CancelToken | None = None) -> Iterator[Event]:
        """The steps of an answer as they happen; the last is `Answered`. Once `cancel` is set nobody is waited for any more.

        Raises `QuestionError` at once, before the first event.
        """
        if isinstance(question, str):
            question = Question(text=question)
        check_question(question.text)
        return self._run(question, cancel or CancelToken())

    def call(
        self,
        task: str,
        arguments: BaseModel | Mapping[str, Any],
        *,
        case: Case | None = None,
        cancel: CancelToken | None = None,
    ) -> Iterator[Event]:
        """As `run`, of one task that is called by its name with arguments of its own model; the answer is verified as any
        other. What the arguments say is taken as the patient's. `case` is given to the task as well.

        Raises `UsageError` at once for a task that is not there and for wrong arguments, by field.
        """
        one = called(self.host, self._guard, task, arguments)
        question = Question(text=one.text, case=case or Case())
        return self._run(question, cancel or CancelToken(), one)

    def _run(self, question: Question, cancel: CancelToken, one: Called | None = None) -> Iterator[Event]:
        asked_at, started = self.clock(), time.monotonic()
        ledger = Ledger()
        incidents: list[str] = []
        with collecting(incidents):
            model = self._model(ledger)

        needed = {need for task in self.host.tasks.values() for group in task.needs for need in group}
        facts = read(question, self.services, needed) if one is None else self._given(question, one)
        _report_reading(facts, ledger)
        yield Read(facts=facts)

        if one is None:
            planned, notes = self._planner.plan(question, facts, self.host.tasks.values(), self.services)
        else:
            planned, notes = [ToConsult(one.task, say("plan.called"))], []
        for note in notes:
            ledger.report("plan", reason=note)
        for info in self.host.failed:
            package = f"{info.distribution} {info.version}".strip()
            plugin = info.name + (f", {package}," if package else "")
            ledger.report("plugin-failed", info.name, plugin=plugin, reason=info.reason)
        yield Planned(
            tasks=tuple(
                PlannedTask(task=p.task.name, plugin=self.host.owner(p.task.name), reason=p.reason, said=reason_of(p.reason))
                for p in planned
            )
        )

        outcomes: list[Outcome] = []
        for step in consult(
            [p.task for p in planned],
            question,
            facts,
            self.services,
            limit=self.settings.limit,
            timeout_s=self.settings.task_timeout_s,
            deadline_s=max(0.1, self.settings.deadline_s - (time.monotonic() - started)),
            cancel=cancel,
            settings=lambda task: self.host.settings(self.host.owner(task.name)),
            guard=self._guard,
            incidents=incidents,
            arguments=one.arguments if one else None,
        ):
            if isinstance(step, Progress):
                yield self._consulting(step)
            else:
                outcomes.append(step)
                yield Consulted(consultation=self._consultation(step))
        outcomes.sort(key=lambda o: o.place)
        if cancel.cancelled:
            ledger.report("cancelled")
        self._report_outcomes(outcomes, ledger)

        proposed = [r.evidence for r in ranked([o.result for o in outcomes])]
        checked = verify.verify_evidence(proposed, question, facts, self.services, self._resolvers)
        _report_verified(checked, ledger)
        outcomes = best_first(outcomes, checked, Relevance(question.text, facts), self.host.owner)
        found = ranked([o.result for o in outcomes])
        left = self.settings.deadline_s - (time.monotonic() - started)
        with collecting(incidents):
            ordered = order(
                [replace(r, evidence=checked.kept[r.evidence.id]) for r in found if r.evidence.id in checked.kept],
                question.text,
                self.settings.ordering,
                None if cancel.cancelled else model,
                timeout=max(0.1, min(self.settings.model_timeout_s, left)),
                seed=self.settings.seed,
            )
        if ordered.problem and not cancel.cancelled:
            reason = say("model.not-ordered", problem=ordered.problem)
            ledger.report("model", partial=model is not None, reason=reason)
        sentences = sentences_of(
            ordered, outcomes, checked, ledger, self.services, owner=self.host.owner, limit=self.settings.limit
        )
        blocks = blocks_of(outcomes, checked, ledger, self.services, self.host.owner)
        sentences, blocks = without_mere_pointers(sentences, blocks, checked, question.text, ledger)

        ids = [*(c for s in sentences for c in s.citations), *(c for b in blocks for c in b.evidence)]
        kept = {item.id: item for item in checked.kept.values()}
        evidence = {id_: kept[id_] for id_ in dict.fromkeys(ids)}  # numbered as they are read
        for place, sentence in enumerate(sentences, 1):
            cited = tuple(evidence[id_] for id_ in sentence.citations)
            yield SentenceShown(number=place, sentence=sentence, evidence=cited)
        number = {id_: i for i, id_ in enumerate(evidence, 1)}
        for a, b in conflicts(tuple(evidence.values()), self.services):
            ledger.report("conflict", first=number[a.id], second=number[b.id])
        for incident in incidents:
            reason = say("model.failed", incident=incident)
            ledger.report("model", partial=True, reason=reason)

        nothing = not sentences and not blocks
        yield Answered(
            recommendation=Recommendation(
                status="abstained" if nothing else "partial" if ledger.partial else "answered",
                question=question.text,
                id=question.id,
                sentences=tuple(sentences),
                blocks=tuple(blocks),
                evidence=tuple(evidence.values()),
                facts=facts,
                consulted=tuple(self._consultation(o) for o in sorted(outcomes, key=lambda o: o.place)),
                warnings=tuple(ledger.notices),
                provenance=Provenance(
                    engine_version=bedside_version(),
                    asked_at=asked_at,
                    seconds=round(time.monotonic() - started, 4),
                    seed=self.settings.seed,
                    composer=f"extractive; {ordered.by}",
                    plugins=self.host.plugins,
                    services=self._service_names(model),
                    sources={e.source.id: e.source.version for e in evidence.values()},
                ),
            )
        )

    def _given(self, question: Question, one: Called) -> Facts:
        """What the arguments of a called task give, and what is read of the case; the text that heads the answer is not
        read."""
        if question.case == Case():
            return one.facts
        case = read(question.model_copy(update={"text": ""}), self.services, {n for g in one.task.needs for n in g})
        mentions = (*one.facts.mentions, *case.mentions)
        return case.model_copy(update={"mentions": mentions, "unread": (*one.facts.unread, *case.unread)})

    def _model(self, ledger: Ledger) -> LanguageModel | None:
        if self.settings.ordering == "off":
            return None
        try:
            model = self.services.llm
            model.start()
            return model
        except BedsideError as error:
            reason = say("model.none", error=error)
            ledger.report("model", reason=reason)
            return None

    def _report_outcomes(self, outcomes: list[Outcome], ledger: Ledger) -> None:
        for o in outcomes:
            owner = self.host.owner(o.task.name)
            if o.result.status == "failed":
                ledger.report("task-failed", owner, task=o.task.name, reason=o.result.message)
            for problem in o.result.problems:
                ledger.remark(problem, owner, problem=True)
            for remark in o.remarks:
                ledger.report("plugin-fault", owner, plugin=self.host.supplier(owner), task=o.task.name, fault=remark)
        for o in outcomes:
            for note in o.result.notes:
                ledger.remark(note, self.host.owner(o.task.name), problem=False)

    def _consulting(self, step: Progress) -> Consulting:
        owner = self.host.owner(step.task.name)
        return Consulting(task=step.task.name, plugin=owner, stage=step.stage, done=step.done, total=step.total)

    def _consultation(self, o: Outcome) -> Consultation:
        return Consultation(
            task=o.task.name,
            plugin=self.host.owner(o.task.name),
            status=o.result.status,
            searched=o.result.searched,
            message=o.result.message,
            evidence=len(o.result.evidence),
            seconds=round(o.seconds, 4),
            reason=reason_of(o.result.message),
        )

    def _service_names(self, model: LanguageModel | None) -> dict[str, str]:
        names = dict(getattr(self.services, "names", {}) or {})
        if model:
            names["llm"] = model.name
        return names


def answer_of(events: Iterator[Event], on_event: Callable[[Event], None] | None = None) -> Recommendation:
    """The answer that a run ends with; `on_event` sees its steps."""
    answer: Recommendation | None = None
    for event in events:
        if on_event:
            on_event(event)
        if isinstance(event, Answered):
            answer = event.recommendation
    assert answer is not None  # the last event of every run
    return answer


def _report_reading(facts: Facts, ledger: Ledger) -> None:
    for text in facts.unread:
        ledger.report("unread", partial=facts.lookup_failed, reason=text)
    denied = dict.fromkeys(m.name for m in facts.mentions if m.negated and m.used)
    if denied:
        ledger.report("read-as-denied", names=", ".join(denied))
    for m in facts.mentions:
        if m.how == "fuzzy":
            ledger.report("read-as", text=m.text, name=m.name, kind=m.kind)


def _report_verified(checked: verify.Verified, ledger: Ledger) -> None:
    for store, reason in checked.unreachable.items():
        ledger.report("unverified", store=store, reason=reason)
    for id_, reason in checked.dropped.items():
        ledger.report("dropped", what=say("verify.evidence", id=id_), reason=reason)
