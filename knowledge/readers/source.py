"""A file, a folder or an archive as a knowledge source."""

from __future__ import annotations

import errno
import hashlib
import json
import re
from collections.abc import Generator, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bedside.core.errors import SourceError, UsageError
from bedside.core.host.registered import KnowledgeSource, Skip

from .archive_members import Item, is_archive, items
from .edges import COLUMNS, read_edges
from .html import read_html
from .jats import read_jats
from .medline import read_medline
from .obo import read_obo
from .pdf import read_pdf
from .phenopackets import read_phenopackets
from .prose import read_markdown, read_text
from .questions import read_medquad, read_pubmedqa
from .read_session import Reader, Run
from .rows import DocumentReader, check, json_documents, read_jsonl, read_table, table_documents
from .streams import reason

if TYPE_CHECKING:
    from bedside.core.types import Record

READERS: dict[str, Reader] = {
    "medline": read_medline,
    "jats": read_jats,
    "pdf": read_pdf,
    "html": read_html,
    "markdown": read_markdown,
    "text": read_text,
    "jsonl": read_jsonl,
    "table": read_table,
    "edges": read_edges,
    "obo": read_obo,
    "phenopackets": read_phenopackets,
    "pubmedqa": read_pubmedqa,
    "medquad": read_medquad,
}
"""By the name that `file_source(reader=…)` takes."""
_CHECKED: dict[str, DocumentReader] = {"jsonl": json_documents, "table": table_documents}
_BY_SUFFIX = {
    ".pdf": "pdf", ".html": "html", ".htm": "html", ".xhtml": "html", ".md": "markdown", ".markdown": "markdown",
    ".txt": "text", ".text": "text", ".obo": "obo", ".nxml": "jats",
}  # fmt: skip
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_BY_ROOT = {
    b"pubmedarticleset": "medline", b"pubmedarticle": "medline", b"article": "jats", b"pmc-articleset": "jats",
    b"html": "html",
}  # fmt: skip
_ROOT = re.compile(rb"<(?:!DOCTYPE\s+|(?![?!]))(?:[\w.-]+:)?([\w.-]+)", re.IGNORECASE)
_HEAD = 2**16


def file_source(
    path: str | Path,
    source_id: str,
    *,
    title: str = "",
    licence: str = "not stated",
    homepage: str = "",
    reader: str | Reader | None = None,
) -> KnowledgeSource:
    """The file, folder or archive at `path` as a source.

    `reader` is a reader or a name of `READERS`; without it suffix and content decide.

    A single file that can't be read is a SourceError, and of JSON Lines and tables every line is checked before the first
    record is given. In a folder or archive, unreadable files are skipped, and `skipped()` lists them. The version is a hash
    of the content. UsageError for a reader that does not exist.
    """
    place = Path(path)
    if not _NAME.fullmatch(source_id):
        raise SourceError(
            f"{source_id!r} is not a valid name for a source", hint="use letters, digits, '.', '_' and '-' (at most 64)"
        )
    if isinstance(reader, str) and reader not in READERS:
        raise UsageError(f"there is no reader {reader!r}", hint=f"one of: {', '.join(READERS)}")
    digest = cache(lambda: content_hash(place))
    if not place.is_dir():
        digest()  # a missing file is reported now
    latest: list[SourceReading] = []

    def records() -> Iterator[Record]:
        latest[:] = [SourceReading(place, source_id, reader)]
        return latest[0]

    return KnowledgeSource(
        id=source_id,
        title=title or place.stem,
        licence=licence,
        version=lambda: f"sha256:{digest()[:16]}",
        records=records,
        homepage=homepage,
        url=place.absolute().as_uri(),
        sha256="" if place.is_dir() else digest(),
        skipped=lambda: tuple(latest[0].skipped) if latest else (),
    )


def jsonl_source(
    path: str | Path, source_id: str, *, title: str = "", licence: str = "not stated", homepage: str = ""
) -> KnowledgeSource:
    """A JSON Lines file as a source, see `read_jsonl`."""
    if Path(path).is_dir():
        raise SourceError(f"{path} can't be read: it is a folder", hint="name a file")
    return file_source(path, source_id, title=title, licence=licence, homepage=homepage, reader="jsonl")


