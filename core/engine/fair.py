"""A fair hearing: each specialist gets a share of the answer; the one whose evidence meets the question best comes first.

Nothing here looks at a plugin's name, or at the order in which plugins were registered.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from ..toolkit.words import words
from ..types import Evidence, Facts

NAMED = 3.0
"""What a name that was read of the question (a drug, gene, result, finding, disease) weighs against another word."""
_ASKING = words(
    "what which who whom how why when where tell explain describe find show list give know information evidence please "
    "there any patient patients person people case best kind type"
)

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


class Relevance:
    """How well a piece of evidence meets one question, from 0 to 1: the share of the question's words that its quote has.

    A name that was read of the question counts by any of its forms, and `NAMED` times as much as another word; the names of
    the case count too where the question names none."""

    def __init__(self, question: str, facts: Facts) -> None:
        mentions = [m for m in facts.mentions if m.used and not m.negated]
        asked = [m for m in mentions if m.origin == "question"] or mentions
        self._names: dict[str, tuple[frozenset[str], ...]] = {}
        covered: set[str] = set()
        for mention in asked:
            forms = (words(form) for form in (mention.name, mention.text, mention.id))
            self._names[mention.id] = tuple(frozenset(form) for form in forms if form)
            covered |= words(mention.text)
        self._words = words(question) - covered - _ASKING
        self._weight = NAMED * len(self._names) + len(self._words)

    def of(self, evidence: Evidence) -> float:
        if not self._weight:
            return 0.0
        said = words(f"{evidence.quote} {evidence.source.title}")
        named = sum(any(form <= said for form in forms) for forms in self._names.values())
        return (NAMED * named + len(self._words & said)) / self._weight


def by_relevance(groups: Mapping[K, Sequence[Evidence]], relevance: Relevance) -> list[K]:
    """The keys of `groups`, that whose best piece meets the question best first; equal ones by what they all reach together,
    then by their evidence."""

    def rank(key: K) -> tuple[float, float, str]:
        reached = [relevance.of(one) for one in groups[key]]
        best = max(reached, default=0.0)
        return -best, -sum(reached) / max(len(reached), 1), min((one.id for one in groups[key]), default="")

    return sorted(groups, key=rank)


def shares(wanted: Mapping[K, int], limit: int) -> dict[K, int]:
    """How many of `limit` places each gets of those that it wants: as evenly as can be; what one leaves over goes to the
    others. Where there are fewer places than keys, the first keys get one each."""
    out = dict.fromkeys(wanted, 0)
    left = limit
    while left > 0 and (open_ := [key for key in wanted if out[key] < wanted[key]]):
        each = max(1, left // len(open_))
        for key in open_:
            more = min(each, wanted[key] - out[key], left)
            out[key] += more
            left -= more
    return out


def fair_cut(items: Iterable[T], limit: int, whose: Callable[[T], Hashable]) -> list[T]:
    """At most `limit` of `items`, in their order, with a fair share for each of those whose they are."""
    given = list(items)
    wanted: dict[Hashable, int] = {}
    for item in given:
        wanted[whose(item)] = wanted.get(whose(item), 0) + 1
    rest = shares(wanted, limit)
    out = []
    for item in given:
        if rest[whose(item)] > 0:
            rest[whose(item)] -= 1
            out.append(item)
    return out
