"""What is recommended for several drugs, or by several publishers, as one table: each row is a line, with whose it is, for
whom, and how strong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bedside.core import Evidence, GraphEdge
from bedside.core.toolkit.words import words
from bedside.core.types import Column, Row, Table

from ..pgx.guidance_line import NO_RESULT, GuidanceLine, Key, Score, line_of, words_of

_SAID = {NO_RESULT: "result not available", "n/a": "Indeterminate"}
"""The words that the head of a line has for a result."""
_NOTHING = "None"
"""What the packaged table writes where it recommends nothing."""


@dataclass(frozen=True)
class Advised:
    """A `line`, its quote, and where the patient's results were called from a file: the `diplotypes` by gene, with the
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
    columns += [Column(title=title) for title in ("for", "recommendation", "strength", "source")]
    return Table(
        title="What is recommended, drug by drug",
        columns=tuple(columns),
        rows=tuple(_row(one, called=called) for one in advised),
    )


def _row(one: Advised, *, called: bool) -> Row:
    line, source = line_of(one.line), one.quote.source
    cited = tuple(dict.fromkeys(e.id for e in (one.quote, *one.rests_on)))
    diplotypes = _borne(one.diplotypes, (one.quote, *one.rests_on)) if called else ()
    cells = [
        line.drug,
        ", ".join(sorted(line.genes)),
        _results(line),
        *([", ".join(diplotypes) or None] if called else []),
        line.people or None,
        line.text if line.recommends or line.text != _NOTHING else "no recommendation",
        one.quote.strength or None,
        ", ".join(filter(None, (source.title, source.version))),
    ]
    return Row(cells=tuple(cells), evidence=cited)


def _results(line: GuidanceLine) -> str:
    """As the line's own head has them, gene by gene."""
    said: dict[str, dict[str, None]] = {}
    for key in line.keys:
        for gene in key.values:
            said.setdefault(gene, {})[_result(key, gene)] = None
    return ", ".join(" or ".join(words_) for _, words_ in sorted(said.items()))


def _result(key: Key, gene: str) -> str:
    word = words_of(key.values[gene])
    score, phenotype = Score.of(word), key.phenotypes.get(gene, "")
    if score is None:
        return _SAID.get(word, word)
    note = f", {score.note.lower()}" if score.note and score.note != phenotype else ""
    return f"{phenotype} ({'≥' if score.least else ''}{score.value:g}{note})".strip()


def _borne(diplotypes: Iterable[str], evidence: Iterable[Evidence]) -> list[str]:
    """Those whose alleles the evidence names: a cell that no quote bears would cost the whole row."""
    there = words(" ".join(e.quote for e in evidence))
    return [one for one in diplotypes if words(one) <= there]
