"""Products of several substances, and single forms of one: CPIC's lines are by single substance."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bedside.core import Services
    from bedside.core.types import Mention, Term

_JOINED = re.compile(r"\s+and\s+|\s+with\s+|\s*/\s*|\s+\+\s+", re.IGNORECASE)
_PARTS = re.compile(r",?\s+and\s+|\s+with\s+|\s*/\s*|\s+\+\s+|,\s+", re.IGNORECASE)
_OWN_NAME = re.compile(r"co-\w+\Z", re.IGNORECASE)
"""British approved names of fixed combinations: co-codamol, co-amoxiclav."""
_ENANTIOMER = re.compile(r"(?:\((?:[rs]{1,2}|\+|-|±)\)|[rs])-(?P<base>[a-z]{4,})\Z", re.IGNORECASE)


def ingredients(term: Term, services: Services) -> tuple[list[Mention], list[str]] | None:
    """The substances of a product, and its parts that are no single known one; None where it is a substance itself."""
    for name in _names(term):
        parts = [p for p in _PARTS.split(name) if p.strip()]
        if len(parts) < 2:
            continue
        found = [substance(part, services) for part in parts]
        known = [m for m in found if m is not None and m.id != term.id]
        if known:
            unread = [part for part, m in zip(parts, found, strict=True) if m is None or m.id == term.id]
            return known, unread
    return ([], [term.name]) if _OWN_NAME.match(term.name) else None


def _names(term: Term) -> Iterator[str]:
    """The name, and what it is also called where no register knows it as one substance."""
    for name in (term.name, *(term.synonyms if term.id.startswith("DRUG:") else ())):
        if _JOINED.search(name):
            yield name


def substance(name: str, services: Services) -> Mention | None:
    """The one drug that a name holds, written as it is."""
    drugs = {m.id: m for m in services.terms.find(name, origin="").of("drug") if m.how != "fuzzy"}
    return next(iter(drugs.values())) if len(drugs) == 1 else None


def racemate(term: Term, services: Services) -> Mention | None:
    """Warfarin for (S)-warfarin: CPIC speaks of the substance as it is given.

    By its own name only: (R)-lansoprazole is a synonym of dexlansoprazole, which has lines of its own.
    """
    found = _ENANTIOMER.match(term.name)
    if not found:
        return None
    base = substance(found["base"], services)
    same = base is not None and base.id != term.id and base.text.casefold() == found["base"].casefold()
    return base if same else None


def inside_a_word(text: str, mentions: Sequence[Mention]) -> bool:
    """Is a drug's name only the part after or before a hyphen, as in es-citalopram?"""
    return any(
        re.search(r"\w-\Z", text[: m.start]) or re.match(r"-[^\W\d]", text[m.end :]) for m in mentions if m.kind == "drug"
    )
