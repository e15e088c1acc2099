"""Other names of what a question names, from the term index: drugs, genes, findings, diseases."""

from __future__ import annotations

from collections.abc import Sequence

from bedside.core.protocols import TermIndex
from bedside.core.types import Mention, Term

from .lexical import Synonyms
from .words import asked, stems

_MOST_MENTIONS = 6
_MOST_NAMES = 8
_KINDS = ("drug", "gene", "phenotype", "disease")
_SHORTEST = 3
"""Letters below which another name is too ambiguous to look for (MS, HR)."""


def synonyms(text: str, terms: TermIndex) -> list[Synonyms]:
    """For each thing named in `text`, its other names. Raises the term index's `StoreError`.

    Only exact readings count: a guessed spelling is not expanded.
    """
    mentions = [m for m in terms.find(text).mentions if m.how != "fuzzy" and m.kind in _KINDS][:_MOST_MENTIONS]
    if not mentions:
        return []
    known = {term.id: term for term in terms.lookup(list(dict.fromkeys(mention.id for mention in mentions)))}
    groups = []
    taken: set[str] = set()
    for mention in mentions:
        own = tuple(asked(mention.text))
        if not own or taken & set(own) or mention.id not in known:
            continue
        if others := _others(mention, known[mention.id], own):
            groups.append(Synonyms(own, tuple(others)))
            taken |= set(own)
    return groups


def _others(mention: Mention, term: Term, own: Sequence[str]) -> list[tuple[str, ...]]:
    found: dict[tuple[str, ...], None] = {}
    for name in (term.name, *term.synonyms):
        words = tuple(dict.fromkeys(stems(name)))
        if not words or set(words) >= set(own) or len("".join(words)) < _SHORTEST:
            continue  # a name that holds the question's words is found by them
        found[words] = None
        if len(found) >= _MOST_NAMES:
            break
    return list(found)
