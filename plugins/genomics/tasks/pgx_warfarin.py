"""CPIC's flow chart for warfarin as a table: each box, how strong it is, and whether the person is at it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bedside.core.types import Column, Row, Table

from ..pgx.warfarin import FLOW_CHART, Step

if TYPE_CHECKING:
    from bedside.core import Evidence

    from ..cite import Citer


def chart_tables(steps: Sequence[Step], cite: Citer) -> tuple[list[Table], list[Evidence]]:
    """A table of the boxes of a chart that the person is at, and one of those of which that is not known; and the evidence
    of their rows. What is missing is in the title: it is worked out, and no quote holds it."""
    groups: dict[tuple[str, str], list[tuple[Step, Evidence]]] = {}
    cited = [cite.edge(step.edge, kind=FLOW_CHART) for step in steps]
    for step, one in zip(steps, cited, strict=True):
        state = (step.answer or step.here).state
        groups.setdefault((str(step.edge.props["title"]), state), []).append((step, one))
    tables = [
        Table(
            title=f"{title}: {_here(state, [step for step, _ in group])}",
            columns=tuple(Column(title=name) for name in ("box", "what the chart says", "strength")),
            rows=tuple(
                Row(
                    cells=(
                        f"box {step.edge.props['place']}",
                        " ".join([step.text, *step.notes]),
                        step.strength.lower() or None,
                    ),
                    evidence=(one.id,),
                )
                for step, one in group
            ),
        )
        for (title, state), group in groups.items()
    ]
    return tables, cited


def _here(state: str, steps: Sequence[Step]) -> str:
    if state == "not known":
        missing = dict.fromkeys(why for step in steps for why in (*step.here.why, *(step.answer.why if step.answer else ())))
        return f"open, not known: {'; '.join(missing)}"
    return "this person is here" if state == "yes" else "asked here, the answer is no"
