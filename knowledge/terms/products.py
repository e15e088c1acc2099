"""Products, regimens and abbreviations in a text: one mention for each substance that a name stands for.

Names come from the packaged table (`product_table`); combinations that the loaded drug names have as one entry
("abacavir, dolutegravir, and lamivudine") are taken apart too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from bedside.core.wording import say

from .match import NAME, Index, NameEntry, NameMatch, rank
from .normal import Normal, Token, keys_of
from .product_table import Product, product_table

PRODUCT = "product:"
"""Before the name of a table entry, where the identifier of a substance would stand."""
_GAP = re.compile(r"[\s\-/#&+()®™]{0,4}")
_NUMBER_GAP = re.compile(r"\.?\s{0,2}#?")
_NUMBER = frozenset(("no", "nr"))
_BARE = re.compile(r"[\s\-]+")
_PARTS = re.compile(r",?\s+and\s+|\s+with\s+|\s*/\s*|\s+\+\s+|,\s+", re.IGNORECASE)
_FORM = re.compile(
    r"\s+(?:buccal|patch|inhalers?|otic|viscous|gum|lozenges|lipid complex|eye drops|nasal spray.*|\([^()]*\))\Z",
    re.IGNORECASE,
)
"""A form that an entry of the drug names is of ("fentanyl patch", "doxepin (insomnia)"): the substance counts."""
_COMBINED = ("DRUG:", "RXNORM:")
"""Whose names may be combinations; a DrugBank number is one substance's, even where its name says more."""


@dataclass(frozen=True)
class Substance:
    """One substance of a product, and how the product's name was matched."""

    id: str
    name: str
    how: Literal["synonym", "brand", "fuzzy"]
    related: tuple[str, ...]


def with_products(
    index: Index, normal: Normal, tokens: Sequence[Token], found: list[NameMatch], words: Set[str]
) -> tuple[list[NameMatch], list[str]]:
    """`found` with the table's names in place of the drugs of the same words, and what is reported.

    A name that is also a gene or a finding stays that, unless a cue stands in the text. `words` are the ordinary words of
    a text that is all in capitals, where capitals say nothing; empty for any other text.
    """
    places = {(one.first, one.last): at for at, one in enumerate(found)}
    out = list(found)
    unread: list[str] = []
    named = list(_named(normal, tokens, words))
    known = _grounded(index, {part for _, _, one in named if one.kind != "unclear" for part in one.parts})
    for first, last, one in named:
        at = places.get((first, last))
        others = at is not None and any(entry.kind != "drug" and not entry.loose for entry in found[at].entries)
        if others and one.kind != "cued":
            continue
        start, end = tokens[first].start, tokens[last - 1].end
        if one.kind == "unclear":
            unread.append(say("terms.ambiguous-abbreviation", text=normal.plain[start:end], names=one.parts[0]))
            continue
        count = _count(normal.plain, tokens, first, last) if one.numbered else ""
        if count == "unclear":
            written = normal.plain[start : tokens[last].end]
            unread.append(say("terms.number-or-count", text=written, name=one.name, parts=" + ".join(one.parts)))
        if count or not any(part in known for part in one.parts):
            continue
        entry = NameEntry("drug", PRODUCT + one.name, one.name, one.name, NAME, ())
        match = NameMatch(first, last, start, end, (entry,))
        if at is None:
            out.append(match)
        else:
            out[at] = match
    return out, unread


def _count(plain: str, tokens: Sequence[Token], first: int, last: int) -> str:
    """Whether the number at the end of a name counts something ("Tylenol 3 times a day"): "yes", "unclear" or ""."""
    if last == len(tokens) or not _BARE.fullmatch(plain[tokens[last - 2].end : tokens[last - 1].start]):
        return ""
    stops = product_table().stops
    following, gap = tokens[last], plain[tokens[last - 1].end : tokens[last].start].strip()
    if following.key in stops["pieces"] and not gap:
        return "unclear"
    return "yes" if gap in ("", "-", "/") and (following.key.isdigit() or following.key in stops["counted"]) else ""


def products_spelled(first: str) -> list[tuple]:
    """The table's names of one long word that begins with a letter, as rows of the index's `spellings`."""
    table = product_table()
    return [
        (word, PRODUCT + one.name, one.name, "[]", 1, 1) for word, one in table.spelled.items() if word.startswith(first)
    ]


def _named(normal: Normal, tokens: Sequence[Token], words: Set[str]) -> Iterable[tuple[int, int, Product]]:
    """The names of the table in the text, the longest at each word: first and last token (excluded), and the name."""
    table = product_table()
    cues = _Cues(tokens)
    after = 0
    for first in range(len(tokens)):
        if first < after:
            continue
        for size in range(min(table.reach.get(tokens[first].key, 0), len(tokens) - first), 0, -1):
            last = first + size
            listed = table.names.get(" ".join(token.key for token in tokens[first:last]), ())
            if not listed or not _flows(normal.plain, tokens[first:last]):
                continue
            one = _meant(listed, tokens, first, last, cues, words)
            if one and ("#" not in one.name or "#" in normal.plain[tokens[first].start : tokens[last - 1].end]):
                yield first, last, one
                after = last
                break