class SourceReading:
    """The records at `path`, once. `skipped` lists what was left out so far; it is complete once there are no more."""

    def __init__(self, path: Path, source_id: str, reader: str | Reader | None = None) -> None:
        self._run = Run(source_id, many=path.is_dir() or is_archive(path.name))
        self._records = _records(path, self._run, reader)

    def __iter__(self) -> SourceReading:
        return self

    def __next__(self) -> Record:
        return next(self._records)

    def close(self) -> None:
        """Close the file before the end."""
        self._records.close()

    @property
    def skipped(self) -> list[Skip]:
        return self._run.skipped


def _records(path: Path, run: Run, reader: str | Reader | None) -> Generator[Record, None, None]:
    many = run.many
    read = 0
    try:
        for item in items(path, run.skip):
            before = read
            try:
                for record in _read(item, run, reader, many):
                    read += 1
                    yield record
            except SourceError as error:
                if not many:
                    raise
                kept = f" (the {read - before} records before that are kept, the rest is not read)" if read > before else ""
                run.skip("file", item.where, error.message.removeprefix(item.where).strip() + kept)
        if not read:
            first = f" ({run.skipped[0].where}: {run.skipped[0].reason})" if run.skipped else ""
            raise SourceError(f"{path} contains nothing that can be read{first}", hint="bedside knowledge load --help")
    finally:
        run.close()


def _read(item: Item, run: Run, reader: str | Reader | None, many: bool) -> Iterator[Record]:
    with item.open() as stream:
        head = stream.peek(_HEAD)
        if not head:
            raise SourceError(f"{item.where} is empty")
        chosen = reader or kind_of_file(item, head)
        if not chosen:
            raise SourceError(f"{item.where} is not a kind of file that can be read", hint=f"one of: {', '.join(READERS)}")
        if isinstance(chosen, str):
            if chosen in _CHECKED and not many:
                check(item, _CHECKED[chosen])
            chosen = READERS[chosen]
        yield from chosen(item, stream, run)


def kind_of_file(item: Item, head: bytes) -> str:
    """The reader's name, from the suffix and what the file begins with; empty where there is none."""
    suffix = item.suffix
    if suffix in (".csv", ".tsv", ".tab"):
        columns = set(re.split(r"[\t,;]", head.split(b"\n", 1)[0].decode("utf-8", "replace").strip("\ufeff\r").lower()))
        return "edges" if columns.issuperset(COLUMNS) else "table"
    if suffix in (".json", ".jsonl", ".ndjson"):
        return _kind_of_json(head, lines=suffix != ".json")
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"format-version:"):
        return "obo"
    root = _ROOT.search(head)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and root:
        return _BY_ROOT.get(root[1].lower(), "")
    return ""


def _kind_of_json(head: bytes, *, lines: bool) -> str:
    if b'"CONTEXTS"' in head:
        return "pubmedqa"
    if any(key in head for key in (b'"phenotypicFeatures"', b'"phenopacketSchemaVersion"', b'"interpretations"')):
        return "phenopackets"
    try:
        first = json.loads(head.split(b"\n", 1)[0])
    except (ValueError, RecursionError):
        first = None
    if isinstance(first, dict) and {"question", "answer"} <= first.keys() and "text" not in first:
        return "medquad"
    return "jsonl" if lines else ""


def content_hash(path: Path) -> str:
    """SHA-256 (hex) of a file's bytes; of a folder, of the names and bytes of all files that would be read."""
    if not path.is_dir():
        return file_hash(path)
    total = hashlib.sha256()
    for item in items(path, lambda what, where, why: None):
        if item.path is not None:
            total.update(f"{item.name}\0{file_hash(item.path)}\n".encode())
    return total.hexdigest()


def file_hash(path: Path) -> str:
    try:
        if not path.is_file():  # a pipe would be waited for without end
            raise FileNotFoundError(errno.ENOENT, "there is no such file")
        with path.open("rb") as data:
            return hashlib.file_digest(data, "sha256").hexdigest()
    except (OSError, ValueError) as error:
        raise SourceError(f"{path} can't be read: {reason(error)}", hint="check the file name") from error
