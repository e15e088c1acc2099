"""How the way of embedding is chosen: the rules with a clock of our own, what is kept, the real thing on this machine."""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy
import pytest
from bedside.knowledge.embeddings import SentenceTransformerEmbedder, machine
from bedside.knowledge.embeddings.machine import keep_choice, machine_key, read_choice
from bedside.knowledge.embeddings.parallel import next_batch
from bedside.knowledge.embeddings.tuning import BATCHES, BatchTrial, Choice, best_workers, half_is_better, quickest

CHOICE = Choice(half=True, workers=2, batch_tokens=1024, batch_timed=True, cosine=0.9999)


class Clock:
    """Time passes only by what the runs are said to take."""

    def __init__(self) -> None:
        self.now = 0.0
        self.runs: list[str] = []

    def __call__(self) -> float:
        return self.now

    def run(self, name: str, *seconds: float, rows: object = None) -> Callable[[], object]:
        left = list(seconds)

        def work() -> object:
            self.runs.append(name)
            self.now += left.pop(0) if len(left) > 1 else left[0]
            return rows

        return work


ROWS = numpy.eye(3, 8, dtype=numpy.float32)


def tilted(by: float) -> numpy.ndarray:
    """`ROWS` turned, so that the cosine to them is 1 / sqrt(1 + by²)."""
    rows = ROWS.copy()
    rows[:, 7] = by
    return rows


@pytest.mark.parametrize(
    ("single", "half", "better"),
    [
        ([0.02], [0.01], True),
        ([0.01], [0.02], False),
        ([0.02], [0.019], False),  # within what noise does
        ([0.02], [0.3, 0.01, 0.01], True),  # a neighbour woke up in the warm-up
        ([0.02, 0.02, 0.02], [0.01, 0.015, 0.01], True),  # ... and in a round
        ([0.02, 0.02, 0.2], [0.01, 0.01, 0.1], True),
    ],
)
def test_precision_by_the_quickest_of_several_rounds(single, half, better):
    clock = Clock()
    found = half_is_better(clock.run("s", *single, rows=ROWS), clock.run("h", *half, rows=ROWS), clock)
    assert found == (better, pytest.approx(1.0))


@pytest.mark.parametrize(("by", "better"), [(0.03, True), (0.06, False), (float("nan"), False)])
def test_half_precision_must_keep_the_vectors(by, better):
    clock = Clock()
    found, cosine = half_is_better(clock.run("s", 1.0, rows=ROWS), clock.run("h", 0.1, rows=tilted(by)), clock)
    assert found is better
    assert cosine == pytest.approx(-1.0 if by != by else (1 + by * by) ** -0.5, abs=1e-4)


def test_the_timing_is_short():
    clock = Clock()
    quickest({"a": clock.run("a", 0.001), "b": clock.run("b", 0.0015)}, clock)
    assert 0.05 <= clock.now < 0.06
    slow = Clock()
    quickest({"a": slow.run("a", 1.0), "b": slow.run("b", 1.5)}, slow)
    assert slow.runs == ["a", "b"] * 2  # the fewest rounds that tell noise from a difference
    plain = Clock()
    quickest({"a": plain.run("a", 1.0), "b": plain.run("b", 9.0)}, plain)
    assert plain.runs == ["a", "b"]


@pytest.mark.parametrize(
    ("seconds", "workers"),
    [({4: 1.0, 8: 1.2}, 8), ({4: 1.0, 8: 2.0}, 8), ({4: 1.0, 8: 2.1}, 8), ({4: 1.0, 8: 3.0}, 4), ({2: 0.5}, 2)],
)
def test_more_workers_unless_fewer_do_clearly_more(seconds, workers):
    assert best_workers(seconds) == workers


def test_the_batch_size_is_timed_on_the_real_work():
    per_token = {2048: 1.0, 1024: 0.8, 4096: 1.1}
    trial = BatchTrial()
    while (size := trial.next_size()) is not None:
        assert trial.chosen is None or size in BATCHES
        trial.record(size, size, per_token[size] * size)
    assert trial.chosen == 1024


def test_the_default_batch_stands_within_noise_and_until_all_were_full():
    even = BatchTrial()
    for size in BATCHES:
        even.record(size, size, size * (0.98 if size == 1024 else 1.0))
    assert even.chosen == BATCHES[0]
    short = BatchTrial()
    for size in BATCHES:
        short.record(size, 100, 0.001)  # a batch of a few short texts
    assert short.chosen is None


