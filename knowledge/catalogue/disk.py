"""Writing downloaded files: a full disk is reported in words, and no file is ever half replaced."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bedside.core.errors import SourceError
from bedside.core.toolkit import atomic_files

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_CHUNK = 2**20


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turns an error of the disk into SourceError; what was written so far stays."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise SourceError(
                f"no space left on the disk for {path}; what was downloaded so far is kept",
                hint="free some space, then run the same command again: it resumes",
            ) from error
        raise SourceError(f"{path} can't be written: {error.strerror or type(error).__name__}") from error


def check_room(folder: Path, need: int) -> None:
    """SourceError when `need` bytes can't fit, before the first of them is fetched."""
    free = shutil.disk_usage(folder).free
    if need > free:
        raise SourceError(
            f"{folder} has {free / 2**20:,.0f} MiB free, but {need / 2**20:,.0f} MiB are still to be fetched",
            hint="free some space, or choose fewer files with --files",
        )


def put_in_place(part: Path, path: Path) -> None:
    """`part` becomes `path` in one step that survives a power cut. Raises `SourceError`."""
    with writing(path):
        atomic_files.put_in_place(part, path)


def write_json(path: Path, data: Any) -> None:
    """The file is the old one or the new one, never a part of either."""
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_files.write_whole(path, json.dumps(data, ensure_ascii=False, indent=1), sync=True)


def digest(path: Path, name: str = "sha256", moved: Callable[[int], None] = lambda n: None) -> str:
    """The hex digest of a file; `moved` is called with each piece's size."""
    found = hashlib.new(name, usedforsecurity=False)
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            found.update(piece)
            moved(len(piece))
    return found.hexdigest()
