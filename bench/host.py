"""Engine overhead per question with 50 plugins of one no-op task each."""

from statistics import median
from time import perf_counter

from _measure import report
from bedside.core import Engine, PluginHost, Task, TaskResult, hookimpl
from bedside.core.engine import EngineSettings
from bedside.core.testing import TestServices

PLUGINS, QUESTIONS = 50, 200


class Plugin:
    def __init__(self, name: str) -> None:
        self._task = Task(
            name=f"{name}.noop", description="does nothing", run=lambda r, s: TaskResult.none("nothing"), always=True
        )

    @hookimpl
    def bedside_tasks(self) -> list[Task]:
        return [self._task]


host = PluginHost()
for number in range(PLUGINS):
    host.register(Plugin(f"p{number}"), f"p{number}")
engine = Engine(host, TestServices(), EngineSettings(ordering="off"))
engine.ask("warm up")
times = []
for _ in range(QUESTIONS):
    started = perf_counter()
    engine.ask("a question about nothing")
    times.append((perf_counter() - started) * 1000)
report(
    "engine overhead",
    {
        "ms_per_question_median": round(median(times), 3),
        "ms_per_question_p95": round(sorted(times)[int(0.95 * QUESTIONS)], 3),
    },
    {"plugins": PLUGINS, "questions": QUESTIONS, "services": "in-memory doubles, no model"},
    {"ms_per_question_median": "<= 5"},
)