def test_batches_hold_what_fits_and_always_one():
    lengths = [300, 100, 100, 90, 5]
    assert next_batch([0, 1, 2, 3, 4], lengths, 64, 256) == [0]
    assert next_batch([1, 2, 3, 4], lengths, 64, 256) == [1, 2]
    assert next_batch([1, 2, 3, 4], lengths, 2, 4096) == [1, 2]


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_kept_for_each_machine_and_model(tmp_path: Path):
    path = tmp_path / "new" / "machine.json"
    keep_choice(path, "one", CHOICE)
    keep_choice(path, "two", Choice(workers=1))
    assert read_choice(path, "one") == CHOICE
    assert read_choice(path, "two") == Choice(workers=1)
    assert read_choice(path, "three") is None
    assert list(path.parent.iterdir()) == [path]
    for number in range(40):
        keep_choice(path, f"n{number}", CHOICE)
    assert len(json.loads(path.read_text())["embedding"]) == 16
    assert read_choice(path, "n39") == CHOICE


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'{"schema": 2, "embedding": {"one": {"workers": 2}}}',
        b'{"schema": 1, "embedding": []}',
        b'{"schema": 1, "embedding": {"one": 3}}',
        b'{"schema": 1, "embedding": {"one": {"workers": 0}}}',
        b'{"schema": 1, "embedding": {"one": {"workers": 2, "batch_tokens": 1e9}}}',
        b'{"schema": 1, "embedding": {"one": {"workers": 2, "cosine": NaN}}}',
        b'{"schema": 1, "embedding": {"one": {"workers": 2, "run": "rm"}}}',
        b"[" * 100_000,
    ],
)
def test_a_broken_or_foreign_file_is_timed_anew(tmp_path: Path, content: bytes):
    path = tmp_path / "machine.json"
    path.write_bytes(content)
    assert read_choice(path, "one") is None
    keep_choice(path, "one", CHOICE)
    assert read_choice(path, "one") == CHOICE


def test_a_folder_that_cannot_be_written_is_not_in_the_way(tmp_path: Path):
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "file" / "machine.json", Path("/proc/nothing/machine.json"), tmp_path, None):
        keep_choice(path, "one", CHOICE)
        assert read_choice(path, "one") is None
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file"]


def test_the_key_changes_with_what_the_timing_depends_on(monkeypatch):
    one = machine_key("model:1", "2.6", 2)
    assert one == machine_key("model:1", "2.6", 2)
    others = {machine_key("model:2", "2.6", 2), machine_key("model:1", "2.7", 2), machine_key("model:1", "2.6", 4)}
    monkeypatch.setattr(machine, "_processor", lambda: ["another"])
    assert len({one, *others, machine_key("model:1", "2.6", 2)}) == 5


# --- the real model ---------------------------------------------------------------------------------------------------

TEXTS = [f"Abnormality {n} of the heart, the vessels and {'the aorta, ' * (n % 7)} seen in childhood." for n in range(96)]


def test_what_was_kept_is_used(tmp_path: Path):
    path = tmp_path / "machine.json"
    first = SentenceTransformerEmbedder(device="cpu", kept=path)
    chosen = first.choice
    assert chosen is not None and chosen.workers >= 1
    [key] = json.loads(path.read_text())["embedding"]
    keep_choice(path, key, Choice(workers=1, batch_tokens=512, batch_timed=True))
    again = SentenceTransformerEmbedder(device="cpu", kept=path)
    assert again.choice == Choice(workers=1, batch_tokens=512, batch_timed=True) and not again.half
    assert float((first.embed(TEXTS) * again.embed(TEXTS)).sum(axis=1).min()) > 0.999
    exact = SentenceTransformerEmbedder(device="cpu", kept=path, exact=True)
    assert not exact.half
    assert list(json.loads(path.read_text())["embedding"]) == [key]
    for one in (first, again, exact):
        one.close()


def test_each_worker_keeps_to_one_core():
    """Torch takes the process's number over when a thread first computes; two workers then shared all cores and waited."""
    import torch

    one = SentenceTransformerEmbedder(device="cpu")
    one.embed(TEXTS)
    assert one._workers is not None
    numbers: list[int] = []
    one._workers.together(lambda: numbers.append(torch.get_num_threads()))
    assert numbers == [1] * one.choice.workers
    one.close()


def test_what_is_chosen_here_is_not_slower_than_single_precision():
    """By the processor time of the whole process, so that what else the machine does hardly matters."""
    chosen, exact = SentenceTransformerEmbedder(device="cpu"), SentenceTransformerEmbedder(device="cpu", exact=True)
    ratios = []
    for turn in range(4):
        spent = []
        for one in (chosen, exact):
            began = time.process_time()
            one.embed(TEXTS)
            spent.append(time.process_time() - began)
        if turn:  # the first makes the workers
            ratios.append(spent[0] / spent[1])
    assert statistics.median(ratios) < (0.9 if chosen.half else 1.25), (ratios, chosen.choice, os.getloadavg())
    chosen.close()
    exact.close()
