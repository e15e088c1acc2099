"""Bytes of a file, compressed or not, within bounds that hold for any content."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, cast

from bedside.core.errors import SourceError

MOST_LINE = 64 * 2**20
"""Bytes of one line of a line-based file."""
MOST_WHOLE = 128 * 2**20
"""Bytes of a document that is read as a whole (PDF, HTML, text, one JSON value)."""
MOST_RATIO = 200
"""How many times larger than its packed form a file may be, once it has given `FREE` bytes. Text rarely exceeds 30."""
FREE = 64 * 2**20
PACKED = (".gz", ".bz2", ".xz")
_CHUNK = 2**16
_UNPACK: dict[str, Callable[[BinaryIO], object]] = {
    ".gz": lambda raw: gzip.GzipFile(fileobj=raw, mode="rb"),
    ".bz2": lambda raw: bz2.BZ2File(raw, "rb"),
    ".xz": lambda raw: lzma.LZMAFile(raw, "rb"),  # noqa: SIM115  (whoever opened `raw` closes it)
}
BROKEN = (
    OSError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
    NotImplementedError,
    RuntimeError,
)
"""What the standard library raises for packed bytes that are cut off, damaged, encrypted or of an unknown method."""


class _Guarded(io.RawIOBase):
    """Reads `inner`; SourceError, naming `where`, when it is broken or unpacks out of proportion to `packed`."""

    def __init__(self, inner: BinaryIO, packed: BinaryIO | None, where: str) -> None:
        self._inner, self._packed, self._where = inner, packed, where
        self._out = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        done = 0
        try:
            while done < len(buffer):  # full buffers, so that the head of a file can be looked at
                data = self._inner.read(len(buffer) - done)
                if not data:
                    break
                buffer[done : done + len(data)] = data
                done += len(data)
            self._out += done
            bomb = self._packed is not None and self._out > max(FREE, MOST_RATIO * self._packed.tell())
        except BROKEN as error:
            raise SourceError(f"{self._where} can't be read: {reason(error)}", hint="fetch the file again") from error
        if bomb:
            raise SourceError(f"{self._where} decompresses to more than {MOST_RATIO} times its size: refused")
        return done


def guarded(raw: BinaryIO, where: str, packing: str = "") -> io.BufferedReader:
    """`raw` unpacked (`packing` is one of `PACKED` or nothing), for reading on and on within the bounds above.

    Reading raises SourceError for bytes that are cut off or damaged, and for more than `MOST_RATIO` times the packed bytes.
    """
    if not packing:
        return io.BufferedReader(_Guarded(raw, None, where), _CHUNK)
    inner = _UNPACK[packing](raw)
    return io.BufferedReader(_Guarded(cast(BinaryIO, inner), raw, where), _CHUNK)


def whole(stream: BinaryIO, where: str, most: int = MOST_WHOLE) -> bytes:
    """All bytes; SourceError when there are none or more than `most`."""
    data = stream.read(most + 1)
    if len(data) > most:
        raise SourceError(f"{where} is larger than {most // 2**20} MiB, the most that is read as one document")
    if not data:
        raise SourceError(f"{where} is empty")
    return data


def text_of(data: bytes, where: str) -> str:
    """UTF-8 (or UTF-16 with its mark) as text with plain line ends; SourceError with the offset of the first wrong byte."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        name = "UTF-16" if encoding == "utf-16" else "UTF-8"
        raise SourceError(f"{where} is not {name} at byte {error.start}", hint="save it as UTF-8") from error
    if "\0" in text:
        raise SourceError(f"{where} is not text: character {text.index(chr(0))} is a zero")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def lines(stream: BinaryIO, where: str, most: int = MOST_LINE) -> Iterator[tuple[int, bytes]]:
    """Line number (from 1) and bytes of each line; SourceError at one longer than `most`, which is not read to its end."""
    number = 0
    while line := stream.readline(most + 1):
        number += 1
        if len(line) > most:
            raise SourceError(f"{where} line {number} is longer than {most // 2**20} MiB: refused")
        yield number, line


def text_lines(stream: BinaryIO, where: str, most: int = MOST_LINE) -> Iterator[str]:
    """The lines of a UTF-8 file; SourceError with line and offset of the first invalid byte."""
    offset = 0
    for number, line in lines(stream, where, most):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise SourceError(
                f"{where} line {number} is not UTF-8 (byte {offset + error.start} of the file)", hint="save it as UTF-8"
            ) from error
        offset += len(line)


def reason(error: BaseException) -> str:
    """The text of a system error, without the file name that it may repeat."""
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).rstrip(".")
