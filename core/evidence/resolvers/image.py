"""Regions of the images of the case: the image is hashed again, the box lies in it, and the run's receipt says the quote."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

from ...types import CaseFile, ImageRegion, Source
from ...wording import say
from ..receipts import file_hash, read_receipt
from ..registry import Resolution, ResolveContext, Resolved, Unresolved

_PNG = b"\x89PNG\r\n\x1a\n"
_HEAD = 1 << 20
"""Bytes of a JPEG in which its size must stand."""


def resolve_image(locators: Sequence[ImageRegion], context: ResolveContext) -> list[Resolution]:
    hashes: dict[str, str] = {}
    return [_one(where, context, hashes) for where in locators]


def _one(where: ImageRegion, context: ResolveContext, hashes: dict[str, str]) -> Resolution:
    named = [f for f in context.question.case.files if f.name == where.file and f.need == "image"]
    if len(named) != 1:
        return Unresolved(say("resolve.several-images" if named else "resolve.no-image", file=where.file))
    [file] = named
    if file.path is None:
        return Unresolved(say("resolve.image-gone", file=where.file))
    try:
        if where.file not in hashes:
            hashes[where.file] = file_hash(file.path)
        size = _size(file)
    except OSError as error:
        return Unresolved(say("resolve.image-unreadable", file=where.file, error=type(error).__name__))
    if hashes[where.file] != where.sha256:
        return Unresolved(say("resolve.image-changed", file=where.file))
    receipt = read_receipt(context.services, where.model, where.sha256)
    if receipt is None:
        return Unresolved(say("resolve.no-receipt"))
    if where.output >= len(receipt.outputs):
        return Unresolved(say("resolve.no-output"))
    said = receipt.outputs[where.output]
    if (said.box, said.frame) != (where.box, where.frame):
        return Unresolved(say("resolve.other-region"))
    left, top, right, bottom = where.box
    if not (0 <= left < right and 0 <= top < bottom) or (size and (right > size[0] or bottom > size[1])):
        return Unresolved(say("resolve.region-outside", file=where.file))
    source = Source(
        id="case",
        title=f"{receipt.name} on {where.file}",
        version=receipt.version,
        licence=receipt.licence or "patient data",
        url=receipt.url,
    )
    return Resolved(said.sentence, source)


def _size(file: CaseFile) -> tuple[int, int] | None:
    """Width and height in pixels, where the file's head says them in a way that needs no decoder (PNG, JPEG)."""
    assert file.path is not None
    head = _head(file.path)
    if head.startswith(_PNG) and len(head) >= 24:
        width, height = struct.unpack(">II", head[16:24])
        return int(width), int(height)
    if head.startswith(b"\xff\xd8"):
        return _jpeg_size(head)
    return None


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_HEAD)


def _jpeg_size(head: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(head) and head[at] == 0xFF:
        marker = head[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", head[at + 5 : at + 9])
            return int(width), int(height)
        at += 2 + int.from_bytes(head[at + 2 : at + 4], "big")
    return None
