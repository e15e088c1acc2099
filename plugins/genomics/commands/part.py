"""A result of many lines that appears whole or not at all, and goes on where a run was cut off."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from bedside.core.errors import OutputError, UsageError

from ..pgx.atomic_path import aside_of

Lines = list[dict[str, Any]]
_MARK = b'{"bedside": "batch", '
"""How the first line of every part begins: another file of that name is not ours to write into."""


class Part:
    """`OUT.part` beside the target: a header that says what is worked on, then one row for each file, holding its lines.

    `done` are the rows that an earlier run with the same header left. Raises `UsageError` when a file that no batch has
    begun lies there.
    """

    def __init__(self, target: Path, header: str) -> None:
        self._target = target
        self._path = part_of(target)
        self._header = _MARK + b'"of": ' + header.encode() + b"}\n"
        self._file: Any = None
        self.done: list[Lines] = []

    def __enter__(self) -> Part:
        try:
            self._check_ours()
            end = self._kept()
            self._file = self._path.open("r+b" if end else "wb")
            if end:
                self._file.truncate(end)
                self._file.seek(end)
            else:
                self._file.write(self._header)
        except OSError as error:
            raise self._unwritable(error) from error
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, lines: Lines) -> None:
        """The lines of one file, on the disk before the next file is begun."""
        try:
            self._file.write(json.dumps(lines, ensure_ascii=False).encode() + b"\n")
            self._file.flush()
        except OSError as error:
            raise self._unwritable(error) from error

    def finish(self) -> None:
        """Put the lines in the place of the target, in one step."""
        whole = aside_of(self._target)
        try:
            with self._path.open("rb") as part, whole.open("xb") as out:
                part.readline()
                for row in part:
                    out.writelines(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in json.loads(row))
                out.flush()
                os.fsync(out.fileno())
            whole.replace(self._target)
            self._path.unlink()
        except OSError as error:
            whole.unlink(missing_ok=True)
            raise self._unwritable(error) from error

    def _check_ours(self) -> None:
        if not os.path.lexists(self._path):
            return
        if not self._path.is_symlink() and self._path.is_file():
            with self._path.open("rb") as part:
                if part.read(len(_MARK)) == _MARK:
                    return
        raise UsageError(
            f"{self._path} lies where the lines are gathered, and no batch has begun it",
            hint="name another file with --out, or move that one away",
        )

    def _kept(self) -> int:
        """Bytes of an earlier run's part up to its last whole row; 0 when there is none to go on with."""
        if not self._path.is_file():
            return 0
        with self._path.open("rb") as part:
            if part.readline() != self._header:
                return 0
            end = part.tell()
            for row in part:
                try:
                    if not row.endswith(b"\n"):
                        break
                    self.done.append(json.loads(row))
                except ValueError:
                    break
                end += len(row)
        return end

    def _unwritable(self, error: OSError) -> OutputError:
        return OutputError(
            f"{self._target} can't be written: {error.strerror}", hint="name another file with --out, or free some space"
        )


def part_of(target: Path) -> Path:
    """Where the lines for `target` are gathered."""
    return target.with_name(f"{target.name}.part")
