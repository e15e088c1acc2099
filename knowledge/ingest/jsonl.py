"""A user's own documents: one JSON object a line, cut into passages of whole sentences."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bedside.core.errors import SourceError
from bedside.core.host.registered import KnowledgeSource
from bedside.core.types import Passage

if TYPE_CHECKING:
    from bedside.core.types import Record

PASSAGE_CHARS = 1_000
_LINK = re.compile(r"https?://", re.IGNORECASE)
_KEYS = {"id", "title", "text", "url", "year"}
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9])|\n\s*\n")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def jsonl_source(
    path: str | Path, source_id: str, *, title: str = "", licence: str = "not stated", homepage: str = ""
) -> KnowledgeSource:
    """The file as a source. Each line: {"id", "text"} and, if known, {"title", "url", "year"}.

    Every line is checked before the first record is given, so that a broken file stores nothing: SourceError names the file
    and the line. The version is the date and hash of the content.
    """
    file = Path(path)
    if not _NAME.fullmatch(source_id):
        raise SourceError(
            f"{source_id!r} can't be the name of a source", hint="use letters, digits, '.', '_' and '-' (at most 64)"
        )

    def records() -> Iterator[Record]:
        check(file)
        for _, document in documents(file):
            yield from passages(source_id, document)

    return KnowledgeSource(
        id=source_id,
        title=title or file.stem,
        licence=licence,
        version=lambda: f"sha256:{_digest(file)[:16]}",
        records=records,
        homepage=homepage,
        url=file.absolute().as_uri(),
        sha256=_digest(file),
    )


def check(path: Path) -> int:
    """How many documents the file holds; SourceError at the first line that is none."""
    seen: dict[str, int] = {}
    for number, document in documents(path):
        if document["id"] in seen:
            raise SourceError(f"{path} line {number}: the id of line {seen[document['id']]} again")
        seen[document["id"]] = number
    if not seen:
        raise SourceError(f"{path} holds no documents", hint='one {"id": …, "text": …} a line')
    return len(seen)


def documents(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line number (from 1) and document of each line that is not blank."""
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, _document(path, number, line)
    except OSError as error:
        raise SourceError(f"{path} can't be read: {error.strerror}", hint="check the file name") from error


def _document(path: Path, number: int, line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        what = "is not UTF-8" if isinstance(error, UnicodeDecodeError) else "is not JSON"
        raise SourceError(f"{path} line {number} {what}", hint='one {"id": …, "text": …} a line') from error
    wrong = ""
    if not isinstance(value, dict):
        wrong = "is not an object"
    elif not isinstance(value.get("id"), str | int) or isinstance(value.get("id"), bool) or not str(value["id"]).strip():
        wrong = 'has no "id"'
    elif not isinstance(value.get("text"), str) or not value["text"].strip():
        wrong = 'has no "text"'
    elif any(not isinstance(value.get(key), str | None) for key in ("title", "url")):
        wrong = 'has a "title" or "url" that is not a string'
    elif not isinstance(value.get("year"), int | str | None):
        wrong = 'has a "year" that is not a number'
    elif value.get("url") and not _LINK.match(value["url"]):
        wrong = 'has a "url" that does not start with http:// or https://'
    elif _lone_surrogate(value["text"]):
        wrong = "holds half a character (a lone surrogate)"
    if wrong:
        raise SourceError(f"{path} line {number} {wrong}", hint='one {"id": …, "text": …} a line')
    return {**{key: value.get(key) for key in _KEYS}, "id": str(value["id"]).strip()}


def _lone_surrogate(text: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in text)


def passages(source_id: str, document: dict[str, Any]) -> Iterator[Passage]:
    url = document["url"] or ""
    fields: dict[str, Any] = {"document": document["id"]}
    if document["year"] not in (None, ""):
        fields["year"] = document["year"]
    reference = re.fullmatch(r"(?:PMID:)?(\d{4,9})", document["id"]) if "pubmed" in url else None
    for start, end in cut(document["text"]):
        yield Passage.of(
            source_id=source_id,
            # The same words in two documents, or twice in one, are two passages.
            doc_id=document["id"] if start == 0 else f"{document['id']}#{start}",
            text=document["text"][start:end],
            title=document["title"] or "",
            kind="passage",
            url=url,
            references=(f"PMID:{reference[1]}",) if reference else (),
            fields={**fields, "start": start, "end": end},
        )


def cut(text: str, size: int = PASSAGE_CHARS) -> list[tuple[int, int]]:
    """Slices of whole sentences of about `size` characters; a sentence longer than that is cut between words."""
    ends = [match.start() for match in _SENTENCE_END.finditer(text)] + [len(text)]
    slices: list[tuple[int, int]] = []
    start = 0
    previous = 0
    for end in ends:
        if end - start > size and previous > start:
            slices.append((start, previous))
            start = previous
        while end - start > size * 3 // 2:
            space = text.rfind(" ", start + 1, start + size)
            place = space if space > start else start + size
            slices.append((start, place))
            start = place
        previous = end
    slices.append((start, len(text)))
    return [span for span in (_trimmed(text, *one) for one in slices) if span[0] < span[1]]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as data:
            return hashlib.file_digest(data, "sha256").hexdigest()
    except OSError as error:
        raise SourceError(f"{path} can't be read: {error.strerror}", hint="check the file name") from error
