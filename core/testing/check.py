"""`check_plugin`: does a plugin keep the contract? Loads it alone and consults each task with nothing to find."""

from __future__ import annotations

from dataclasses import dataclass

from ..engine.consult import consult_all
from ..errors import BedsideError
from ..host import PluginHost, installed
from ..types import Facts, Question
from .doubles import TestServices

PATIENCE_S = 10.0


@dataclass(frozen=True)
class PluginReport:
    """`checked` says what passed, `problems` what did not; `ok` when there is no problem."""

    plugin: str
    checked: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.problems


def check_plugin(name: str, host: PluginHost | None = None) -> PluginReport:
    """Check an installed plugin by its entry-point name, or the plugins of a `host` you registered it with.

    Each task is run over empty in-memory services, once without and once with its example questions: it may say `none` or
    `failed`, but must return a `TaskResult` in time and bring no evidence out of nowhere.
    """
    problems: list[str] = []
    checked: list[str] = []
    if host is None:
        try:
            others = [c.name for c in installed() if c.name != name]
            host = PluginHost.load(deny=others)
        except BedsideError as error:
            return PluginReport(name, problems=(str(error),))
    problems += [f"{i.name}: {i.reason}" for i in host.failed]
    if not problems:
        checked.append("it loads, its hooks are spelt right and return the right types")
    for task in host.tasks.values():
        before = len(problems)
        if not task.description.strip():
            problems.append(f"{task.name} has no description")
        if task.needs == (("text",),) and not task.always and not task.examples:
            problems.append(f"{task.name} needs only text but has no example questions, so it is never consulted")
        for text in ("", *task.examples):
            question = Question(text=text or "a question about nothing in particular")
            services = TestServices()
            [outcome] = consult_all([task], question, Facts(), services, timeout_s=min(task.timeout_s, PATIENCE_S))
            message = outcome.result.message
            if "fault of the plugin" in message or "gave no answer" in message:
                problems.append(f"{task.name} {message}")
                break
            if outcome.result.status == "found":
                problems.append(f"{task.name} found evidence in empty stores")
                break
        if len(problems) == before:
            checked.append(f"{task.name} answers in time with a TaskResult")
    return PluginReport(name, tuple(checked), tuple(problems))
