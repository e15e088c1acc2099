"""Pairs of quotes that contradict each other: for and against the same drug, or a statement and its denial. Both are
shown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import combinations

from ..errors import BedsideError
from ..protocols import Services
from ..types import Evidence, Facts, GraphPath
from .advice import Advice, advice
from .support import direction, negations

_POPULATIONS = (
    re.compile(r"\b(?:children|child|p(?:a)?ediatric|neonates?|infants?|adolescents?)\b", re.IGNORECASE),
    re.compile(r"\badults?\b", re.IGNORECASE),
)


def conflicts(evidence: Sequence[Evidence], services: Services) -> list[tuple[Evidence, Evidence]]:
    """Pairs that advise for and against the same drug, or state and deny the same edge, of two sources or of one.

    Lines for different results of one gene, or one for children and one for adults, do not contradict each other.
    """
    said: dict[str, Facts] = {}
    directed = [e for e in evidence if direction(e.quote) != "none"]
    if len(directed) > 1:
        try:
            said = {e.id: services.terms.find(e.quote, origin="quote") for e in directed}
        except BedsideError:
            said = {}  # reported already, where the names of the question could not be looked up
    advised = {id_: advice(_quote(evidence, id_), facts.mentions) for id_, facts in said.items()}
    return [(a, b) for a, b in combinations(evidence, 2) if _opposite(a, b, advised, said)]


def _quote(evidence: Sequence[Evidence], id_: str) -> str:
    return next(e.quote for e in evidence if e.id == id_)


def _opposite(
    a: Evidence, b: Evidence, advised: Mapping[str, Mapping[str, Advice | str]], said: Mapping[str, Facts]
) -> bool:
    mine, theirs = advised.get(a.id, {}), advised.get(b.id, {})
    against = any({mine[drug], theirs[drug]} == {"use", "avoid"} for drug in mine.keys() & theirs.keys())
    if against and not _for_different_people(a, b, said):
        return True
    here, there = a.locator, b.locator
    if not (isinstance(here, GraphPath) and isinstance(there, GraphPath) and set(here.nodes) == set(there.nodes)):
        return False
    if _for_different_people(a, b, said):
        return False
    return bool(negations(a.quote)) != bool(negations(b.quote)) or {direction(a.quote), direction(b.quote)} == {
        "avoid",
        "use",
    }


def _for_different_people(a: Evidence, b: Evidence, said: Mapping[str, Facts]) -> bool:
    results: list[dict[str, set[str]]] = []
    for one in (a, b):
        by_gene: dict[str, set[str]] = {}
        for m in said[one.id].mentions if one.id in said else ():
            if m.kind in ("pgx_phenotype", "diplotype") and m.gene:
                by_gene.setdefault(m.gene, set()).add(m.name)
        results.append(by_gene)
    first, second = results
    if any(not first[gene] & second[gene] for gene in first.keys() & second.keys()):
        return True
    ages = [[bool(rule.search(one.quote)) for rule in _POPULATIONS] for one in (a, b)]
    return ages[0] != ages[1] and all(any(of) for of in ages) and not any(x and y for x, y in zip(*ages, strict=True))
