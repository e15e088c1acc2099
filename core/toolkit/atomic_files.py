"""Files that are there whole or not at all, and never in the place of something that is read.

A file is written under another name in the same folder and then takes the place of its target in one step: whoever reads
sees the old content or the new one, and a process that is killed leaves the old one.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from ..errors import UsageError

_LONGEST = 200
"""Bytes of the target's own name in the name beside it: file systems allow 255 in all."""


def aside_of(path: Path) -> Path:
    """A hidden name in the same folder that nobody has; to be created with mode `x` (or `mkdir`)."""
    own = os.fsdecode(os.fsencode(path.name)[:_LONGEST])
    return path.with_name(f".{own}.{secrets.token_hex(8)}")


@contextlib.contextmanager
def replacing(path: Path, *, sync: bool = False) -> Iterator[BinaryIO]:
    """A binary file to write; what was written takes the place of `path` at the end of the `with` block.

    When the block raises, `path` is as it was and nothing is left beside it. `sync` makes the step survive a power cut, at
    the price of waiting for the disk. Raises `OSError`: how to word it is the caller's business.
    """
    aside = aside_of(path)
    try:
        with aside.open("xb") as out:
            yield out
            if sync:
                out.flush()
                os.fsync(out.fileno())
        aside.replace(path)
        if sync:
            sync_folder(path.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            aside.unlink()
        raise


def write_whole(path: Path, content: bytes | str, *, sync: bool = False) -> None:
    """`content` in the place of `path`, text as UTF-8; see `replacing`."""
    with replacing(path, sync=sync) as out:
        out.write(content.encode() if isinstance(content, str) else content)


def put_in_place(part: Path, path: Path) -> None:
    """The finished file `part` becomes `path` in one step that survives a power cut. Raises `OSError`."""
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the names in `folder` are on the disk, where the file system can say so."""
    with contextlib.suppress(OSError):  # not every file system lets a folder be opened
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def check_target(
    option: str, target: Path, inputs: Iterable[Path], *, example: str, read_by: str = "", stream: bool = False
) -> None:
    """Refuse a result in the place of a file that is read, of a link, or of what is no regular file.

    option: the flag that named `target`; example: a good value of it, for the hint.
    inputs: every file that is read, under whatever name; read_by: the flag that named it, where there is but one.
    stream: a device or pipe may be written into (it is not replaced); a link is still refused.
    Raises `UsageError`.
    """
    special = target.is_symlink() or (target.exists() and not target.is_file())
    if any(_same(target, one) for one in inputs):
        if read_by:
            raise UsageError(f"{read_by} and {option} name the same file", hint="write the result elsewhere")
        raise UsageError(f"{option} {target} is one of the files that are read", hint="write the result elsewhere")
    if special and not (stream and not target.is_symlink()):
        raise UsageError(f"{option} {target} is no regular file", hint=f"name a file: {option} {example}")


def _same(target: Path, one: Path) -> bool:
    try:
        return target.samefile(one)
    except OSError:  # one of the two does not exist
        return target.resolve() == one.resolve()
