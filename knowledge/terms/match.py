"""Names of the index in a text: which word sequences are names, and which reading of each is kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from .normal import Normal, Token, bag

NAME, SYNONYM, BRAND = 0, 1, 2
_LONGEST = 12


class Index(Protocol):
    def rows(self, sql: str, values: Iterable[str]) -> list[tuple]: ...


@dataclass(frozen=True)
class NameEntry:
    """A name of the index that a stretch of text matches. `loose`: word order or number differ."""

    kind: str
    id: str
    name: str
    form: str
    how: int
    related: tuple[str, ...]
    loose: bool = False


@dataclass(frozen=True)
class NameMatch:
    """Tokens `first:last` of the text (last excluded), at `start:end` of the normalised string, and what they name."""

    first: int
    last: int
    start: int
    end: int
    entries: tuple[NameEntry, ...]


def candidates(index: Index, normal: Normal, tokens: list[Token]) -> tuple[list[NameMatch], set[str]]:
    """Every stretch that is a name, and the tokens that occur in any name at all."""
    reach = dict(index.rows("SELECT token, longest FROM vocabulary WHERE token IN (?)", dict.fromkeys(_weighed(tokens))))
    spans: dict[str, list[tuple[int, int]]] = {}
    for first in range(len(tokens)):
        longest = _LONGEST
        for last in range(first + 1, min(first + _LONGEST, len(tokens)) + 1):
            token = tokens[last - 1]
            known = max(reach.get(token.key, 0), reach.get(_stemmed(token.key), 0))
            longest = min(longest, known)
            if last - first > longest or (last - first > 1 and not _flows(normal.plain, tokens[last - 2], token)):
                break
            keys = [one.key for one in tokens[first:last]]
            spans.setdefault(" ".join(keys), []).append((first, last))
            if words := bag(keys):
                spans.setdefault(words, []).append((first, last))
    entries = _entries(index, spans)
    found: dict[tuple[int, int], list[NameEntry]] = {}
    for key, named in entries.items():
        for first, last in spans[key]:
            start, end = tokens[first].start, tokens[last - 1].end
            kept = [entry for entry in named if _writing_fits(entry, normal.plain[start:end])]
            if key[0] == "~" and last - first > 1:
                # A bag starts and ends with a word of weight, else "in the lens dislocation" would be longer than the name.
                kept = kept if bag([tokens[first].key]) and bag([tokens[last - 1].key]) else []
            if kept:
                found.setdefault((first, last), []).extend(kept)
    return (
        [
            NameMatch(first, last, tokens[first].start, tokens[last - 1].end, tuple(_unique(named)))
            for (first, last), named in sorted(found.items())
        ],
        set(reach),
    )


def _weighed(tokens: list[Token]) -> Iterable[str]:
    for token in tokens:
        yield token.key
        stemmed = _stemmed(token.key)
        if stemmed != token.key:
            yield stemmed


def _stemmed(key: str) -> str:
    return bag([key])[1:] or key


_FLOW = re.compile(r"[\s\-/,'’()\[\].+&~:]{0,4}")


def _flows(plain: str, before: Token, after: Token) -> bool:
    """Whether two words can belong to one name: no sentence end between them."""
    gap = plain[before.end : after.start]
    if not _FLOW.fullmatch(gap) or "\n\n" in gap:
        return False
    # "St. John's wort" is one name, "No aspirin. Codeine helps" is two.
    return not ("." in gap and gap != "." and (len(before.raw) > 3 or not before.raw[0].isupper()))


def _entries(index: Index, spans: dict[str, list[tuple[int, int]]]) -> dict[str, list[NameEntry]]:
    entries: dict[str, list[NameEntry]] = {}
    rows = index.rows(
        """SELECT keys.key, keys.how, keys.form, terms.id, terms.kind, terms.name, terms.related
           FROM keys CROSS JOIN terms ON terms.row = keys.row WHERE keys.key IN (?)""",
        spans,
    )
    for key, how, form, ident, kind, name, related in rows:
        entries.setdefault(key, []).append(
            NameEntry(kind, ident, name, form, how, tuple(json.loads(related)), loose=key[0] == "~")
        )
    return entries


_ABBREVIATION = re.compile(r"[A-Z0-9-]{2,6}s?")
_ABSENCE = re.compile(r"(?:absence|lack)\b", re.IGNORECASE)
"""An "absence seizure" is a finding, an "absence of seizures" is none: only the exact words count after these."""
_BREAK = re.compile(r"[,:/]")


def is_abbreviation(form: str) -> bool:
    return bool(_ABBREVIATION.fullmatch(form))


def _writing_fits(entry: NameEntry, written: str) -> bool:
    """An abbreviation is written in capitals; a comma or colon is not skipped unless the name has one too."""
    if entry.kind in ("phenotype", "disease") and _ABBREVIATION.fullmatch(entry.form):
        return written == entry.form
    if entry.loose and (_ABSENCE.match(written) or (len(entry.form) <= 6 and entry.form.isupper())):
        return False
    return not (_BREAK.search(written) and not _BREAK.search(entry.form))


def _unique(entries: list[NameEntry]) -> list[NameEntry]:
    """One entry per concept: the best way it was written; what sources say of it joined."""
    best: dict[tuple[str, str], NameEntry] = {}
    for entry in sorted(entries, key=lambda one: (one.loose, one.how, one.form, one.name)):
        key = (entry.kind, entry.id)
        if key not in best:
            best[key] = entry
        else:
            kept = best[key]
            related = tuple(dict.fromkeys(kept.related + entry.related))
            best[key] = NameEntry(kept.kind, kept.id, kept.name, kept.form, kept.how, related, kept.loose)
    return list(best.values())


_KIND = {"drug": 0, "gene": 1, "phenotype": 2, "disease": 3}
_AUTHORITY = ("HP:", "RXNORM:", "OMIM:", "ORPHA:", "DRUGBANK:", "DECIPHER:")


def rank(entry: NameEntry) -> tuple:
    """The reading of a stretch that several names share: the smallest wins."""
    kind: float = _KIND.get(entry.kind, 9)
    if entry.kind == "drug" and entry.how != NAME:
        kind = 1.5  # A gene symbol before an old trade name of the same letters.
    authority = next((place for place, prefix in enumerate(_AUTHORITY) if entry.id.startswith(prefix)), len(_AUTHORITY))
    return (entry.loose, kind, entry.how, authority, entry.id)


def longest_first(found: list[NameMatch]) -> list[NameMatch]:
    """Without those that overlap a longer one (by words, then letters; the earlier of equals), in order of appearance."""
    taken: set[int] = set()
    kept = []
    for one in sorted(found, key=lambda c: (c.first - c.last, c.start - c.end, c.start)):
        places = range(one.first, one.last)
        if not taken.intersection(places):
            taken.update(places)
            kept.append(one)
    return sorted(kept, key=lambda c: c.start)
