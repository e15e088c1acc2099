"""HTML pages: what a reader of the page reads, under its headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from bedside.core.errors import SourceError

from ..importing import IMPORTS
from .archive_members import Item
from .document import Document
from .read_session import Run
from .streams import text_of, whole
from .text_flow import Flow, walk
from .xml import squeezed, text, year_in

if TYPE_CHECKING:
    from bedside.core.types import Record

_DROP = set(
    "script style template noscript nav footer aside button select input textarea iframe object embed svg canvas "
    "audio video map head dialog menu".split()
)
_ROLES = {"navigation", "banner", "contentinfo", "search", "menu", "menubar", "dialog", "complementary"}
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_PARAGRAPHS = set(
    "p div section article main blockquote ul ol dl table pre figure figcaption details summary address".split()
)
_LINES = set("li dt dd tr br caption hr".split())
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)


def read_html(item: Item, stream: BinaryIO, run: Run) -> Iterator[Record]:
    """One document per page, named by its path. Scripts, forms, navigation, page headers and footers are left out."""
    page = _parsed(whole(stream, item.where), item.where)
    meta = {(one.get("name") or one.get("property") or "").lower(): one.get("content") or "" for one in page.iter("meta")}
    title = squeezed(meta.get("citation_title", "")) or text(page.find(".//title")) or text(page.find(".//h1"))
    link = page.find(".//link[@rel='canonical']")
    url = (link.get("href") or "") if link is not None else meta.get("og:url", "")
    pmid = meta.get("citation_pmid", "")
    document = Document(
        id=item.name,
        title=title or item.name,
        sections=_sections(page, title),
        url=url if re.match(r"https?://", url) else item.link,
        year=year_in(meta.get("citation_publication_date", "") or meta.get("article:published_time", "")),
        journal=squeezed(meta.get("citation_journal_title", "")),
        doi=squeezed(meta.get("citation_doi", "")),
        pmid=pmid if pmid.isdigit() else "",
    )
    yield from run.passages(document, item.where)


def _parsed(data: bytes, where: str) -> Any:
    with IMPORTS:
        from lxml import etree

    declared = _CHARSET.search(data[:4096])
    name = declared[1].decode("ascii").lower() if declared else "utf-8"
    if name in ("utf-8", "utf8") or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        said = text_of(data, where)
    else:
        try:
            said = data.decode(name)
        except (UnicodeDecodeError, LookupError) as error:
            place = f" at byte {error.start}" if isinstance(error, UnicodeDecodeError) else ""
            raise SourceError(f"{where} is not {name}{place}, although it says so", hint="save it as UTF-8") from error
    parser = etree.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        page = etree.fromstring(said.encode("utf-8", "replace"), parser)
    except etree.LxmlError as error:
        raise SourceError(f"{where} is not HTML: {type(error).__name__}") from error
    if page is None:
        raise SourceError(f"{where} is not HTML: it has no element")
    return page


def _sections(page: Any, title: str) -> tuple[Any, ...]:
    flow = Flow()
    path: list[tuple[int, str]] = []
    flow.open("")
    inside: Any = None
    for step, thing in walk(page, _dropped):
        if step == "text":
            if inside is None:
                flow.text(thing)
        elif step == "start" and thing.tag in _HEADINGS and inside is None:
            inside = thing
            level = _HEADINGS[thing.tag]
            path = [pair for pair in path if pair[0] < level]
            # a heading that repeats the title says nothing of the section
            path.append((level, "" if text(thing) == title else text(thing)))
            flow.close()
            flow.open(" > ".join(words for _, words in path if words), nested=False)
        elif step == "end":
            if thing is inside:
                inside = None
            elif thing.tag in ("td", "th"):
                flow.mark(" | ")
            elif thing.tag in _LINES:
                flow.mark("\n")
            elif thing.tag in _PARAGRAPHS:
                flow.mark("\n\n")
        elif thing.tag in _PARAGRAPHS:
            flow.mark("\n\n")
    return flow.sections()


def _dropped(element: Any) -> bool:
    if element.tag == "header":  # an article's own holds its heading
        parent = element.getparent()
        return parent is None or parent.tag not in ("article", "main", "section")
    hidden = element.get("hidden") is not None or element.get("aria-hidden") == "true"
    return hidden or element.tag in _DROP or element.get("role", "").lower() in _ROLES
