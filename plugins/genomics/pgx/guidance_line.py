"""One line of guidance as the graph holds it, whichever source it is of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bedside.core import GraphEdge

PACKAGED = "cpic"
CURRENT = "pharmcat-guidance"
LINES = ("recommendation", "no_recommendation")
NO_RESULT = "No Result"
NO_SCORE = "n/a"
"""Of a gene whose lines go by scores: its phenotype is Indeterminate."""
_NOT_AVAILABLE = "None"  # what the packaged table writes for it
_ORDER = {"CPIC": 0, "DPWG": 1, "FDA": 2}

Value = str | Mapping[str, float]
"""A phenotype, an activity score, an allele's status or "No Result"; or alleles with their copies."""


@dataclass(frozen=True)
class Key:
    """`values`: gene → what has to be found, of all genes; `phenotypes`: gene → the phenotype of its activity score."""

    values: Mapping[str, Value]
    phenotypes: Mapping[str, str]


@dataclass(frozen=True)
class LineNote:
    """`text` of a person with exactly the two `alleles`, or one of the `scores`; of everybody without either."""

    text: str
    alleles: tuple[str, ...] = ()
    scores: tuple[float, ...] = ()


@dataclass(frozen=True)
class GuidanceLine:
    """What a publisher says of one drug. `population` is in the publisher's words, empty where the line is for everybody;
    `date` is that of the data (ISO 8601); `logged` that of a later change that CPIC logged for the drug, `withheld` that of
    one that made this line another; `holds_for` are the scores of a packaged line that is not for all of its phenotype,
    `without` the alleles that it is not for, `also_by` the genes that today's go by too. `notes` are said beside it."""

    edge: GraphEdge
    publisher: str
    kind: str
    drug: str
    keys: tuple[Key, ...]
    population: str
    text: str
    strength: str
    date: str
    logged: str = ""
    withheld: str = ""
    holds_for: tuple[float, ...] = ()
    without: frozenset[str] = frozenset()
    also_by: frozenset[str] = frozenset()
    notes: tuple[LineNote, ...] = ()

    @property
    def recommends(self) -> bool:
        return self.edge.kind == "recommendation"

    @property
    def packaged(self) -> bool:
        return self.edge.source_id == PACKAGED

    @cached_property
    def genes(self) -> frozenset[str]:
        return frozenset(gene for key in self.keys for gene in key.values)

    @cached_property
    def publisher_words(self) -> str:
        return {"label": "FDA label", "association": "FDA table of associations"}.get(self.kind, self.publisher)

    @property
    def people(self) -> str:
        """The population as the line's own text names it; empty where that names none."""
        return str(self.edge.props.get("people") or "")

    @property
    def changed(self) -> str:
        """What a newer line says, and where, as far as that is known."""
        props = self.edge.props
        return "; ".join(str(props[key]) for key in ("differs", "newer") if props.get(key))

    @property
    def conditions(self) -> tuple[dict[str, str], ...]:
        """Each key in words: gene → result."""
        return tuple({gene: words_of(value) for gene, value in key.values.items()} for key in self.keys)

    @property
    def order(self) -> tuple[int, str, str]:
        """CPIC before DPWG before the FDA."""
        return _ORDER.get(self.publisher, 9), self.kind, self.edge.id


def words_of(value: Value) -> str:
    """`*1/*3` for alleles with their copies; a result as it is."""
    if isinstance(value, str):
        return value
    return "/".join(name for name, copies in value.items() for _ in range(max(1, round(copies))))


def line_of(edge: GraphEdge) -> GuidanceLine:
    """Of an edge of the kinds `LINES`."""
    props = edge.props
    return GuidanceLine(
        edge=edge,
        publisher=str(props.get("publisher") or "CPIC"),
        kind=str(props.get("kind") or "guideline"),
        drug=str(props["drug"]),
        keys=tuple(_keys(props)),
        population=str(props.get("population") or ""),
        text=str(props["recommendation"]),
        strength=str(props.get("strength") or ""),
        date=str(props.get("date") or ""),
        logged=str(props.get("logged") or ""),
        withheld=str(props.get("withheld") or ""),
        holds_for=tuple(float(score) for score in props.get("scores") or ()),
        without=frozenset(props.get("without_alleles") or ()),
        also_by=frozenset(props.get("also_by") or ()),
        notes=tuple(
            LineNote(str(n["text"]), tuple(n.get("alleles") or ()), tuple(n.get("scores") or ()))
            for n in props.get("notes") or ()
        ),
    )


def lines_of(edges: Sequence[GraphEdge]) -> list[GuidanceLine]:
    """The lines among the edges of one drug, CPIC's first. Of CPIC's, the packaged table counts only for a drug of which the
    loaded guidance has no line of CPIC's."""
    lines = [line_of(edge) for edge in edges if edge.kind in LINES]
    if any(line.publisher == "CPIC" and not line.packaged for line in lines):
        lines = [line for line in lines if not line.packaged]
    return sorted(lines, key=lambda line: line.order)


def _keys(props: Mapping[str, Any]) -> list[Key]:
    if "keys" not in props:
        conditions: Mapping[str, str] = props["conditions"]
        return [Key({g: NO_RESULT if value == _NOT_AVAILABLE else value for g, value in conditions.items()}, {})]
    phenotypes = props.get("phenotypes") or [{}] * len(props["keys"])
    return [Key(dict(values), dict(of)) for values, of in zip(props["keys"], phenotypes, strict=True)]


_SCORE = re.compile(r"(?P<least>≥)?(?P<value>\d+(?:\.\d+)?)(?: \((?P<note>.*)\))?")


@dataclass(frozen=True)
class Score:
    """An activity score; `least`: it or any above. `note` is DPWG's beside a score of DPYD ("Phenotyping")."""

    value: float
    least: bool = False
    note: str = ""

    @classmethod
    def of(cls, text: str | None) -> Score | None:
        """Of "0.5", "≥3.0", "1.0 (Phenotyping)"; None for other words."""
        found = _SCORE.fullmatch((text or "").strip())
        return cls(float(found["value"]), bool(found["least"]), found["note"] or "") if found else None
