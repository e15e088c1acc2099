"""The steps of `check_plugin` over a host: loading, tasks over empty stores, sources, tasks over its own sources."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from ..engine import Engine, EngineSettings
from ..engine.consult import Outcome, consult_all
from ..engine.guard import Guard
from ..errors import BedsideError
from ..host import KnowledgeSource, PluginHost
from ..task import Task
from ..types import Facts, GraphEdge, GraphNode, Passage, Question, Record, SourceInfo, Term
from .doubles import TestServices

if TYPE_CHECKING:
    from .report import PluginReport

PATIENCE_S = 10.0
"""A task has so long here, over stores in memory."""
MAX_RECORDS = 2_000
MAX_READ_S = 20.0
"""Of a source the first records are read, for so long."""
RUNS = 4


class Steps:
    """`say` hears what is being done, before it is done."""

    def __init__(
        self, name: str, host: PluginHost, pulled: Mapping[str, Path], say: Callable[[str], None] = lambda doing: None
    ) -> None:
        self._name, self._host, self._pulled, self._say = name, host, pulled, say
        self._checked: list[str] = []
        self._problems: list[str] = []
        self._remarks: list[str] = []

    def report(self) -> PluginReport:
        """Take every step."""
        from .report import PluginReport

        self._problems += [f"{i.name}: {i.reason}" for i in self._host.failed]
        if not self._problems:
            self._checked.append("it loads, its hooks are spelt right and return the right types")
        for task in self._host.tasks.values():
            self._task(task)
        for service in self._host.cds_services.values():
            self._checked.append(f"the CDS service {service.id} answers {service.hook} with {service.task}")
        services = TestServices()
        for source in self._host.sources.values():
            self._source(source, services)
        if self._host.sources:
            self._found(services)
        return PluginReport(self._name, tuple(self._checked), tuple(self._problems), tuple(self._remarks))

    def _task(self, task: Task) -> None:
        before = len(self._problems)
        if not task.description.strip():
            self._problems.append(f"{task.name} has no description")
        if task.needs == (("text",),) and not task.always and not task.examples:
            self._problems.append(f"{task.name} needs only text but has no example questions, so it is never consulted")
        for text in ("", *task.examples):
            outcome = self._run(task, text)
            if outcome.fault:
                self._problems.append(f"{task.name} {outcome.result.message}")
                break
            if outcome.result.status == "found":
                self._problems.append(f"{task.name} found evidence in empty stores")
                break
            self._remarks += [f"{task.name} {remark}" for remark in outcome.remarks]
        if len(self._problems) == before:
            self._checked.append(f"{task.name} answers in time with a TaskResult")
            self._leaks(task)

    def _run(self, task: Task, text: str, services: Any = None) -> Outcome:
        self._say(f"running {task.name}" + (f" for {text!r}" if text else ""))
        question = Question(text=text or "a question about nothing in particular")
        services = services or TestServices()
        guard = Guard(services, self._host.owner, self._host.supplier)
        [outcome] = consult_all([task], question, Facts(), services, timeout_s=min(task.timeout_s, PATIENCE_S), guard=guard)
        return outcome

    def _leaks(self, task: Task) -> None:
        """What grows with every run is never given back."""
        open_before, threads_before = _open_files(), threading.active_count()
        for _ in range(RUNS):
            self._run(task, next(iter(task.examples), ""))
        for more, what in (
            (_open_files() - open_before, "files or sockets open"),
            (threading.active_count() - threads_before, "threads running"),
        ):
            if more >= RUNS:
                self._remarks.append(f"{task.name} leaves {what}: {more} more after {RUNS} runs")

    def _source(self, source: KnowledgeSource, services: TestServices) -> None:
        self._say(f"reading the source {source.id}")
        try:
            version = source.version()
            if source.packaged:
                ready = source
            elif source.read is not None and source.id in self._pulled:
                ready = source.bound(self._pulled[source.id], version)
            else:
                why = "it is not pulled" if source.read is not None else "it is only pulled, for others to use"
                self._remarks.append(f"the source {source.id} was not read: {why}")
                return
            number = _fill(ready, version, services)
        except (BedsideError, ValidationError, ValueError) as error:
            self._problems.append(str(error))
        else:
            if number:
                self._checked.append(f"the source {source.id}, version {version}: {number:,} records read")
            else:
                self._problems.append(f"the source {source.id} has no records")

    def _found(self, services: TestServices) -> None:
        """Its own questions, asked of the whole engine over its own sources."""
        engine = Engine(self._host, services, EngineSettings(ordering="off", task_timeout_s=PATIENCE_S))
        found: dict[str, str] = {}
        for task in self._host.tasks.values():
            for text in task.examples:
                self._say(f"asking {text!r} over its own sources")
                answer = engine.ask(text)
                for one in answer.consulted:
                    if one.status == "found":
                        found.setdefault(one.task, text)
                dropped = [w.text for w in answer.warnings if w.code == "dropped"]
                self._problems += [f"asked {text!r}: {wrong}" for wrong in dropped]
        for task in self._host.tasks.values():
            if task.name in found:
                self._checked.append(f"{task.name} found evidence in its own sources, for {found[task.name]!r}")
            elif task.examples:
                self._remarks.append(f"{task.name} found nothing in its own sources for its examples")


def _fill(source: KnowledgeSource, version: str, services: TestServices) -> int:
    """Put the first records into the doubles; their number."""
    records: list[Record] = []
    until = time.monotonic() + MAX_READ_S
    for record in islice(source.records(), MAX_RECORDS):
        records.append(record)
        if time.monotonic() > until:
            break
    passages = [r for r in records if isinstance(r, Passage)]
    services.vectors.put(passages, services.embedder.embed([p.text for p in passages]))
    nodes = [r for r in records if isinstance(r, GraphNode)]
    services.graph.put(nodes, [r for r in records if isinstance(r, GraphEdge)])
    services.terms.put(r for r in records if isinstance(r, Term))
    services.sources.put(SourceInfo(id=source.id, title=source.title, version=version, licence=source.licence))
    return len(records)


def _open_files() -> int:
    try:
        return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 (numbers are all that is wanted)
    except OSError:
        return 0
