"""How many threads llama.cpp begins with here; `pace` changes that as it goes."""

from __future__ import annotations

import os
from pathlib import Path

SMALL_MODEL = 1_000_000_000
"""Bytes of weights from which on every core helps while generating."""


def usable_cores() -> int:
    """Physical cores that this process may run on: hyper-threads share the units that matrix products keep busy.

    Source: `/sys/devices/system/cpu/cpu*/topology/thread_siblings_list`, within the scheduler's affinity mask and the
    control group's quota (`cpu.max`). Elsewhere than Linux: the number of logical processors.
    """
    if not hasattr(os, "sched_getaffinity"):
        return os.cpu_count() or 1
    cores = set()
    for cpu in os.sched_getaffinity(0):
        siblings = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
        try:
            cores.add(siblings.read_text().strip())
        except OSError:
            cores.add(str(cpu))
    return max(1, min(len(cores), _quota() or len(cores)))


def usable_processors() -> int:
    """Logical processors that this process may run on, hyper-threads counted, within the control group's quota."""
    mine = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(mine, _quota() or mine))


def generation_threads(cores: int, model_bytes: int) -> int:
    """Threads for one token after the other. A small model's steps are so short that threads mostly wait for each other:
    the starter model made 49 tokens/s with 1 sleeping thread and 42 with 2. Prompts begin with every core."""
    return cores if model_bytes >= SMALL_MODEL else max(1, cores // 2)


def _quota() -> int | None:
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        return None if quota == "max" else max(1, int(quota) // int(period))
    except (OSError, ValueError):
        return None
