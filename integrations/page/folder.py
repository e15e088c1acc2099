"""`--out DIR`: an answer as files. `answer.json`, `answer.html`, and the pictures under `figures/`."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bedside.core import Recommendation
from bedside.core.errors import OutputError, UsageError
from bedside.core.toolkit.atomic_files import write_whole
from bedside.core.toolkit.printable import escaped
from bedside.core.types import Figure

from .html import html_page

_ENDINGS = {"image/svg+xml": "svg", "image/png": "png"}
_HINT = "name another folder: --out DIR"


def check_folder(folder: Path) -> None:
    """Make the folder where it is missing, and see that files can be put there: before the slow part. Raises `UsageError`
    for what is no folder, `OutputError` where nothing can be written."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"--out {folder} is a file", hint="name a folder (a file only with --batch): --out DIR")
    for part in (folder, folder / "figures"):
        if part.is_symlink() and not part.exists():
            raise UsageError(f"--out {part} is a link that leads nowhere", hint=_HINT)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".bedside-", dir=folder)
        os.close(handle)
        Path(name).unlink()
    except OSError as error:
        raise _unwritable(folder, error) from error


def write_folder(answer: Recommendation, folder: Path) -> list[Path]:
    """Write it all; returns what was written. Each file is there whole or not at all, pictures first; those of an earlier
    answer that this one does not have are removed. Raises `OutputError`."""
    figures = [block for block in answer.blocks if isinstance(block, Figure)]
    files: dict[Path, bytes] = {
        folder / "figures" / f"figure-{place}.{_ENDINGS[figure.media_type]}": figure.content
        for place, figure in enumerate(figures, 1)
    }
    files[folder / "answer.html"] = html_page(answer).encode()
    files[folder / "answer.json"] = (escaped(answer.model_dump_json(indent=2)) + "\n").encode()
    write_files(folder, files)
    try:
        for ending in _ENDINGS.values():
            for old in (folder / "figures").glob(f"figure-[0-9]*.{ending}"):
                if old not in files:
                    old.unlink()
    except OSError as error:
        raise _unwritable(folder, error) from error
    return list(files)


def write_files(folder: Path, files: Mapping[Path, bytes]) -> None:
    """Each whole or not at all, in their order; folders are made. Raises `OutputError`, which names `folder`."""
    try:
        for path in files:
            path.parent.mkdir(parents=True, exist_ok=True)
        for path, content in files.items():
            write_whole(path, content)
    except OSError as error:
        raise _unwritable(folder, error) from error


def _unwritable(folder: Path, error: OSError) -> OutputError:
    return OutputError(f"--out {folder} can't be written: {error.strerror}", hint=_HINT)