class _Cues:
    """Which lists of cue words a text has a word of; each list is looked for once."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._found: dict[tuple[str, ...], bool] = {}

    def present(self, cues: tuple[str, ...]) -> bool:
        if cues not in self._found:
            stems = tuple(cue[:-1] for cue in cues if cue.endswith("*"))
            whole = frozenset(cues)
            self._found[cues] = any(token.key in whole or token.key.startswith(stems) for token in self._tokens)
        return self._found[cues]


def _flows(plain: str, words: Sequence[Token]) -> bool:
    """Whether the words are written as one name. A full stop stands only in "No. 3"."""
    for before, after in pairwise(words):
        gap = plain[before.end : after.start]
        pattern = _NUMBER_GAP if before.key in _NUMBER and after.key.isdigit() else _GAP
        if not pattern.fullmatch(gap) or "\n\n" in gap:
            return False
    return True


def _meant(
    listed: Sequence[Product], tokens: Sequence[Token], first: int, last: int, cues: _Cues, words: Set[str]
) -> Product | None:
    stops = product_table().stops
    written = tuple(token.raw for token in tokens[first:last])
    before = tokens[first - 1].key if first else ""
    following = tokens[last].key if last < len(tokens) else ""
    # a name that needs a cue comes before what is said of it without one
    for one in sorted(listed, key=lambda product: (not product.cues, product.kind == "unclear")):
        if one.as_written and (written != one.words or tokens[first].key in words):
            continue
        if one.kind == "capitals" and following in stops["not-before"]:
            continue
        if one.cues and (before in stops["not-after"] or not cues.present(one.cues)):
            continue
        return one
    return None


def substances(index: Index, entries: Iterable[tuple[str, str, bool]]) -> dict[str, tuple[Substance, ...]]:
    """Of the drugs that are products (id, name, read from a misspelling), by id, the substances that they stand for."""
    wanted: dict[str, tuple[Product, bool]] = {}
    for ident, name, misspelt in entries:
        if one := _product(ident, name):
            wanted[ident] = (one, misspelt)
    if not wanted:
        return {}
    known = _grounded(index, {part for one, _ in wanted.values() for part in one.parts})
    out = {}
    for ident, (one, misspelt) in wanted.items():
        parts = [known[part] for part in one.parts if part in known]
        # a combination of the drug names is taken apart whole or not at all
        if not ident.startswith(PRODUCT) and (len(parts) < len(one.parts) or any(part.id == ident for part in parts)):
            continue
        how: Literal["synonym", "brand", "fuzzy"] = "brand" if one.kind in ("product", "brand") else "synonym"
        how = "fuzzy" if misspelt or one.kind == "checked" else how
        out[ident] = tuple(Substance(part.id, part.name, how, part.related) for part in parts)
    return out


def _product(ident: str, name: str) -> Product | None:
    """The table's entry behind an identifier or a name, or the name of a combination or of a form as an entry."""
    listed = product_table().names.get(" ".join(keys_of(name)), ())
    listed = tuple(one for one in listed if one.kind != "unclear")
    if ident.startswith(PRODUCT):
        return next((one for one in listed if one.name == name), None)
    if not ident.startswith(_COMBINED):
        return None
    if listed and not listed[0].as_written:
        return listed[0]
    plain = _FORM.sub("", name)
    parts = [part for part in _PARTS.split(plain) if part.strip()]
    return Product(name, "product", tuple(parts), ()) if len(parts) > 1 or plain != name else None


def _grounded(index: Index, parts: set[str]) -> dict[str, NameEntry]:
    """The drug that each name is, as far as the index has it."""
    keys = {" ".join(keys_of(part)): part for part in sorted(parts)}
    rows = index.rows(
        """SELECT keys.key, keys.how, keys.form, terms.id, terms.kind, terms.name, terms.related
           FROM keys CROSS JOIN terms ON terms.row = keys.row WHERE terms.kind = 'drug' AND keys.key IN (?)""",
        keys,
    )
    out: dict[str, NameEntry] = {}
    for key, how, form, ident, kind, name, related in rows:
        entry = NameEntry(kind, ident, name, form, how, tuple(json.loads(related)))
        part = keys[key]
        if part not in out or rank(entry) < rank(out[part]):
            out[part] = entry
        elif ident == out[part].id:
            out[part] = replace(out[part], related=tuple(dict.fromkeys((*out[part].related, *entry.related))))
    return out
