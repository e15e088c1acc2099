"""All files of a pull together: the newest line of each key, whichever file has it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bedside.core.errors import SourceError

from ..readers.archive_members import items
from .merge import merged
from .read import lines_of
from .records import ID, records

if TYPE_CHECKING:
    from bedside.core.types import Record

    from ..readers.read_session import Run
    from .line import Line

GUIDANCE = "prescribing_guidance.json"
DATED_BY = "CYP2C19_phenotype.json"
"""A table of the same release as `GUIDANCE`, which bears no date itself."""
_IN_NAME = re.compile(r"\.(\d{4}(?:-\d\d){0,2})\.json")


def read(folder: Path, run: Run) -> Iterator[Record]:
    """Raises `SourceError` where no file holds a line."""
    lines = list(merged(_lines(folder, run)))
    if not lines:
        raise SourceError(f"{folder} holds no prescribing guidance", hint=f"bedside knowledge pull {ID}")
    yield from records(lines)


def release(folder: Path) -> str:
    """The date of the newest data."""
    from ..readers.read_session import Run

    newest = max((line.date for line in _lines(folder, Run(ID))), default="")
    return f"data of {newest}" if newest else ""


def _lines(folder: Path, run: Run) -> Iterator[Line]:
    released = _dated(folder)
    for path in sorted(folder.iterdir()):
        if not path.is_file() or path.name == DATED_BY or not path.name.endswith((".json", ".tar.xz")):
            continue
        for item in items(path, run.skip):
            if item.suffix == ".json":
                named = _IN_NAME.search(item.name)
                with item.open() as stream:
                    yield from lines_of(item, stream, run, released=named[1] if named else released)


def _dated(folder: Path) -> str:
    try:
        return str(json.loads((folder / DATED_BY).read_text(encoding="utf-8"))["version"])[:10]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
