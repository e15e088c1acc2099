"""JATS, the tag set of PubMed Central's articles (https://jats.nlm.nih.gov): title, abstract, body, figures and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from bedside.core.errors import SourceError

from .archive_members import Item
from .document import Document
from .read_session import Run
from .text_flow import Flow, walk
from .xml import child, elements, squeezed, text, year_in

if TYPE_CHECKING:
    from bedside.core.types import Record

RELATED = {
    "retraction-forward": "Retracted: see",
    "retraction": "Retracted: see",
    "partial-retraction-forward": "Partly retracted: see",
    "correction-forward": "Erratum: see",
    "correction": "Erratum: see",
    "erratum": "Erratum: see",
    "concern-forward": "Expression of concern: see",
    "expression-of-concern": "Expression of concern: see",
    "retracted-article": "This is the retraction of",
    "partial-retraction": "This is the partial retraction of",
    "corrected-article": "This is an erratum for",
    "object-of-concern": "This is an expression of concern for",
}
"""related-article-type, in words (JATS and PubMed Central's tagging guidelines)."""
_RETRACTS = {"retraction-forward", "retraction", "partial-retraction-forward"}
_WITHDRAWN = re.compile(r"\W*(?:retracted|withdrawn)(?:\s+article)?\s*[:\]–—-]", re.IGNORECASE)
_HREF = "{http://www.w3.org/1999/xlink}href"
_DROP = {
    "ref-list",
    "tex-math",
    "sub-article",
    "response",
    "object-id",
    "graphic",
    "media",
    "permissions",
    "processing-meta",
}
_FRAMES = {"sec", "fig", "table-wrap", "boxed-text", "app", "ack", "notes", "fn-group", "glossary"}
_NAMES = {"fig": "Figure", "table-wrap": "Table", "ack": "Acknowledgements", "notes": "Notes", "fn-group": "Notes"}
_PARAGRAPHS = {"p", "caption", "list", "disp-quote", "disp-formula", "table", "table-wrap-foot", "def-list", "title"}
_LINES = {"list-item", "tr", "break", "def-item", "fn"}


def read_jats(item: Item, stream: BinaryIO, run: Run) -> Iterator[Record]:
    """One document per article, `PMC:…` (else `PMID:…`, `DOI:…`, the file); figures and tables are sections of their own.

    The reference list is left out: its titles are other articles' words. Reviews and replies printed within an article
    (sub-articles) are skipped and reported.
    """
    found = False
    for article in elements(stream, item.where, ("article",)):
        found = True
        if inner := sum(1 for _ in article.iter("sub-article", "response")):
            run.skip("part", item.where, f"{inner} reviews or replies within the article are not read")
        yield from run.passages(_document(article, item), item.where)
    if not found:
        raise SourceError(f"{item.where} contains no article")


def _document(article: Any, item: Item) -> Document:
    meta = article.find("front/article-meta")
    if meta is None:
        raise SourceError(f"{item.where} has no article-meta, so it is not a JATS article")
    ids = {one.get("pub-id-type", ""): text(one) for one in meta.iterfind("article-id")}
    pmc = re.sub(r"\D", "", ids.get("pmc") or ids.get("pmcid") or ids.get("pmcaid") or "")
    pmid = ids.get("pmid", "") if ids.get("pmid", "").isdigit() else ""
    doi = ids.get("doi", "")
    title = " ".join(part for part in (_said(meta, "article-title"), _said(meta, "subtitle")) if part)
    kind = article.get("article-type", "")
    notices, retracted = _notices(meta)
    if kind == "retracted-article" or _WITHDRAWN.match(title):
        notices, retracted = notices if retracted else ("Retracted.", *notices), True
    return Document(
        id=f"PMC:{pmc}" if pmc else f"PMID:{pmid}" if pmid else f"DOI:{doi}" if doi else item.name,
        title=title,
        sections=_sections(article, meta),
        url=_url(pmc, pmid, doi),
        year=_year(meta),
        journal=child(article, "front/journal-meta//journal-title"),
        doi=doi,
        pmid=pmid,
        types=tuple(dict.fromkeys(one for one in (kind, *map(text, meta.iterfind("article-categories//subject"))) if one)),
        notices=notices,
        retracted=retracted,
    )


def _said(meta: Any, tag: str) -> str:
    """The title without its footnote marks."""
    element = meta.find(f"title-group/{tag}")
    if element is None:
        return ""
    return squeezed("".join(piece for step, piece in walk(element, lambda one: one.tag in ("xref", "fn")) if step == "text"))


def _url(pmc: str, pmid: str, doi: str) -> str:
    if pmc:
        return f"https://pmc.ncbi.nlm.nih.gov/articles/PMC{pmc}/"
    return f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid else f"https://doi.org/{doi}" if doi else ""


def _year(meta: Any) -> int | None:
    """Of the first publication, in whatever form."""
    years = [year_in(child(date, "year")) for date in meta.iterfind("pub-date")]
    return min((year for year in years if year), default=None)


def _notices(meta: Any) -> tuple[tuple[str, ...], bool]:
    found: list[str] = []
    retracted = False
    for one in meta.iterfind("related-article"):
        kind = one.get("related-article-type", "")
        if kind in RELATED:
            link = one.get(_HREF, "") or text(one)
            scheme = {"doi": "DOI ", "pmid": "PMID ", "pmc": "PMC ", "pmcid": "PMC "}.get(one.get("ext-link-type", ""), "")
            found.append(f"{RELATED[kind]} {scheme}{link or 'a notice that is not named'}.")
            retracted |= kind in _RETRACTS
    return tuple(dict.fromkeys(found)), retracted


def _sections(article: Any, meta: Any) -> tuple[Any, ...]:
    flow = Flow()
    for abstract in meta.iterfind("abstract"):
        flow.open(child(abstract, "title") or "Abstract", nested=False)
        _pour(abstract, flow)
        flow.close()
    for part in ("body", "back"):
        element = article.find(part)
        if element is not None:
            flow.open("")
            _pour(element, flow)
            flow.close()
    return flow.sections()


def _pour(root: Any, flow: Flow) -> None:
    headings = set(root.iterfind("title"))

    def drop(element: Any) -> bool:
        return element.tag in _DROP or element in headings

    for step, thing in walk(root, drop):
        if step == "text":
            flow.text(thing)
        elif thing is root:
            continue
        elif step == "start" and thing.tag in _FRAMES:
            title = thing.find("title")
            headings.update(one for one in (title, thing.find("label")) if one is not None)
            flow.open(_heading(thing, title))
        elif step == "end":
            if thing.tag in _FRAMES:
                flow.close()
            elif thing.tag in ("td", "th"):
                flow.mark(" | ")
            elif thing.tag in _LINES:
                flow.mark("\n")
            elif thing.tag in _PARAGRAPHS:
                flow.mark("\n\n")


def _heading(element: Any, title: Any) -> str:
    label = child(element, "label")
    if element.tag == "sec":
        return text(title) or label
    return text(title) or label or _NAMES.get(element.tag, "")
