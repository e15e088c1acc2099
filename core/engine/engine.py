"""The engine: question in, verified recommendation out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

from ..errors import BedsideError
from ..host import PluginHost
from ..protocols import LanguageModel, Services
from ..reading.reader import read
from ..toolkit.questions import check_question
from ..types import (
    Consulted,
    Evidence,
    Facts,
    Notice,
    Provenance,
    Question,
    Recommendation,
    Sentence,
    Support,
)
from . import verify
from .compose import Ordered, Ordering, order, ranked
from .consult import Outcome, consult
from .planner import Planner

Progress = Callable[[str], None]


@dataclass(frozen=True)
class EngineSettings:
    """`ordering` is what the model may decide, `limit` how many sentences are shown, `task_timeout_s` caps every task."""

    ordering: Ordering = "ties"
    limit: int = 8
    task_timeout_s: float | None = None
    model_timeout_s: float = 20.0
    seed: int = 0


@dataclass
class _Ledger:
    """What went wrong on the way; anything here makes the answer `partial`."""

    notices: list[Notice] = field(default_factory=list)
    failed: bool = False

    def tell(self, code: str, text: str, who: str = "", *, failure: bool = False) -> None:
        notice = Notice(code=code, text=text, who=who)
        if notice not in self.notices:
            self.notices.append(notice)
        self.failed |= failure


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

    def ask(self, question: Question | str, progress: Progress | None = None) -> Recommendation:
        """Answer one question. Raises `QuestionError` for a text that is empty or too long, nothing else on purpose."""
        if isinstance(question, str):
            question = Question(text=question)
        check_question(question.text)
        say = progress or (lambda _: None)
        asked_at, started = self.clock(), time.monotonic()
        ledger = _Ledger()
        model = self._model(ledger)
        incidents_before = len(model.incidents) if model else 0

        say("reading the question")
        needed = {need for task in self.host.tasks.values() for group in task.needs for need in group}
        facts = read(question, self.services, needed)
        self._tell_reading(facts, ledger)

        say("planning")
        planned, notes = self._planner.plan(question, facts, self.host.tasks.values(), self.services)
        for note in notes:
            ledger.tell("plan", note, failure=True)
        for info in self.host.failed:
            ledger.tell(
                "plugin-failed", f"the plugin {info.name} could not be loaded: {info.reason}", info.name, failure=True
            )

        names = ", ".join(p.task.name for p in planned) or "nobody"
        say(f"consulting {names}")
        outcomes = consult(
            [p.task for p in planned],
            question,
            facts,
            self.services,
            limit=self.settings.limit,
            timeout_s=self.settings.task_timeout_s,
            on_done=lambda o: say(f"{o.task.name}: {o.result.status}"),
        )
        self._tell_outcomes(outcomes, ledger)

        say("choosing and checking sentences")
        found = ranked([o.result for o in outcomes])
        checked = verify.verify_evidence((r.evidence for r in found), facts, self.services, question.case.files)
        self._tell_verified(checked, ledger)
        ordered = order(
            [r for r in found if r.evidence.id in checked.kept],
            question.text,
            self.settings.ordering,
            model,
            timeout=self.settings.model_timeout_s,
            seed=self.settings.seed,
        )
        if ordered.problem:
            ledger.tell("model", f"the order is the deterministic one: {ordered.problem}", failure=model is not None)
        sentences = self._sentences(ordered, outcomes, checked, ledger)

        cited = dict.fromkeys(c for s in sentences for c in s.citations)
        evidence = tuple(checked.kept[id_] for id_ in cited)  # numbered as they are read
        number = {id_: i for i, id_ in enumerate(cited, 1)}
        for a, b in verify.conflicts(evidence, self.services):
            ledger.tell("conflict", f"sources disagree: [{number[a.id]}] and [{number[b.id]}] advise in opposite directions")
        for incident in model.incidents[incidents_before:] if model else ():
            ledger.tell("model", f"the language model failed during this question: {incident}", failure=True)

        status = "abstained" if not sentences else "partial" if ledger.failed else "answered"
        return Recommendation(
            status=status,
            question=question.text,
            id=question.id,
            sentences=tuple(sentences),
            evidence=evidence,
            facts=facts,
            consulted=tuple(self._consulted(o) for o in outcomes),
            warnings=tuple(ledger.notices),
            provenance=Provenance(
                engine_version=engine_version(),
                asked_at=asked_at,
                seconds=round(time.monotonic() - started, 4),
                seed=self.settings.seed,
                composer=f"extractive; {ordered.by}",
                plugins=self.host.plugins,
                services=self._service_names(model),
                sources={e.source.id: e.source.version for e in evidence},
            ),
        )

    def _model(self, ledger: _Ledger) -> LanguageModel | None:
        if self.settings.ordering == "off":
            return None
        try:
            model = self.services.llm
            model.start()
            return model
        except BedsideError as error:
            ledger.tell("model", f"there is no language model, so the order is the deterministic one: {error}")
            return None

    def _tell_reading(self, facts: Facts, ledger: _Ledger) -> None:
        for text in facts.unread:
            ledger.tell("unread", text, failure=facts.lookup_failed)
        denied = dict.fromkeys(m.name for m in facts.mentions if m.negated)
        if denied:
            ledger.tell("read-as-denied", f"read as denied: {', '.join(denied)}")
        for m in facts.mentions:
            if m.how == "fuzzy":
                ledger.tell("read-as", f"read “{m.text}” as {m.name}: check that this is the {m.kind} you meant")

    def _tell_outcomes(self, outcomes: list[Outcome], ledger: _Ledger) -> None:
        for o in outcomes:
            owner = self.host.owner(o.task.name)
            if o.result.status == "failed":
                ledger.tell("task-failed", f"{o.task.name} could not look: {o.result.message}", owner, failure=True)
            for problem in o.result.problems:
                ledger.tell("not-looked-at", problem, owner, failure=True)
        for o in outcomes:
            for note in o.result.notes:
                ledger.tell("note", note, self.host.owner(o.task.name))

    def _tell_verified(self, checked: verify.Verified, ledger: _Ledger) -> None:
        for store, reason in checked.unreachable.items():
            ledger.tell("unverified", f"quotes from the {store} could not be checked: {reason}", failure=True)
        for id_, reason in checked.dropped.items():
            ledger.tell("dropped", f"evidence {id_} was dropped: {reason}", failure=True)

    def _sentences(
        self, ordered: Ordered, outcomes: list[Outcome], checked: verify.Verified, ledger: _Ledger
    ) -> list[Sentence]:
        """Drafts that pass stand in for the quotes they cite, at the place of the first of them."""
        draft_of: dict[str, Sentence] = {}
        for o in outcomes:
            for draft in o.result.drafts:
                if any(i in checked.dropped for i in draft.evidence):
                    continue  # already told
                reason = verify.verify_draft(draft, checked.kept)
                if reason:
                    ledger.tell("dropped", f"a sentence of {o.task.name} was dropped: {reason}", failure=True)
                    continue
                sentence = Sentence(
                    text=draft.text,
                    citations=draft.evidence,
                    support=Support(verdict="checked", checks=("quote", "numbers", "words", "negation", "direction")),
                )
                for id_ in draft.evidence:
                    draft_of.setdefault(id_, sentence)
        out: dict[str, Sentence] = {}
        for item in ordered.items:
            sentence = draft_of.get(item.id) or _verbatim(item)
            if all(id_ in checked.retracted for id_ in sentence.citations):
                ledger.tell("retracted", f"left out, since nothing else supports it: {_withdrawn(item, checked)}")
                continue
            out.setdefault(sentence.text, sentence)
        shown = list(out.values())[: self.settings.limit]
        if len(out) > len(shown):
            more = f"{len(out) - len(shown)} more sentence" + "s" * (len(out) - len(shown) > 1)
            ledger.tell("limit", f"{more} found but not shown: raise the limit (--limit)")
        return shown

    def _consulted(self, o: Outcome) -> Consulted:
        return Consulted(
            task=o.task.name,
            plugin=self.host.owner(o.task.name),
            status=o.result.status,
            searched=o.result.searched,
            message=o.result.message,
            evidence=len(o.result.evidence),
            seconds=round(o.seconds, 4),
        )

    def _service_names(self, model: LanguageModel | None) -> dict[str, str]:
        names = dict(getattr(self.services, "names", {}) or {})
        if model:
            names["llm"] = model.name
        return names


def _withdrawn(item: Evidence, checked: verify.Verified) -> str:
    """Which publication is meant, so that a reader who relies on it learns that it was withdrawn."""
    of = item.source
    name = ", ".join(filter(None, (of.title, *of.references[:1])))
    return f"{name} ({checked.retracted[item.id]})"


def _verbatim(item: Evidence) -> Sentence:
    return Sentence(text=item.quote, citations=(item.id,), support=Support(verdict="verbatim", checks=("quote",)))


def engine_version() -> str:
    try:
        return version("bedside")
    except PackageNotFoundError:
        return "unknown"
