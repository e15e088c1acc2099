"""PDF, page by page."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from bedside.core.errors import SourceError

from ..importing import IMPORTS
from .archive_members import Item
from .document import Document, Section
from .read_session import Run
from .streams import whole
from .xml import squeezed

if TYPE_CHECKING:
    from bedside.core.types import Record

MOST_PAGES = 20_000
MOST_TEXT = 64 * 2**20
"""Characters of all pages together."""
_BROKEN_WORD = re.compile(r"(\w*[^\W\d_])[-\u2010\u00ad]\n[ \t]*(\w+)")
_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")
_EDGE = 2
"""Lines at the top and at the foot of a page among which running headers are looked for."""


def read_pdf(item: Item, stream: BinaryIO, run: Run) -> Iterator[Record]:
    """One document, a section per page. SourceError for a file that is encrypted, broken or has no text (a scan).

    Lines are joined into paragraphs, words broken at a line's end are mended (the hyphen stays in what is written with one
    elsewhere in the document), and running headers and footers (the same but for numbers on most pages) are left out.
    """
    data = whole(stream, item.where)
    title, pages = _pages(data, item.where)
    blank = [number for number, text in pages if not text.strip()]
    if len(blank) == len(pages):
        raise SourceError(f"{item.where} has no text on its {len(pages)} pages", hint="a scan? run text recognition on it")
    if blank:
        run.skip("page", item.where, f"no text on {len(blank)} of {len(pages)} pages: {', '.join(map(str, blank[:20]))}")
    bodies = _without_running(pages)
    words = Counter(word.lower() for _, body in bodies for word in _WORD.findall(body))
    sections = tuple(Section("", flowing(body, words), page) for page, body in bodies)
    document = Document(id=item.name, title=title or item.name, sections=sections, url=item.link)
    yield from run.passages(document, item.where)


def _pages(data: bytes, where: str) -> tuple[str, list[tuple[int, str]]]:
    with IMPORTS:
        import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it warns of is reported below or does not matter
    try:
        reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not _opens(reader):
            raise SourceError(f"{where} is encrypted", hint="save it without a password")
        if len(reader.pages) > MOST_PAGES:
            raise SourceError(f"{where} has more than {MOST_PAGES} pages: refused")
        said: list[tuple[int, str]] = []
        size = 0
        for number, page in enumerate(reader.pages, start=1):
            text = re.sub(r"[\ud800-\udfff\x00]", "", page.extract_text() or "")
            size += len(text)
            if size > MOST_TEXT:
                raise SourceError(f"{where} has more than {MOST_TEXT // 2**20} MiB of text: refused")
            said.append((number, text))
        return _title(reader), said
    except SourceError:
        raise
    except Exception as error:  # a hostile file can make the parser raise anything, RecursionError and MemoryError included
        raise SourceError(f"{where} can't be read as PDF: {type(error).__name__}", hint="print it to PDF again") from error


def _opens(reader: Any) -> bool:
    """Without a password: many files are only locked against changes."""
    try:
        return bool(reader.decrypt(""))
    except Exception:  # no library for its cipher
        return False


def _title(reader: Any) -> str:
    title = squeezed(str((reader.metadata or {}).get("/Title") or ""))
    # what word processors put there unasked is a file name, which the item has as well
    return "" if re.search(r"\.(?:docx?|pdf|tex|indd|qxd)$|^(?:untitled|microsoft word)", title, re.IGNORECASE) else title


def _without_running(pages: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Pages without the lines at their edges that stand, but for numbers, on more than half of four or more pages."""
    split = [(number, [line.strip() for line in text.split("\n")]) for number, text in pages]
    if len(split) < 4:
        return [(number, "\n".join(lines)) for number, lines in split]
    seen: Counter[str] = Counter()
    for _, lines in split:
        seen.update({_shape(lines[place]) for place in _edges(lines)})
    running = {shape for shape, count in seen.items() if count > len(split) / 2}
    kept = []
    for number, lines in split:
        drop = {place for place in _edges(lines) if _shape(lines[place]) in running}
        kept.append((number, "\n".join(line for place, line in enumerate(lines) if place not in drop)))
    return kept


def _edges(lines: list[str]) -> list[int]:
    filled = [place for place, line in enumerate(lines) if line]
    return filled[:_EDGE] + filled[-_EDGE:]


def _shape(line: str) -> str:
    return re.sub(r"\d+", "0", line)


def flowing(text: str, words: Counter[str]) -> str:
    """Lines into paragraphs. `words` are those of the whole document, in lower case, with how often each occurs."""

    def mended(match: re.Match[str]) -> str:
        left, right = match[1], match[2]
        joined, hyphened = (left + right).lower(), f"{left}-{right}".lower()
        # "COVID-\n19", "IL-\nA" and "beta-\nblocker" are written with a hyphen, "inter-\nvention" is not
        if not right[0].islower() or not left[-1].islower() or (words[hyphened] and not words[joined]):
            return f"{left}-{right}"
        return left + right

    mended_text = _BROKEN_WORD.sub(mended, text)
    paragraphs = (squeezed(paragraph) for paragraph in re.split(r"\n\s*\n", mended_text))
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
