"""Where results may be written: never over what is read, and never in the place of a link, a device or a folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bedside.core.errors import UsageError

_EXAMPLE = {"--html": "OUT.html", "--out": "OUT.jsonl"}


def check_target(option: str, target: Path, inputs: Iterable[Path]) -> None:
    """Raises `UsageError` when `target` is one of the `inputs`, under whatever name, or no regular file."""
    if target.is_symlink() or (target.exists() and not target.is_file()):
        raise UsageError(f"{option} {target} is no regular file", hint=f"name a file: {option} {_EXAMPLE[option]}")
    if any(_same(target, one) for one in inputs):
        raise UsageError(f"{option} {target} is one of the files that are read", hint="write the result elsewhere")


def _same(target: Path, one: Path) -> bool:
    try:
        return target.samefile(one)
    except OSError:  # one of the two does not exist
        return target.resolve() == one.resolve()
