"""How the engine and the model's process talk: JSON objects, each after its length, over a pipe.

A frame is four bytes (big-endian length of the rest) and that many bytes of UTF-8 JSON. Both ends import this module, so
it stays on the standard library.
"""

from __future__ import annotations

import json
import struct
from typing import IO, Any

_LENGTH = struct.Struct(">I")
MAX_FRAME = 64 * 1024 * 1024
"""Longest frame in bytes. Far above any prompt; a longer one means that something else wrote into the pipe."""


class FrameError(Exception):
    """The bytes in the pipe are not frames."""


def write_frame(stream: IO[bytes], message: dict[str, Any]) -> None:
    """Write and flush one frame. Raises OSError or ValueError when the other end is gone."""
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    stream.write(_LENGTH.pack(len(body)) + body)
    stream.flush()


def read_frame(stream: IO[bytes]) -> dict[str, Any] | None:
    """The next frame, or None when the other end closed the pipe, also when it did so inside a frame."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > MAX_FRAME:
        raise FrameError(f"a frame of {length} bytes")
    body = stream.read(length)
    if len(body) < length:
        return None
    try:
        message = json.loads(body.decode("utf-8", "surrogatepass"))
    except ValueError as error:
        raise FrameError("a frame that is not JSON") from error
    if not isinstance(message, dict):
        raise FrameError("a frame that is not an object")
    return message
