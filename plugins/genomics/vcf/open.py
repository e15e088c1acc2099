"""Opening a VCF or BCF: what kind of file it is, and whether to read it by its index or in one pass."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Collection
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from bedside.core.errors import CaseError

from .limits import CHUNK
from .record_scan import Lines, numbered_lines, text_lines
from .wanted import Wanted

# From this compressed size on, an index is used: below it one pass takes less than a second and knows line numbers.
INDEX_FROM = 32 << 20
_GZIP = b"\x1f\x8b"
_BCF = b"BCF\x02"
_BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


def open_lines(path: Path, wanted: Wanted | None = None) -> Lines:
    """Opens a VCF or BCF, plain, gzip or bgzip, for the records that are `wanted`; for all of them where that is None.

    Every reader of a patient's variant file opens it here, so that what one can read another can. Raises CaseError when it
    can't be read as one.
    """
    name = path.name
    try:
        mode = path.stat().st_mode
        if not (S_ISREG(mode) or S_ISDIR(mode)):
            # it is opened more than once
            raise CaseError(f"{name} is no regular file", hint="a pipe can't be read: write it to a file first")
        with path.open("rb") as probe:
            start = probe.read(CHUNK)
    except FileNotFoundError:
        raise CaseError(f"{name} does not exist", hint="check the path") from None
    except IsADirectoryError:
        raise CaseError(f"{name} is a folder", hint="name the file in it") from None
    except OSError as error:
        raise CaseError(
            f"{name} can't be read: {type(error).__name__}", hint="check the path and its permissions"
        ) from error
    if not start:
        raise CaseError(f"{name} is empty", hint="give a VCF or BCF file")
    index = _usable_index(path)
    by_index = wanted is not None and index is not None and path.stat().st_size >= INDEX_FROM
    zipped = start.startswith(_GZIP)
    if (_unzipped_start(start) if zipped else start).startswith(_BCF):
        from .htslib import bcf_lines

        lines = bcf_lines(path, wanted, by_index=by_index)
        _check_end(path, start, lines)
        return lines
    if not zipped:
        return text_lines(name, _stream(path, zipped=False), wanted)
    if wanted is not None and by_index:
        from .htslib import indexed_lines

        lines = indexed_lines(path, wanted)
    else:
        lines = text_lines(name, _stream(path, zipped=True), wanted)
    if wanted is not None and index is None and _index_of(path) is not None:
        lines.warnings.append("the index is older than the file and was not used")
    _check_end(path, start, lines)
    return lines


def lines_at(path: Path, numbers: Collection[int]) -> dict[int, str]:
    """Lines of a text VCF by number from 1, without their ends, as calling saw them; none beyond the end of the file. Under
    0 stands the line of column heads.

    Raises CaseError where the file breaks off before the last of them, OSError where it can't be opened.
    """
    with path.open("rb") as probe:
        zipped = probe.read(2) == _GZIP
    return numbered_lines(path.name, _stream(path, zipped=zipped), numbers)


def _stream(path: Path, *, zipped: bool) -> Callable[[], io.BufferedReader | gzip.GzipFile]:
    return (lambda: gzip.GzipFile(path)) if zipped else (lambda: path.open("rb"))


def _unzipped_start(start: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(start, 16)
    except zlib.error:
        return b""


def _index_of(path: Path) -> Path | None:
    return next((p for ending in (".tbi", ".csi") if (p := path.with_name(path.name + ending)).is_file()), None)


def _usable_index(path: Path) -> Path | None:
    index = _index_of(path)
    return index if index is not None and index.stat().st_mtime >= path.stat().st_mtime else None


def _check_end(path: Path, start: bytes, lines: Lines) -> None:
    """bgzip ends a file with an empty block: without it, the rest may be missing."""
    if start[12:14] == b"BC":
        with path.open("rb") as stream:
            stream.seek(max(0, path.stat().st_size - len(_BGZF_END)))
            if stream.read() != _BGZF_END:
                lines.incomplete = "it has no bgzip end mark and may be cut off"
                lines.warnings.append("the file has no bgzip end mark: it may be cut off, later positions may be missing")
