"""MEDLINE/PubMed XML: baseline, updates, searches (https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from bedside.core.errors import SourceError

from .archive_members import Item
from .document import Document, Section
from .read_session import Bits, Run
from .xml import child, elements, text, year_in

if TYPE_CHECKING:
    from bedside.core.types import Record

NOTICES = {
    "RetractionIn": "Retracted",
    "RetractedandRepublishedIn": "Retracted and republished",
    "PartialRetractionIn": "Partly retracted",
    "ExpressionOfConcernIn": "Expression of concern",
    "ErratumIn": "Erratum",
    "CorrectedandRepublishedIn": "Corrected and republished",
    "UpdateIn": "Updated",
    "RetractionOf": "This is the retraction of",
    "PartialRetractionOf": "This is the partial retraction of",
    "ExpressionOfConcernFor": "This is an expression of concern for",
    "ErratumFor": "This is an erratum for",
}
"""RefType of CommentsCorrections, in words."""
_RETRACTED = {"RetractionIn", "RetractedandRepublishedIn", "PartialRetractionIn"}
_TAGS = ("PubmedArticle", "PubmedBookArticle", "DeleteCitation")
_CITED = re.compile(
    rb"<MedlineCitation\b[^>]*>\s*<PMID\b[^>]*>\s*(\d{1,9})\s*</PMID>|<DeleteCitation>(.*?)</DeleteCitation>", re.DOTALL
)
_PMID = re.compile(rb"<PMID\b[^>]*>\s*(\d{1,9})\s*</PMID>")
_CHUNK = 2**20


def read_medline(item: Item, stream: BinaryIO, run: Run) -> Iterator[Record]:
    """One document per PubMed record, `PMID:…`; the last version of each counts, and deleted ones are left out.

    Releases are read from the last to the first, so a record that was given is the newest. Within one file the last version
    counts too: the file is looked through beforehand, which only a member of a tar stream does not allow. Books and
    abstracts in other languages are skipped and reported.
    """
    deleted, again = _look_through(item) if item.again else (set(), Counter())
    left: Counter[str] = Counter()
    for number in deleted:
        run.pmids.add(number)
    for element in elements(stream, item.where, _TAGS):
        if element.tag == "PubmedBookArticle":
            left["book records (PubmedBookArticle) are not read"] += 1
        elif element.tag == "DeleteCitation":
            for pmid in element.iter("PMID"):
                if (number := _number(text(pmid), item)) not in deleted:
                    left["deletions came after their records had been read"] += number in run.pmids
                    run.pmids.add(number)
        else:
            number = _number(child(element, "MedlineCitation/PMID"), item)
            if again[number] > 1:
                again[number] -= 1
                left["records have a newer version in the same file"] += 1
            elif number in run.pmids:
                left["records were deleted or have a newer version"] += 1
            else:
                run.pmids.add(number)
                document, foreign = _document(element, number, item.where)
                left["abstracts in other languages are not read"] += foreign
                yield from run.passages(document, item.where, kind="abstract")
    for why, count in left.items():
        if count:
            run.skip("record", item.where, f"{count} {why}")


def _number(value: str, item: Item) -> int:
    if value.isascii() and value.isdigit() and 0 < int(value[:12]) < Bits.MOST:
        return int(value)
    raise SourceError(f"{item.where} has a record without a PubMed number")


def _look_through(item: Item) -> tuple[set[int], Counter[int]]:
    """The numbers that the file deletes, and how often each occurs that occurs more than once."""
    deleted: set[int] = set()
    again: Counter[int] = Counter()
    seen = Bits()
    rest = b""
    with item.open() as stream:
        while chunk := stream.read(_CHUNK):
            rest += chunk
            done = 0
            for match in _CITED.finditer(rest):
                done = match.end()
                if match[1] is None:
                    deleted.update(number for one in _PMID.findall(match[2]) if 0 < (number := int(one)) < Bits.MOST)
                elif 0 < (number := int(match[1])) < Bits.MOST:
                    if number in seen:
                        again[number] += 1 if again[number] else 2
                    seen.add(number)
            # what a match may still begin in: a list of deletions can be long, anything else is short
            begun = rest.rfind(b"<DeleteCitation>", done)
            rest = rest[begun if begun >= 0 and len(rest) - begun < 64 * _CHUNK else max(done, len(rest) - 4096) :]
    return deleted, again


def _document(record: Any, number: int, where: str) -> tuple[Document, int]:
    """The document, and how many of its abstracts are in another language."""
    citation = record.find("MedlineCitation")
    article = citation.find("Article")
    if article is None:
        raise SourceError(f"{where}: the record PMID:{number} has no Article")
    types = tuple(dict.fromkeys(text(one) for one in article.iterfind("PublicationTypeList/PublicationType")))
    notices, retracted = _notices(citation)
    if "Retracted Publication" in types and not retracted:
        notices, retracted = ("Retracted.", *notices), True
    title = child(article, "ArticleTitle") or child(article, "VernacularTitle")
    sections = tuple(
        Section(_label(one), said)
        for parent in ("Article/Abstract", "OtherAbstract[@Language='eng']")
        for one in citation.iterfind(f"{parent}/AbstractText")
        if (said := text(one))
    )
    others = sum(1 for one in citation.iterfind("OtherAbstract") if one.get("Language", "eng") != "eng")
    return (
        Document(
            id=f"PMID:{number}",
            title=title,
            # many records, most notices among them, are a title only
            sections=sections or ((Section("Title", title),) if title else ()),
            url=f"https://pubmed.ncbi.nlm.nih.gov/{number}/",
            year=_year(article),
            journal=child(article, "Journal/Title") or child(article, "Journal/ISOAbbreviation"),
            doi=_doi(record, article),
            pmid=str(number),
            mesh=tuple(text(one) for one in citation.iterfind("MeshHeadingList/MeshHeading/DescriptorName")),
            types=types,
            notices=notices,
            retracted=retracted,
        ),
        others,
    )


def _label(abstract_text: Any) -> str:
    return (abstract_text.get("Label") or "").strip() or "Abstract"


def _year(article: Any) -> int | None:
    date = article.find("Journal/JournalIssue/PubDate")
    written = child(date, "Year") or child(date, "MedlineDate") if date is not None else ""
    return year_in(written) or year_in(child(article, "ArticleDate/Year"))


def _doi(record: Any, article: Any) -> str:
    for one in article.iterfind("ELocationID[@EIdType='doi']"):
        if one.get("ValidYN", "Y") == "Y":
            return text(one)
    return child(record, "PubmedData/ArticleIdList/ArticleId[@IdType='doi']")


def _notices(citation: Any) -> tuple[tuple[str, ...], bool]:
    found: list[str] = []
    retracted = False
    for one in citation.iterfind("CommentsCorrectionsList/CommentsCorrections"):
        kind = one.get("RefType", "")
        if kind in NOTICES:
            pmid, place = child(one, "PMID"), child(one, "RefSource").rstrip(".")
            where = ", ".join(part for part in (f"PMID {pmid}" if pmid else "", place) if part)
            link = " " if NOTICES[kind].startswith("This is") else ": see "
            found.append(f"{NOTICES[kind]}{link}{where or 'a notice that is not named'}.")
            retracted |= kind in _RETRACTED
    return tuple(dict.fromkeys(found)), retracted
