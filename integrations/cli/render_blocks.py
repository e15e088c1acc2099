"""Blocks of an answer for a terminal: tables as tables, a figure by its words, an action as what it would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bedside.core.toolkit.printable import one_line, printable
from bedside.core.types import Action, Block, Column, Figure, RankedItem, Ranking, Table
from bedside.core.wording import say

from ..page.numbers import marks, number_words

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text


def print_block(console: Console, block: Block, number: Mapping[str, int], picture: Path | None = None) -> None:
    """`number` are the citation numbers by evidence id, `picture` is where a figure was written."""
    from rich.text import Text

    by = f" ({say('answer.by', plugin=block.plugin)})" if block.plugin else ""
    console.print()
    console.print(Text.assemble((one_line(block.title), "bold"), (printable(by), "dim")))
    if isinstance(block, Ranking):
        console.print(_ranking(block, number))
        if block.total and block.total > len(block.items):
            console.print(say("answer.first-of", shown=len(block.items), total=f"{block.total:,}"), style="dim")
    elif isinstance(block, Table):
        widths = _widths(block, number, console.width)
        console.print(_table(block, number, widths) if widths else _records(block, number))
    elif isinstance(block, Figure):
        for text in filter(None, (block.alt, block.caption)):
            console.print(Text(one_line(text)))
        where = say("answer.picture-at", path=picture) if picture else say("answer.picture")
        console.print(Text.assemble((marks(block.evidence, number), "cyan"), " ", (one_line(where), "dim")))
    else:
        console.print(_action(block, number))


def _grid() -> Grid:
    from rich.table import Table as Grid

    return Grid(box=None, pad_edge=False, header_style="dim")


def _ranking(block: Ranking, number: Mapping[str, int]) -> Grid:
    """Numbers, then all that is said in words below each other: so it can be read at 80 columns."""
    grid = _grid()
    grid.add_column("")
    for head in filter(None, (block.score, block.prior)):
        grid.add_column(one_line(head), justify="right", overflow="fold", max_width=12)
    grid.add_column(say("answer.ranked"), overflow="fold", ratio=1)
    for place, item in enumerate(block.items, 1):
        prior = [("" if item.prior is None else number_words(item.prior))] if block.prior else []
        grid.add_row(str(place), number_words(item.score), *prior, _candidate(item, number))
    return grid


def _candidate(item: RankedItem, number: Mapping[str, int]) -> Text:
    from rich.text import Text

    name = f"{item.name} ({item.id})" if item.id != item.name else item.name
    said = Text.assemble((one_line(name), "bold"), " ", (marks(item.evidence, number), "cyan"))
    for reasons, words in (
        (item.supporting, say("answer.for", reasons="; ".join(item.supporting))),
        (item.opposing, say("answer.against", reasons="; ".join(item.opposing))),
    ):
        if reasons:
            said.append(f"\n{one_line(words)}")
    for name, value in item.details.items():
        said.append(f"\n{one_line(say('answer.detail', name=name, value=value))}", style="dim")
    return said


def _widths(block: Table, number: Mapping[str, int], room: int) -> list[int]:
    """Of the columns and the citations: no word is broken, and what is left goes where most is said. Nothing where even
    that does not fit."""
    columns = [
        [_titled(column), *("" if row.cells[place] is None else str(row.cells[place]) for row in block.rows)]
        for place, column in enumerate(block.columns)
    ]
    columns.append([say("answer.cited"), *(marks(row.evidence, number) for row in block.rows)])
    least = [max((len(word) for text in texts for word in text.split()), default=1) for texts in columns]
    wanted = [min(60, max(map(len, texts))) for texts in columns]
    spare = room - 2 * (len(columns) - 1) - sum(least)
    if spare < 0:
        return []
    more = [want - have for want, have in zip(wanted, least, strict=True)]
    share = min(1.0, spare / max(1, sum(more)))
    return [have + max(0, int(share * add)) for have, add in zip(least, more, strict=True)]


def _table(block: Table, number: Mapping[str, int], widths: Sequence[int]) -> Grid:
    from rich.text import Text

    grid = _grid()
    *columns, cited = widths
    for column, width in zip(block.columns, columns, strict=True):
        grid.add_column(one_line(_titled(column)), width=width, overflow="fold")
    grid.add_column(say("answer.cited"), width=cited, overflow="fold", style="cyan")
    for row in block.rows:
        cells = [Text("" if cell is None else one_line(str(cell))) for cell in row.cells]
        grid.add_row(*cells, marks(row.evidence, number))
    return grid


def _records(block: Table, number: Mapping[str, int]) -> Grid:
    """Each row as lines of its own, its first cell as their heading."""
    from rich.text import Text

    grid = _grid()
    grid.show_header = False
    grid.add_column("")
    grid.add_column("", overflow="fold", ratio=1)
    for place, row in enumerate(block.rows, 1):
        first, *cells = row.cells
        said = Text.assemble(
            (one_line("" if first is None else str(first)), "bold"), " ", (marks(row.evidence, number), "cyan")
        )
        for column, cell in zip(block.columns[1:], cells, strict=True):
            if cell is not None:
                said.append(f"\n{one_line(say('answer.detail', name=_titled(column), value=cell))}")
        grid.add_row(str(place), said)
    return grid


def _titled(column: Column) -> str:
    return f"{column.title} ({column.unit})" if column.unit else column.title


def _action(block: Action, number: Mapping[str, int]) -> Text:
    """What would be done to which order, and how it may be combined. The coded resource is for machines: `--json`."""
    from rich.text import Text

    what = f"{say(f'answer.verb-{block.verb}')} {block.replaces or block.resource['resourceType']}"
    said = Text.assemble(
        (say("answer.proposed"), "yellow"),
        f"\n{one_line(what)}: {one_line(block.rationale)} ",
        (marks(block.evidence, number), "cyan"),
    )
    if block.group:
        said.append(f"\n{one_line(say(f'answer.combine-{block.combine}', group=block.group))}", style="dim")
    return said
