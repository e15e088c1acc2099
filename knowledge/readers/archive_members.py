"""The files of a source: one file, a folder, or an archive, read member by member and never extracted to disk."""

from __future__ import annotations

import contextlib
import io
import os
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from bedside.core.errors import SourceError

from .streams import BROKEN, FREE, MOST_RATIO, PACKED, guarded, reason

ZIPS = (".zip",)
TARS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
Tell = Callable[[str, str, str], None]
"""Called with what is skipped, where, and why."""


@dataclass(frozen=True)
class Item:
    """One file. `name` is its path within the source, `where` what people are shown, `path` where it lies by itself.

    `open()` gives its decompressed bytes. `again` is False if that works only once (a member of a tar stream).
    """

    name: str
    where: str
    open: Callable[[], AbstractContextManager[io.BufferedReader]]
    again: bool = True
    path: Path | None = None

    @property
    def link(self) -> str:
        """Where a person can open it; empty within an archive."""
        return self.path.absolute().as_uri() if self.path is not None else ""

    @property
    def suffix(self) -> str:
        """Of the decompressed file, in lower case."""
        return PurePosixPath(self.name.lower().removesuffix(packing_of(self.name))).suffix


def packing_of(name: str) -> str:
    return next((ending for ending in PACKED if name.lower().endswith(ending)), "")


def is_archive(name: str) -> bool:
    return name.lower().endswith(ZIPS + TARS)


def items(path: Path, tell: Tell) -> Iterator[Item]:
    """The files at `path`, in order of name with the last first (a later release of a record comes before an earlier).

    A tar stream keeps its own order. Links, special files, hidden files, names that lead outside and archives within
    archives are skipped and reported. SourceError when `path` itself cannot be read.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        raise SourceError(f"{path} can't be read: {reason(error)}", hint="check the file name") from error
    if stat.S_ISDIR(mode):
        yield from _folder(path, tell)
    elif not stat.S_ISREG(mode):
        raise SourceError(f"{path} can't be read: it is not a regular file", hint="check the file name")
    elif path.name.lower().endswith(ZIPS):
        yield from _zip(path, tell)
    elif path.name.lower().endswith(TARS):
        yield from _tar(path, tell)
    else:
        yield _file(path, path.name, str(path))


def _file(path: Path, name: str, where: str) -> Item:
    @contextlib.contextmanager
    def opened() -> Iterator[io.BufferedReader]:
        try:
            raw = path.open("rb")
        except OSError as error:
            raise SourceError(f"{where} can't be read: {reason(error)}", hint="check the file name") from error
        with raw, guarded(raw, where, packing_of(name)) as stream:
            yield stream

    return Item(clean(name), where, opened, path=path)


def _folder(root: Path, tell: Tell) -> Iterator[Item]:
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            if folder == root:
                raise SourceError(f"{root} can't be read: {reason(error)}", hint="check the folder") from error
            tell("folder", clean(str(folder)), f"can't be read: {reason(error)}")
            continue
        folders = []
        for entry in reversed(entries):
            path = Path(entry.path)
            where = clean(entry.path)
            if entry.is_symlink():  # one may lead outside, or round in a loop
                tell("link", where, "symbolic links are not followed")
            elif entry.name.startswith("."):
                tell("hidden", where, "hidden files and folders are not read")
            elif entry.is_dir(follow_symlinks=False):
                folders.append(path)
            elif not entry.is_file(follow_symlinks=False):
                tell("file", where, "not a regular file")
            elif is_archive(entry.name):
                tell("archive", where, "archives in a folder are not opened: load each by itself")
            else:
                yield _file(path, path.relative_to(root).as_posix(), where)
        waiting += reversed(folders)


def _zip(path: Path, tell: Tell) -> Iterator[Item]:
    try:
        archive = zipfile.ZipFile(path)
    except (*BROKEN, ValueError, UnicodeDecodeError) as error:
        raise SourceError(f"{path} can't be read: {reason(error)}", hint="fetch the archive again") from error
    with archive:
        members = sorted(archive.infolist(), key=lambda info: info.filename, reverse=True)
        if sum(info.file_size for info in members) > max(FREE, MOST_RATIO * path.stat().st_size):
            raise SourceError(f"{path} decompresses to more than {MOST_RATIO} times its size: refused")
        for info in members:
            name = info.filename
            where = f"{path}:{clean(name)}"
            if wrong := unsafe(name):
                tell("member", where, wrong)
            elif stat.S_ISLNK(info.external_attr >> 16):
                tell("link", where, "links are not followed")
            elif info.flag_bits & 1:
                tell("member", where, "encrypted")
            elif info.is_dir():
                continue
            elif hidden := _unread(name):
                tell(hidden[0], where, hidden[1])
            else:
                yield _member(archive, info, where)


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: str) -> Item:
    @contextlib.contextmanager
    def opened() -> Iterator[io.BufferedReader]:
        try:
            raw = cast(BinaryIO, archive.open(info))
        except (*BROKEN, ValueError) as error:
            raise SourceError(f"{where} can't be read: {reason(error)}", hint="fetch the archive again") from error
        with raw, guarded(raw, where, packing_of(info.filename)) as stream:
            yield stream

    return Item(clean(info.filename), where, opened)


def _tar(path: Path, tell: Tell) -> Iterator[Item]:
    packing = ".gz" if path.name.lower().endswith(".tgz") else packing_of(path.name)
    try:
        with (
            path.open("rb") as raw,
            guarded(raw, str(path), packing) as packed,
            tarfile.open(fileobj=packed, mode="r|") as archive,
        ):
            for info in archive:
                where = f"{path}:{clean(info.name)}"
                if wrong := unsafe(info.name):
                    tell("member", where, wrong)
                elif info.issym() or info.islnk():
                    tell("link", where, "links are not followed")
                elif info.isdir():
                    continue
                elif not info.isreg():
                    tell("member", where, "not a regular file")
                elif hidden := _unread(info.name):
                    tell(hidden[0], where, hidden[1])
                else:
                    yield _entry(archive, info, where)
                archive.members.clear()  # type: ignore[attr-defined]  # it would remember every member
    except (*BROKEN, ValueError) as error:
        raise SourceError(f"{path} can't be read: {reason(error)}", hint="fetch the archive again") from error


def _entry(archive: tarfile.TarFile, info: tarfile.TarInfo, where: str) -> Item:
    @contextlib.contextmanager
    def opened() -> Iterator[io.BufferedReader]:
        raw = cast(BinaryIO, archive.extractfile(info))
        with raw, guarded(raw, where, packing_of(info.name)) as stream:
            yield stream

    return Item(clean(info.name), where, opened, again=False)


def _unread(name: str) -> tuple[str, str] | None:
    """What is skipped in an archive although it is safe: (what, why)."""
    if any(part.startswith(".") and part != "." for part in PurePosixPath(name).parts):
        return "hidden", "hidden files and folders are not read"
    if is_archive(name):
        return "archive", "an archive within an archive is not opened"
    return None


def unsafe(name: str) -> str:
    """Why a member of that name is refused: it leads, or could be made to lead, out of its archive. Empty: it is safe."""
    if not name or "\0" in name:
        return "refused: it has no proper name"
    if name.startswith("/") or name[1:2] == ":" or name.startswith("\\"):
        return "refused: its name is an absolute path"
    if ".." in PurePosixPath(name.replace("\\", "/")).parts:
        return "refused: its name leads out of the archive"
    return ""


def clean(name: str) -> str:
    """A file name that can be shown and stored: bytes that are not UTF-8 become U+FFFD."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
