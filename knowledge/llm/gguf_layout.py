"""How long a GGUF file must be, from its own tensor table (format: docs/gguf.md of ggml)."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

_FIXED = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
"""Bytes of each metadata value type; 8 is a string, 9 an array."""

_BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36),
    10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292),
    24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 30: (1, 2),
}  # fmt: skip
"""ggml tensor type -> (elements, bytes) of a block. A type that is not here counts as at least one byte."""


def least_size(path: Path) -> int:
    """Bytes up to the end of the last tensor. Raises `ValueError` when the table itself is cut off or makes no sense."""
    with path.open("rb") as file:
        _, _, tensors, entries = struct.unpack("<4sIQQ", _read(file, 24))
        alignment = 32
        for _ in range(entries):
            key = _string(file)
            value = _value(file, _number(file, "<I"))
            if key == b"general.alignment" and isinstance(value, int) and value:
                alignment = value
        end = 0
        for _ in range(tensors):
            _string(file)
            elements = 1
            for _ in range(_number(file, "<I")):
                elements *= _number(file, "<Q")
            block, size = _BLOCKS.get(_number(file, "<I"), (elements or 1, 1))
            end = max(end, _number(file, "<Q") + -(-elements // block) * size)
        start = -(-file.tell() // alignment) * alignment
    return start + end


def _value(file: BinaryIO, kind: int) -> int | None:
    """Skip a metadata value; unsigned 32-bit numbers are returned, since the alignment is one."""
    if kind == 8:
        _string(file)
    elif kind == 9:
        of, count = _number(file, "<I"), _number(file, "<Q")
        if of in _FIXED:
            _skip(file, _FIXED[of] * count)
        else:
            for _ in range(count):
                _value(file, of)
    elif kind == 4:
        return _number(file, "<I")
    elif kind in _FIXED:
        _skip(file, _FIXED[kind])
    else:
        raise ValueError("a metadata value of no known type")
    return None


def _string(file: BinaryIO) -> bytes:
    return _read(file, _number(file, "<Q"))


def _number(file: BinaryIO, form: str) -> int:
    return int(struct.unpack(form, _read(file, struct.calcsize(form)))[0])


def _read(file: BinaryIO, count: int) -> bytes:
    if count > 1 << 24:
        raise ValueError("a string longer than any name or chat template")
    data = file.read(count)
    if len(data) < count:
        raise ValueError("the file ends inside its tensor table")
    return data


def _skip(file: BinaryIO, count: int) -> None:
    file.seek(count, 1)
