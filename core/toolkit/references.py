"""PubMed identifiers as references."""

from __future__ import annotations

import re

_PMID = re.compile(r"PMID:\s?([1-9]\d{0,8})", re.IGNORECASE)


def pmid(reference: str) -> str | None:
    """`PMID:123` when the reference is one, however it is written; sources also hold a few wrong ones ("PMID:20037588P")."""
    match = _PMID.fullmatch(reference.strip())
    return f"PMID:{match[1]}" if match else None


def reference_url(reference: str) -> str:
    """Where a person finds the reference; empty where that is not known."""
    found = pmid(reference)
    if found:
        return f"https://pubmed.ncbi.nlm.nih.gov/{found[5:]}/"
    return reference if reference.startswith(("https://", "http://")) else ""
