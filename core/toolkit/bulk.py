"""Many cases in one command: a result that appears whole or not at all, and goes on where a run was cut off.

    check_bulk_target("--out", target, [source], example="OUT.jsonl")
    with BulkResult(target, about) as out:
        for item, row in worked(items, out, answer):
            counts.update(row.counts)

What is finished is gathered in `OUT.part`; at the end of the `with` block it takes the place of OUT. `about` is everything
that the result depends on: a run with another `about` begins anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from io import FileIO
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from ..errors import OutputError, UsageError
from .atomic_files import check_target, replacing

_MARK = b'{"bedside": "batch", '
"""How the first line of every part begins: another file of that name is not ours to write into."""
_LAYOUT = 2
"""Raised when the rows of a part change."""
_RETRY = "what is done is kept: free some space and run the same command again"
T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """What one item gave: `lines` of the result (JSON, without line ends), or none.

    `error`: why it could not be done, with or without a line that says so. `counts` and `notes`: for the summary, which
    a run that goes on must be able to give of all items.
    """

    lines: tuple[str, ...] = ()
    error: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


class BulkResult:
    """The rows so far, in the order of the items. Use it in a `with` statement.

    A target that is no regular file (a device, a pipe) is written into as the rows come, and nothing is resumed.
    Raises `OutputError` when something can't be written, and `UsageError` when `OUT.part` is not one that a batch began.
    """

    def __init__(self, target: Path, about: Mapping[str, Any]) -> None:
        self._target = target
        self._streams = _streams(target)
        self._path = target if self._streams else part_of(target)
        self._header = _MARK + json.dumps({"layout": _LAYOUT, "of": about})[1:].encode() + b"\n"
        self._kept = 0  # bytes of an earlier run's part, with its header
        self._file: FileIO | None = None
        self.done = 0
        """Rows that an earlier run left."""

    def __enter__(self) -> Self:
        try:
            if not self._streams:
                self._check_ours()
                self._kept, self.done = self._earlier_part()
            self._file = self._path.open("r+b" if self._kept else "wb", buffering=0)
            if self._kept:
                self._file.truncate(self._kept)
                self._file.seek(self._kept)
            elif not self._streams:
                self._put(self._header)
        except OSError as error:
            raise self._unwritable(error, "can't be written", "name another file with --out, or free some space") from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()
        if kind is None and not self._streams:
            self._finish()

    def earlier(self) -> Iterator[Row]:
        """The rows that an earlier run left."""
        if not self.done:
            return
        with self._path.open("rb") as part:
            part.readline()
            for raw in islice(part, self.done):
                yield _row(raw)

    def write(self, row: Row) -> None:
        """On the disk, as a whole, before the next item is begun."""
        text = "".join(f"{line}\n" for line in row.lines) if self._streams else json.dumps(asdict(row)) + "\n"
        try:
            self._put(text.encode())
        except OSError as error:
            hint = "the lines so far are in it" if self._streams else _RETRY
            raise self._unwritable(error, "can't be written any further", hint) from error

    def _put(self, data: bytes) -> None:
        assert self._file is not None, "used outside its `with` block"
        while data:  # a disk that is nearly full takes a part of it
            data = data[self._file.write(data) :]

    def _finish(self) -> None:
        try:
            with self._path.open("rb") as part, replacing(self._target, sync=True) as out:
                part.readline()
                for raw in part:
                    out.writelines(line.encode() + b"\n" for line in _row(raw).lines)
            self._path.unlink()
        except OSError as error:
            raise self._unwritable(error, "can't be written", _RETRY) from error

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

    def _earlier_part(self) -> tuple[int, int]:
        """(bytes up to the last whole row, number of rows) of an earlier run with the same header, else zeros."""
        if not self._path.exists():
            return 0, 0
        with self._path.open("rb") as part:
            if part.readline() != self._header:
                return 0, 0
            end, rows = part.tell(), 0
            for raw in part:
                try:
                    if not raw.endswith(b"\n"):
                        break
                    _row(raw)
                except (ValueError, TypeError, KeyError):
                    break
                end += len(raw)
                rows += 1
        return end, rows

    def _unwritable(self, error: OSError, what: str, hint: str) -> OutputError:
        return OutputError(f"{self._target} {what}: {error.strerror}", hint=hint)


def worked(
    items: Iterable[T], out: BulkResult, answer: Callable[[Sequence[T]], Iterable[Row]], *, at_once: int = 1
) -> Iterator[tuple[T, Row]]:
    """Every item with its row: first those of an earlier run, then each as it is answered and written.

    `answer` is given `at_once` items and must give one row for each; it contains its own errors, so that an item that
    can't be done costs that item only.
    """
    rest = iter(items)
    for row, item in zip(out.earlier(), rest, strict=False):  # the rows end first: no item is lost
        yield item, row
    while batch := list(islice(rest, at_once)):
        for item, row in zip(batch, answer(batch), strict=True):
            out.write(row)
            yield item, row


def check_bulk_target(option: str, target: Path, inputs: Sequence[Path], *, read_by: str = "", stream: bool = False) -> None:
    """`check_target` for the result and for its part; and there must be a folder to write them in.

    Raises `UsageError` and `OutputError`, before anything slow is begun.
    """
    example = "OUT.jsonl"
    check_target(option, target, inputs, example=example, read_by=read_by, stream=stream)
    if not _streams(target):
        check_target(option, part_of(target), inputs, example=example)
    if not target.parent.is_dir():
        raise OutputError(
            f"{target} can't be written: there is no folder {target.parent}", hint=f"name another file with {option}"
        )


def part_of(target: Path) -> Path:
    """Where the rows for `target` are gathered."""
    return target.with_name(f"{target.name}.part")


def json_line(data: Any) -> str:
    """One line of a result: readable in every language, and escaped where that can't be written (half a character)."""
    text = json.dumps(data, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(data)
    return text


def _streams(target: Path) -> bool:
    return target.exists() and not target.is_file()


def _row(raw: bytes) -> Row:
    """Raises `ValueError`, `TypeError` or `KeyError` for what is no row."""
    data = json.loads(raw)
    return Row(tuple(data["lines"]), data["error"], data["counts"], tuple(data["notes"]))
