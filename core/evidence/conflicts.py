"""Pairs of quotes that contradict each other: for and against the same drug, or a statement and its denial.

Both are shown, and a warning says so."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from ..errors import BedsideError
from ..graph.vocabulary import FLOW_CHART
from ..protocols import Services
from ..types import Evidence, GraphPath
from .advice import Advice, advice, advises
from .condition import head_of
from .support import direction, negations

_YOUNG = re.compile(r"\b(?:child(?:ren|hood)?|p(?:a)?ediatric\w*|neonat\w+|infants?|adolescents?)\b", re.IGNORECASE)
_ADULT = re.compile(r"\b(?:adult\w*|elderly|geriatric)\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Said:
    """What one quote advises of which drug, and for whom: results by gene, and young or adult where it names one of them."""

    advised: Mapping[str, Advice] = field(default_factory=dict)
    results: Mapping[str, frozenset[str]] = field(default_factory=dict)
    age: str = ""


def conflicts(evidence: Sequence[Evidence], services: Services) -> list[tuple[Evidence, Evidence]]:
    """Pairs that advise for and against the same drug, or state and deny the same edge, of two sources or of one.

    Lines for different results of one gene, or one for children and one for adults, do not contradict each other.
    """
    evidence = [e for e in evidence if e.kind != FLOW_CHART]  # boxes of one chart are steps, no statements of the same thing
    said = {e.id: _Said(age=_age(e.quote)) for e in evidence}
    directed = [e for e in evidence if advises(e.quote)]
    if len(directed) > 1:
        with contextlib.suppress(BedsideError):  # reported already, where the names of the question could not be looked up
            said |= {e.id: _read(e, services) for e in directed}
    return [(a, b) for a, b in combinations(evidence, 2) if _opposite(a, b, said[a.id], said[b.id])]


def _read(item: Evidence, services: Services) -> _Said:
    mentions = services.terms.find(item.quote, origin="quote").mentions
    results: dict[str, set[str]] = {}
    for m in mentions:
        if m.kind == "pgx_phenotype" and m.gene and m.used:
            results.setdefault(m.gene, set()).add(m.name)
    return _Said(
        advised=advice(item.quote, mentions),
        results={gene: frozenset(names) for gene, names in results.items()},
        age=_age(item.quote),
    )


def _whom(quote: str) -> str:
    return quote[: head_of(quote)].removesuffix(":")


def _age(text: str) -> str:
    young, adult = bool(_YOUNG.search(text)), bool(_ADULT.search(text))
    return "" if young == adult else "young" if young else "adult"


def _opposite(a: Evidence, b: Evidence, mine: _Said, theirs: _Said) -> bool:
    if mine.age and theirs.age and mine.age != theirs.age:
        return False
    ours, others = _whom(a.quote), _whom(b.quote)
    same = (a.source.id, a.source.title) == (b.source.id, b.source.title)
    if same and ours and others and not ours.startswith(others) and not others.startswith(ours):
        return False  # lines of one guideline for other people, which their heads name
    if any(not mine.results[g] & theirs.results[g] for g in mine.results.keys() & theirs.results.keys()):
        return False
    if any(mine.advised[drug] != theirs.advised[drug] for drug in mine.advised.keys() & theirs.advised.keys()):
        return True
    here, there = a.locator, b.locator
    if not (isinstance(here, GraphPath) and isinstance(there, GraphPath) and set(here.nodes) == set(there.nodes)):
        return False
    if mine.advised or theirs.advised:
        return False  # advice is compared drug by drug
    directions = {direction(a.quote), direction(b.quote)}
    if directions == {"none"}:
        return bool(negations(a.quote)) != bool(negations(b.quote))
    return directions == {"avoid", "use"}
