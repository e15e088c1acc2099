"""Copies of a generation's files: whole ones for the next load, and thin ones for readers of a read-only folder."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

WORDS = "words"
_REPLACED = frozenset({"meta.json", ".managed.json"})
"""Of a tantivy index everything else is written once and never changed; these two are replaced whole."""
_WRITTEN_BY_READERS = frozenset({"chroma.sqlite3", *_REPLACED})
"""What Chroma and tantivy open for writing although they only read."""


def copy_stores(source: Path, target: Path) -> None:
    """All stores of a generation but its locks. The segments of the word index are shared, since they never change."""
    for path in _files(source):
        to = target / path.relative_to(source)
        to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if path.parent.name == WORDS and path.name not in _REPLACED:
            try:
                os.link(path, to)
                continue
            except OSError:
                pass  # a file system without hard links
        shutil.copyfile(path, to)


def shadow(source: Path, target: Path) -> None:
    """A folder that can be opened for writing and costs little: links to the files, copies of the few that are written."""
    for path in _files(source):
        to = target / path.relative_to(source)
        to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if path.name in _WRITTEN_BY_READERS:
            shutil.copyfile(path, to)
        else:
            to.symlink_to(path)


def sync_files(folder: Path) -> None:
    """Wait until everything below `folder` is on the disk."""
    for path in _files(folder):
        with path.open("rb") as file:
            os.fsync(file.fileno())


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".lock"]
