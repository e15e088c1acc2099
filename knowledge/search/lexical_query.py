"""The words of a question as a query: built from terms, never parsed, so that nothing typed is an operator."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..importing import IMPORTS

_RARE = 0.3
"""A term's weight is its idf to the power of 1 + this: the rare words of a question say most (bench/search.py)."""
_SYNONYM = 0.4
"""What another name of the same thing counts for, of what the name in the question counts for."""


@dataclass(frozen=True, slots=True)
class Synonyms:
    """Other names of something that the question names: `own` are its terms there, each of `others` one other name's."""

    own: tuple[str, ...]
    others: tuple[tuple[str, ...], ...]


class Words:
    """Queries over `field` of one searcher."""

    def __init__(self, shape: Any, searcher: Any, field: str) -> None:
        with IMPORTS:
            import tantivy

        self._tantivy = tantivy
        self._shape, self._searcher, self._field = shape, searcher, field
        self._number = int(searcher.num_docs)

    def query(self, terms: Sequence[str], synonyms: Sequence[Synonyms]) -> Any:
        """Any of `terms`; where they are the name of a group of synonyms, the name or another, whichever scores more."""
        groups, left = [], list(terms)
        for group in synonyms:
            if all(term in left for term in group.own):
                left = [term for term in left if term not in group.own]
                groups.append(self._group(group))
        return self._any([*groups, *map(self._term, left)])

    def _group(self, group: Synonyms) -> Any:
        query = self._tantivy.Query
        worth = self._worth(group.own)
        names = [self._any([self._term(term) for term in group.own])]
        for other in group.others:
            # What is rarer than the name itself must not count for more than it: all share the name's idf.
            share = _SYNONYM * min(1.0, worth / max(self._worth(other), 1e-9))
            whole = query.boolean_query([(self._tantivy.Occur.Must, self._term(term)) for term in other])
            names.append(query.boost_query(whole, share))
        return query.disjunction_max_query(names)

    def _any(self, parts: Sequence[Any]) -> Any:
        return self._tantivy.Query.boolean_query([(self._tantivy.Occur.Should, part) for part in parts])

    def _term(self, term: str) -> Any:
        query = self._tantivy.Query
        return query.boost_query(query.term_query(self._shape, self._field, term), self._idf(term) ** _RARE)

    def _worth(self, terms: Sequence[str]) -> float:
        return float(sum(self._idf(term) ** (1 + _RARE) for term in terms))

    def _idf(self, term: str) -> float:
        return idf(int(self._searcher.doc_freq(self._field, term)), self._number)


def idf(holding: int, of: int) -> float:
    """BM25's inverse document frequency of a term that `holding` of `of` passages have."""
    return math.log(1.0 + (max(of - holding, 0) + 0.5) / (holding + 0.5))
