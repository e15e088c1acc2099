"""Blocks of an answer for a terminal: tables as tables, a figure by its words, an action as what it would change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bedside.core.toolkit.printable import printable
from bedside.core.types import Action, Block, Figure, Ranking, Table

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as Grid


def print_block(console: Console, block: Block, number: Mapping[str, int]) -> None:
    """`number` are the citation numbers by evidence id."""
    from rich.table import Table as Grid

    grid = Grid(title=printable(block.title), title_justify="left", box=None, pad_edge=False, title_style="bold")
    if isinstance(block, Ranking):
        _ranking(grid, block, number)
    elif isinstance(block, Table):
        _table(grid, block, number)
    elif isinstance(block, Figure):
        grid.add_column("figure", overflow="fold")
        grid.add_row(f"{printable(block.alt)} {_marks(block.evidence, number)}")
    else:
        _action(grid, block, number)
    console.print()
    console.print(grid)
    if isinstance(block, Ranking) and block.total and block.total > len(block.items):
        console.print(f"The first {len(block.items)} of {block.total:,}.", style="dim")


def _ranking(grid: Grid, block: Ranking, number: Mapping[str, int]) -> None:
    prior = bool(block.prior)
    grid.add_column("")
    grid.add_column("candidate", overflow="fold", ratio=3)
    grid.add_column(printable(block.score), justify="right")
    if prior:
        grid.add_column(printable(block.prior), justify="right")
    grid.add_column("for and against", overflow="fold", ratio=5)
    grid.add_column("cited", overflow="fold")
    for place, item in enumerate(block.items, 1):
        reasons = "; ".join([*item.supporting, *item.opposing])
        score = [_score(item.score), *([("" if item.prior is None else _score(item.prior))] if prior else [])]
        name = f"{item.name} ({item.id})" if item.id != item.name else item.name
        grid.add_row(str(place), printable(name), *score, printable(reasons), _marks(item.evidence, number))


def _table(grid: Grid, block: Table, number: Mapping[str, int]) -> None:
    for column in block.columns:
        grid.add_column(printable(f"{column.title} ({column.unit})" if column.unit else column.title), overflow="fold")
    grid.add_column("cited", overflow="fold")
    for row in block.rows:
        cells = ["" if cell is None else printable(str(cell)) for cell in row.cells]
        grid.add_row(*cells, _marks(row.evidence, number))


def _action(grid: Grid, block: Action, number: Mapping[str, int]) -> None:
    grid.add_column("proposed, to be decided by you", overflow="fold")
    what = f"{block.verb} {block.replaces or block.resource.get('resourceType')}: {block.rationale}"
    grid.add_row(f"{printable(what)} {_marks(block.evidence, number)}")


def _score(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}"


def _marks(evidence: tuple[str, ...], number: Mapping[str, int]) -> str:
    return "".join(f"[{number[id_]}]" for id_ in evidence)
