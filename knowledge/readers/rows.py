"""A user's own documents, one a line: JSON Lines, CSV or TSV with the fields id, text, title, url and year."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from bedside.core.errors import SourceError
from bedside.core.toolkit.references import any_pmid, pubmed_number

from .archive_members import Item
from .document import Document, Section
from .read_session import MOST_ID, SURROGATE, Ids, Run
from .streams import MOST_LINE, lines, text_lines
from .xml import year_in

if TYPE_CHECKING:
    from bedside.core.types import Record

HINT = 'one {"id": …, "text": …} a line'
TABLE_HINT = "every row needs an id and a text"
_LINK = re.compile(r"https?://", re.IGNORECASE)
Bad = Callable[[SourceError], None]
"""What to do about a line that is not a document: raise it, or report it and go on."""


class DocumentReader(Protocol):
    def __call__(self, stream: BinaryIO, where: str, bad: Bad = ..., /) -> Iterator[tuple[int, Document]]: ...


def refuse(error: SourceError) -> None:
    raise error


def read_jsonl(item: Item, stream: BinaryIO, run: Run) -> Iterator[Record]:
    """One document per line {"id", "text"} and, if known, {"title", "url", "year"}; other keys are not kept.

    SourceError, naming the line, at the first that is not a document; in a folder or archive only that line is skipped and
    reported.
    """
    for _, document in json_documents(stream, item.where, run.bad):
        yield from run.passages(document, item.where)


def read_table(item: Item, stream: BinaryIO, run: Run) -> Iterator[Record]:
    """One document per row of a CSV or TSV file whose first line names the columns; as `read_jsonl` otherwise."""
    for _, document in table_documents(stream, item.where, run.bad):
        yield from run.passages(document, item.where)


def check(item: Item, documents: DocumentReader) -> int:
    """The number of documents in the file; SourceError at the first line that is not one or repeats an id. Memory stays
    flat.
    """
    count = 0
    ids = Ids()
    try:
        with item.open() as stream:
            for number, document in documents(stream, item.where):
                count += 1
                if not ids.add(document.id, number):
                    raise SourceError(f"{item.where} line {number}: the id of line {ids.place(document.id)} again")
    finally:
        ids.close()
    if not count:
        raise SourceError(f"{item.where} contains no documents", hint=HINT)
    return count


def json_documents(stream: BinaryIO, where: str, bad: Bad = refuse) -> Iterator[tuple[int, Document]]:
    """Line number (from 1) and document of each line that is not blank."""
    for number, value in json_lines(stream, where, bad):
        try:
            found = document(value, f"{where} line {number}")
        except SourceError as error:
            bad(error)
            continue
        yield number, found


def json_lines(stream: BinaryIO, where: str, bad: Bad = refuse) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line number (from 1) and object of each line that is not blank."""
    for number, line in lines(stream, where):
        if not line.strip():
            continue
        try:
            value = json.loads(line.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            what = "is not JSON"
            if isinstance(error, UnicodeDecodeError):
                what = f"is not UTF-8 (byte {error.start} of the line)"
            bad(SourceError(f"{where} line {number} {what}", hint=HINT))
            continue
        if isinstance(value, dict):
            yield number, value
        else:
            bad(SourceError(f"{where} line {number} is not an object", hint=HINT))


def table_documents(stream: BinaryIO, where: str, bad: Bad = refuse) -> Iterator[tuple[int, Document]]:
    """Line number (of the row's last line) and document of each row."""
    for number, row in table_rows(stream, where, ("id", "text"), bad=bad):
        try:
            found = document(row, f"{where} line {number}", TABLE_HINT)
        except SourceError as error:
            bad(error)
            continue
        yield number, found


def table_rows(
    stream: BinaryIO,
    where: str,
    columns: tuple[str, ...],
    most: int = MOST_LINE,
    *,
    quoted: bool | None = None,
    bad: Bad = refuse,
) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and values by column of a file with tabs, semicolons or commas; the first line names the columns, in any
    case. `quoted` says whether quotation marks enclose values; without it they do unless tabs separate. SourceError without
    `columns`, and at a row with more or fewer values."""
    source = text_lines(stream, where, most)
    first = next(source, "")
    names = [name.strip().strip('"').lower() for name in re.split(_separator(first), first.rstrip("\r\n"))]
    missing = [name for name in columns if name not in names]
    if missing:
        raise SourceError(f"{where} has no column {', '.join(missing)}", hint="name the columns in the first line")
    separator = _separator(first)
    csv.field_size_limit(max(most, csv.field_size_limit()))
    quotes = separator != "\t" if quoted is None else quoted
    dialect: Any = {"delimiter": separator, "strict": True, "quoting": csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE}
    reader = csv.reader(source, **dialect)
    try:
        for values in reader:
            if values and len(values) != len(names):
                bad(SourceError(f"{where} line {reader.line_num + 1}: {len(values)} values for {len(names)} columns"))
            elif values:
                yield reader.line_num + 1, dict(zip(names, values, strict=True))
    except csv.Error as error:
        raise SourceError(f"{where} line {reader.line_num + 1}: {error}") from error


def _separator(first: str) -> str:
    return max("\t;,", key=first.count)


def document(value: dict[str, Any], where: str, hint: str = HINT) -> Document:
    """SourceError, naming `where`, when it is not a document."""
    ident, text, title, url, year = (value.get(key) for key in ("id", "text", "title", "url", "year"))
    wrong = ""
    if not isinstance(ident, str | int) or isinstance(ident, bool) or not str(ident).strip():
        wrong = 'has no "id"'
    elif len(str(ident)) > MOST_ID:
        wrong = f'has an "id" of more than {MOST_ID} characters'
    elif not isinstance(text, str) or not text.strip():
        wrong = 'has no "text"'
    elif not isinstance(title, str | None) or not isinstance(url, str | None):
        wrong = 'has a "title" or "url" that is not a string'
    elif isinstance(year, bool) or not isinstance(year, int | str | None) or (year and year_in(str(year)) is None):
        wrong = 'has a "year" that is not a number'
    elif url and not _LINK.match(url):
        wrong = 'has a "url" that does not start with http:// or https://'
    elif any(SURROGATE.search(part) for part in (text, title or "", url or "", str(ident))):
        wrong = "contains half a character (a lone surrogate)"
    if wrong:
        raise SourceError(f"{where} {wrong}", hint=hint)
    name = str(ident).strip()
    reference = (any_pmid(url or "") or any_pmid(name)) if "pubmed" in (url or "") else None
    return Document(
        id=name,
        title=title or "",
        sections=(Section("", str(text)),),
        url=url or "",
        year=year_in(str(year)) if year else None,
        pmid=pubmed_number(reference),
    )
