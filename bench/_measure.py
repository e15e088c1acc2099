"""What the benchmarks share: whole processes timed in turn, medians, ratios pair by pair."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from statistics import median
from typing import Any

QUIET = {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1", "TOKENIZERS_PARALLELISM": "false"}


def wall(command: list[str], **env: str) -> float:
    """Seconds from process start to its end; raises when it fails."""
    started = time.perf_counter()
    subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **QUIET, **env}
    )
    return time.perf_counter() - started


def paired(ours: list[str], reference: list[str], runs: int, warmups: int = 1, **env: str) -> dict[str, float]:
    """Both commands in turn; medians and the median of the ratios pair by pair (a shared machine drifts)."""
    for _ in range(warmups):
        wall(ours, **env), wall(reference, **env)
    pairs = [(wall(ours, **env), wall(reference, **env)) for _ in range(runs)]
    return {
        "ours_s": round(median(a for a, _ in pairs), 4),
        "reference_s": round(median(b for _, b in pairs), 4),
        "ratio": round(median(a / b for a, b in pairs), 3),
    }


def report(name: str, figures: dict[str, Any], conditions: dict[str, Any], goals: dict[str, str] | None = None) -> None:
    print(json.dumps({"name": name, "figures": figures, "goals": goals or {}, "conditions": conditions}))


def note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def python() -> str:
    return sys.executable


def bedside() -> list[str]:
    return [sys.executable, "-m", "bedside.integrations.cli.main"]


def home() -> str:
    """A data folder with the starter knowledge: BEDSIDE_HOME or the default one, loaded when it is empty."""
    from bedside.core.config import load_config
    from bedside.integrations.app import ensure_starter

    config = load_config()
    ensure_starter(config, lambda *_: None)
    return str(config.home)
