"""Ten plugins that all use the language model hold one copy of it: RSS of both processes against one plugin's."""

import subprocess
import sys

from _measure import report

CODE = """
import sys, psutil
from bedside.core import Engine, PluginHost, Task, TaskResult, hookimpl
from bedside.core.testing import TestServices
from bedside.knowledge.llm.client import LlamaProcess
from bedside.knowledge.llm.starter import starter_model

def run(request, services):
    services.llm.complete([{"role": "user", "content": "Say yes."}], max_tokens=8)
    return TaskResult.none("the model")

class Plugin:
    def __init__(self, n):
        self.n = n
    @hookimpl
    def bedside_tasks(self):
        return [Task(name=f"p{self.n}.llm", description="uses the model", run=run, always=True, timeout_s=120)]

host = PluginHost()
for n in range(int(sys.argv[1])):
    host.register(Plugin(n), f"p{n}")
model = LlamaProcess(starter_model(), timeout=120)
engine = Engine(host, TestServices(llm=model))
answer = engine.ask("use the model")
assert [c.status for c in answer.consulted] == ["none"] * len(host.tasks), answer.consulted
me = psutil.Process()
print(sum(p.memory_info().rss for p in [me, *me.children(recursive=True)]))
model.close()
"""


def rss_mib(plugins: int) -> float:
    done = subprocess.run([sys.executable, "-c", CODE, str(plugins)], check=True, capture_output=True, text=True)
    return int(done.stdout.split()[-1]) / 2**20


one = [rss_mib(1) for _ in range(3)]
ten = [rss_mib(10) for _ in range(3)]
report(
    "memory of ten plugins",
    {
        "one_plugin_mib": round(sorted(one)[1], 1),
        "ten_plugins_mib": round(sorted(ten)[1], 1),
        "ratio": round(sorted(ten)[1] / sorted(one)[1], 4),
    },
    {
        "runs": 3,
        "model": "SmolLM2-135M-Instruct Q4_1",
        "counted": "RSS of the engine and its child processes",
    },
    {"ratio": "<= 1.05"},
)
