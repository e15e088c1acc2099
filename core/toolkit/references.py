"""Identifiers as they are written: PubMed's and HPO's, each read in one place."""

from __future__ import annotations

import re
from collections.abc import Iterator

_NUMBER = r"0*([1-9]\d{0,8})"
_PMID = re.compile(r"PMID:\s?([1-9]\d{0,8})", re.IGNORECASE | re.ASCII)
_ANY_PMID = re.compile(
    r"(?:PMID[\s:_-]*|https?://(?:pubmed\.ncbi\.nlm\.nih\.gov|(?:www\.)?ncbi\.nlm\.nih\.gov/(?:m/)?pubmed)/)?"
    rf"{_NUMBER}(?:/?(?:[?#].*)?)",
    re.IGNORECASE | re.ASCII,
)
_HPO_ID = re.compile(r"\s*(?:https?://purl\.obolibrary\.org/obo/)?HPO?[:_\s-]{1,2}(\d{7})\s*", re.IGNORECASE | re.ASCII)
HPO_WRITTEN = r"HPO?[:_\s-]{0,2}(\d{7})(?!\d)"
"""An HPO id in a text, in any of its writings; for patterns that have one as a part (case is ignored)."""
_HPO_IN_TEXT = re.compile(rf"(?<![^\W_]){HPO_WRITTEN}", re.IGNORECASE)


def pmid(reference: str) -> str | None:
    """`PMID:123` when the reference is one, however it is written; sources also hold a few wrong ones ("PMID:20037588P")."""
    match = _PMID.fullmatch(reference.strip())
    return f"PMID:{match[1]}" if match else None


def any_pmid(text: str) -> str | None:
    """`PMID:123` also of a bare number and of a PubMed link: for fields that can hold nothing but publications."""
    match = _ANY_PMID.fullmatch(text.strip())
    return f"PMID:{match[1]}" if match else None


def pubmed_number(reference: str | None) -> str:
    """`123` of `PMID:123`, empty where there is none."""
    return reference[5:] if reference else ""


def pubmed_url(number: str) -> str:
    return f"https://pubmed.ncbi.nlm.nih.gov/{number}/"


def reference_url(reference: str) -> str:
    """Where a person finds the reference; empty where that is not known."""
    found = pmid(reference)
    if found:
        return pubmed_url(pubmed_number(found))
    return reference if reference.startswith(("https://", "http://")) else ""


def hpo_id(text: str) -> str | None:
    """`HP:0001166` when the text is an HPO id (`hp_0001166`, `HPO:0001166`, its purl address) and nothing else."""
    match = _HPO_ID.fullmatch(text)
    return f"HP:{match[1]}" if match else None


def hpo_ids(text: str) -> Iterator[tuple[str, int, int]]:
    """(id, start, end) of each HPO id written in a text: HP:0001166, HP_0001166, HPO 0001166."""
    for match in _HPO_IN_TEXT.finditer(text):
        yield f"HP:{match[1]}", match.start(), match.end()
