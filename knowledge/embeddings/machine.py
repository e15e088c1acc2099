"""What was timed on this machine, kept in a small JSON file.

The file holds one entry for each combination of processor, cores, torch and model, so a data folder that several machines
share serves each of them. A file that is absent, broken or foreign is as good as none, and one that can't be written costs
a new timing in the next process: nothing here raises.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import threading
from pathlib import Path

from pydantic import ValidationError

from .tuning import Choice

SCHEMA = 1
_MOST = 16
"""Entries kept; the oldest goes first."""
_LARGEST = 1 << 16
"""Bytes of a file that is read."""


def machine_key(fingerprint: str, torch_version: str, cores: int) -> str:
    """16 digits that change with whatever the timing depends on: processor model and flags, cores, torch, the model."""
    about = [*_processor(), str(cores), torch_version, fingerprint]
    return hashlib.sha256("\n".join(about).encode()).hexdigest()[:16]


def read_choice(path: Path | None, key: str) -> Choice | None:
    """What was kept under `key`; None where there is nothing that can be used."""
    found = _entries(path).get(key)
    try:
        return Choice.model_validate(found) if found is not None else None
    except ValidationError:
        return None


def keep_choice(path: Path | None, key: str, choice: Choice) -> None:
    """Beside what other machines keep there. Written aside and moved, so that a reader never sees half a file."""
    if path is None:
        return
    entries = {name: entry for name, entry in _entries(path).items() if name != key}
    entries[key] = choice.model_dump()
    while len(entries) > _MOST:
        entries.pop(next(iter(entries)))
    aside = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside.write_text(json.dumps({"schema": SCHEMA, "embedding": entries}, indent=1), encoding="utf-8")
        aside.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)


def _entries(path: Path | None) -> dict[str, object]:
    if path is None:
        return {}
    try:
        with path.open("rb") as file:
            data = json.loads(file.read(_LARGEST))
        known = data["embedding"] if data["schema"] == SCHEMA else {}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
    return dict(known) if isinstance(known, dict) else {}


def _processor() -> list[str]:
    """Model and flags of the first processor: `/proc/cpuinfo` on Linux, what `platform` knows elsewhere."""
    wanted = {"vendor_id", "cpu family", "model", "model name", "flags", "Features", "CPU implementer", "CPU part"}
    try:
        first = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").split("\n\n")[0]
    except OSError:
        return [platform.machine(), platform.processor()]
    lines = (line.partition(":") for line in first.splitlines())
    return [f"{name.strip()}={value.strip()}" for name, _, value in lines if name.strip() in wanted]
