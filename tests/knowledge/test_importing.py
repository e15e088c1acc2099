"""Imports of two threads that have numpy in common, each time in a fresh process: a half of numpy stays a half for good."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

TASK = """
import sys, threading, time
sys.setswitchinterval(1e-5)  # as if the machine were busy: threads take turns within an import
from bedside.core.config import load_config
from bedside.knowledge.home import Home
from bedside.knowledge.services import LocalServices
from pathlib import Path
home = Home.open(Path(sys.argv[1]), "write")
services = LocalServices(load_config(home.path, env={}), home)
services.begin()
services.warm()
failed = []

def task():  # what a plugin does in a worker thread of the engine
    while "chromadb" not in sys.modules:  # the moment at which the two met
        time.sleep(0.001)
    try:
        import numpy
        from numpy.typing import NDArray
        from scipy.sparse import csr_matrix
        assert csr_matrix(numpy.eye(2)).sum() == 2
        assert numpy.linalg.norm(numpy.random.default_rng(0).random(3)) > 0
    except BaseException as error:
        failed.append(f"{type(error).__name__}: {error}")

threads = [threading.Thread(target=task) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(failed, services.vectors.count("nothing"), services.embedder.embed(["a"]).shape)
services.close()
"""


@pytest.mark.slow
@pytest.mark.parametrize("turn", range(3))
def test_a_task_and_the_warming_thread_import_numpy_at_once(tmp_path: Path, turn: int) -> None:
    command = [sys.executable, "-c", TASK, str(tmp_path / "home")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500)
    assert (done.returncode, done.stdout.strip()) == (0, "[] 0 (1, 384)"), done.stderr[-3000:]


@pytest.mark.slow
def test_ask_over_and_over_without_a_model(small_home: Path) -> None:
    """Findings send the ranking task, which computes with numpy and scipy, beside the passages' search."""
    question = "tall stature, arachnodactyly, ectopia lentis, aortic root aneurysm"
    command = [sys.executable, "-X", "faulthandler", "-m", "bedside.integrations.cli.main", "ask", question, "--no-llm"]
    for _ in range(4):
        done = subprocess.run(
            [*command, "--json", "--home", str(small_home)], capture_output=True, text=True, timeout=500, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        answer = json.loads(done.stdout)
        assert answer["status"] == "answered", answer["warnings"]
        assert answer["sentences"][0]["text"].startswith("Marfan syndrome")
