"""What CPIC says of several drugs, as one table: each row is a line of CPIC's, with whose it is and how strong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bedside.core import Evidence, GraphEdge
from bedside.core.toolkit.words import words
from bedside.core.types import Column, Row, Table

from ..pgx.recommend import NOT_AVAILABLE

_UNKNOWN = "result not available"
"""The words of CPIC's lines for a gene whose result is not known."""


@dataclass(frozen=True)
class Advised:
    """CPIC's `line`, its quote, and where the patient's results were called from a file: the `diplotypes` by gene, with the
    evidence that they rest on."""

    line: GraphEdge
    quote: Evidence
    diplotypes: Sequence[str] = ()
    rests_on: tuple[Evidence, ...] = ()


def drug_table(advised: Sequence[Advised], *, called: bool = False) -> Table:
    """`called`: with a column for the diplotypes, which were worked out."""
    columns = [Column(title="drug"), Column(title="gene"), Column(title="result")]
    if called:
        columns.append(Column(title="diplotype", computed=True))
    columns += [Column(title="recommendation"), Column(title="strength"), Column(title="source")]
    return Table(
        title="What CPIC recommends, drug by drug",
        columns=tuple(columns),
        rows=tuple(_row(one, called=called) for one in advised),
    )


def _row(one: Advised, *, called: bool) -> Row:
    props, source = one.line.props, one.quote.source
    results = props["conditions"]
    cited = tuple(dict.fromkeys(e.id for e in (one.quote, *one.rests_on)))
    diplotypes = _borne(one.diplotypes, (one.quote, *one.rests_on)) if called else ()
    cells = [
        str(props["drug"]),
        ", ".join(results),
        ", ".join(_UNKNOWN if result == NOT_AVAILABLE else result for result in results.values()),
        *([", ".join(diplotypes) or None] if called else []),
        str(props["recommendation"]),
        one.quote.strength or None,
        ", ".join(filter(None, (source.title, source.version))),
    ]
    return Row(cells=tuple(cells), evidence=cited)


def _borne(diplotypes: Iterable[str], evidence: Iterable[Evidence]) -> list[str]:
    """Those whose alleles the evidence names: a cell that no quote bears would cost the whole row."""
    there = words(" ".join(e.quote for e in evidence))
    return [one for one in diplotypes if words(one) <= there]
