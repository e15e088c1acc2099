"""One line of guidance: what a publisher says of one drug for people with certain results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Publisher = Literal["CPIC", "DPWG", "FDA"]
Value = str | tuple[tuple[str, float], ...]
"""A phenotype, an activity score, an allele's status or "No Result"; or alleles with their copies."""
Key = tuple[tuple[str, Value], ...]
"""(gene, value) of every gene, in the order of genes: all have to match."""


@dataclass(frozen=True)
class Line:
    """`keys`: one of them has to match. `kind` tells a label of the FDA from its table of associations. `population` and
    `strength` are the publisher's words, empty where it gives none. `date` is that of the data (ISO 8601), `version` the
    guideline's number."""

    publisher: Publisher
    drug: str
    keys: tuple[Key, ...]
    text: str
    guideline: str
    url: str
    date: str
    population: str = ""
    strength: str = ""
    implications: tuple[str, ...] = ()
    kind: str = "guideline"
    version: str = ""
    pmids: tuple[str, ...] = ()
    dosing: bool = False
    alternative: bool = False
    other_guidance: bool = False

    @property
    def recommends(self) -> bool:
        return self.strength.casefold() != "no recommendation"


NOT_A_RESULT = "xN combinations"
"""Nobody's result: the "line" of this value says how to choose another."""


def key_of(given: Mapping[str, object]) -> Key:
    """Of a `lookupKey` of PharmCAT. Raises `ValueError` for a value of another form."""
    return tuple((gene, _value(given[gene])) for gene in sorted(given))


def _value(value: object) -> Value:
    if isinstance(value, str) and value.strip():
        return " ".join(value.split())
    if isinstance(value, Mapping) and value and all(isinstance(n, int | float) for n in value.values()):
        return tuple(sorted((" ".join(str(allele).split()), float(copies)) for allele, copies in value.items()))
    raise ValueError(f"{value!r} is neither a result nor alleles with their copies")
