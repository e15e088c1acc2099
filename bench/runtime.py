"""A serving process: the first event, twenty threads against one, two processes against one, memory of an open session.

python bench/runtime.py            all of it
python bench/runtime.py SECONDS    (for itself) answers asked for so long in one process and one thread
"""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
from pathlib import Path
from statistics import median
from time import monotonic, perf_counter, sleep

import psutil
from _measure import home, report
from bedside.core.config import load_config
from bedside.integrations.runtime import Runtime

QUESTIONS = (
    "Can a CYP2D6 ultrarapid metabolizer take codeine?",
    "clopidogrel for a CYP2C19 poor metabolizer after PCI",
    "tall stature, arachnodactyly, ectopia lentis, aortic root aneurysm",
    "What is arachnodactyly?",
)
THREADS, SECONDS, SESSIONS, ROUNDS = 20, 8.0, 200, 3


def runtime() -> Runtime:
    made = Runtime(load_config(home(), overrides={"llm": {"enabled": False}}))
    for text in QUESTIONS:
        made.session().ask(text)
    return made


def asked_for(made: Runtime, seconds: float, threads: int) -> list[list[float]]:
    """Seconds of each question, by thread."""
    times: list[list[float]] = [[] for _ in range(threads)]
    until = monotonic() + seconds

    def ask(mine: list[float]) -> None:
        session = made.session()
        while monotonic() < until:
            started = perf_counter()
            session.ask(QUESTIONS[len(mine) % len(QUESTIONS)])
            mine.append(perf_counter() - started)

    running = [threading.Thread(target=ask, args=(mine,)) for mine in times]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return times


def first_event(made: Runtime) -> float:
    """Milliseconds from the call to the first event."""
    took = []
    for text in QUESTIONS * 10:
        started = perf_counter()
        steps = made.session().run(text)
        next(steps)
        took.append((perf_counter() - started) * 1000)
        steps.close()
    return median(took)


def children(number: int) -> float:
    """Questions a second of so many processes together, each with one thread."""
    command = [sys.executable, str(Path(__file__).resolve()), str(SECONDS)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) for _ in range(number)]
    for one in running:
        assert one.stdout and one.stdout.readline() == "ready\n"
    for one in running:
        assert one.stdin
        one.stdin.write("go\n")
        one.stdin.flush()
    return sum(int(one.communicate()[0]) for one in running) / SECONDS


def child(seconds: float) -> None:
    import torch

    torch.set_num_threads(1)  # else each takes both cores for an embedding
    with runtime() as made:
        print("ready", flush=True)
        sys.stdin.readline()
        print(len(asked_for(made, seconds, 1)[0]), flush=True)


def main() -> None:
    figures: dict[str, float] = {}
    with runtime() as made:
        figures["first_event_ms"] = round(first_event(made), 2)
        ratios, spread, shares, single_ms = [], [], [], []
        for _ in range(ROUNDS):
            [single] = asked_for(made, SECONDS, 1)
            many = asked_for(made, SECONDS, THREADS)
            every = sorted(t for mine in many for t in mine)
            single_ms.append(median(single) * 1000)
            ratios.append(len(every) / len(single))
            spread.append(every[int(0.95 * len(every))] / median(single))
            shares.append(min(map(len, many)) / (len(every) / THREADS))
        figures["single_median_ms"] = round(median(single_ms), 2)
        figures["threads_throughput"] = round(median(ratios), 2)
        figures["threads_p95_by_single_median"] = round(median(spread), 1)
        figures["least_share_of_a_thread"] = round(median(shares), 2)
        gc.collect()
        before = psutil.Process().memory_info().rss
        sessions = [made.session(f"tenant {number}") for number in range(SESSIONS)]
        for number, session in enumerate(sessions):
            session.ask(QUESTIONS[number % len(QUESTIONS)])
        gc.collect()
        sleep(0.5)
        figures["mb_per_session"] = round((psutil.Process().memory_info().rss - before) / SESSIONS / 1e6, 3)
    pairs = [(children(2), children(1)) for _ in range(ROUNDS)]
    figures["two_processes"] = round(median(two / one for two, one in pairs), 2)
    report(
        "a serving process",
        figures,
        {
            "threads": THREADS,
            "seconds": SECONDS,
            "rounds": ROUNDS,
            "sessions": SESSIONS,
            "model": "off",
            "processes": "one thread each, torch with one thread",
        },
        {
            "first_event_ms": "<= 20",
            "threads_throughput": ">= 1.0",
            "threads_p95_by_single_median": "<= 25",
            "least_share_of_a_thread": ">= 0.5",
            "mb_per_session": "<= 2",
            "two_processes": ">= 1.6",
        },
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        child(float(sys.argv[1]))
    else:
        main()
