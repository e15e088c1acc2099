"""XML as a stream of records, with every feature off that a hostile file could use."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from bedside.core.errors import SourceError

from ..importing import IMPORTS

MOST_RECORD = 64 * 2**20
"""Bytes from the end of one record to the end of the next."""
_CHUNK = 2**16
_BLANKS = re.compile(r"\s+")


def elements(stream: BinaryIO, where: str, tags: tuple[str, ...]) -> Iterator[Any]:
    """Each element of one of `tags`, at its end; it is emptied when the next is asked for, so that memory stays flat.

    Entities are not expanded, nothing is fetched and no DTD is loaded. SourceError for a file that declares entities, is not
    well-formed, is cut off, or has a record of more than `MOST_RECORD` bytes.
    """
    with IMPORTS:
        from lxml import etree

    parser = etree.XMLPullParser(
        events=("start", "end"),
        tag=tags,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    since, given = 0, 0
    try:
        while chunk := stream.read(_CHUNK):
            parser.feed(chunk)
            since += len(chunk)
            for event, element in parser.read_events():
                if event == "start":
                    _refuse_entities(element, where)
                elif not _inside(element, tags):
                    since, given = 0, given + 1
                    yield element
                    _empty(element)
            if since > MOST_RECORD:
                raise SourceError(f"{where} has a record of more than {MOST_RECORD // 2**20} MiB: refused")
        root = parser.close()
    except etree.XMLSyntaxError as error:
        line, column = error.position
        what = "is truncated or empty" if (line, column) == (0, 0) else "is not well-formed XML"
        raise SourceError(f"{where} {what}: {_plain(error)} (after {given} records)", hint="fetch the file again") from error
    _refuse_entities(root, where)


def _plain(error: Exception) -> str:
    """The parser's message without text of the document: its quotes may hold some."""
    return re.sub(r"'[^']*'|\"[^\"]*\"", "…", str(getattr(error, "msg", error)))[:200]


def _refuse_entities(element: Any, where: str) -> None:
    dtd = element.getroottree().docinfo.internalDTD
    if dtd is not None and next(iter(dtd.iterentities()), None) is not None:
        raise SourceError(f"{where} declares entities, which could expand without limit or read other files: refused")


def _inside(element: Any, tags: tuple[str, ...]) -> bool:
    """Is it part of another record? That one is given whole."""
    return next(element.iterancestors(*tags), None) is not None


def _empty(element: Any) -> None:
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def text(element: Any) -> str:
    """All text within, blanks collapsed; references such as &alpha; that only a DTD explains become their character."""
    if element is None:
        return ""
    return squeezed("".join(pieces(element)))


def pieces(element: Any) -> Iterator[str]:
    for piece in element.itertext():
        # lxml gives an entity that was left alone as the very text of the reference
        yield html.unescape(piece) if piece.startswith("&") and piece.endswith(";") and " " not in piece else piece


def squeezed(text: str) -> str:
    return _BLANKS.sub(" ", text).strip()


def child(element: Any, path: str) -> str:
    """Text of the first element at `path`; empty where there is none."""
    return text(element.find(path))


def year_in(value: str) -> int | None:
    """The first year of four digits (1500 to 2199) in a date as written."""
    match = re.search(r"(?<!\d)(1[5-9]\d\d|2[01]\d\d)(?!\d)", value)
    return int(match[1]) if match else None
