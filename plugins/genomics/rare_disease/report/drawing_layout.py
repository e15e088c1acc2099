"""What a picture of a ranking shows, whatever draws it: its rows, its axis, its colours and its words."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .report_text import UNTOLD, finding, neutral, untold

if TYPE_CHECKING:
    from ..scoring.results import RankedDisease, Reason

MOST_DISEASES, MOST_ROWS = 5, 45
KNOWN = frozenset({"annotated", "more_specific", "more_general", "absent", "context"})
"""Reported of the disease itself. The rest is inferred, and drawn paler."""
FOR, AGAINST = "#0a5c97", "#c4500b"
"""Dark enough on paper, apart for the colour-blind; against is hatched too."""
PALE = {FOR: "#a9cbe4", AGAINST: "#f1c6a5"}
EXPLAINED = (
    "×12: twelve times as likely in this disease as among all; ÷3: a third as likely. “no …”: looked for and absent. "
    "%: posterior among the annotated diseases, not the product of the bars (findings repeat each other; all diseases "
    "share 100 %)."
)
_NAME_LINE, _LABEL = 26, 44  # characters

Row = tuple[str, bool]
"""(term id, excluded)"""
UNTOLD_ROW: Row = ("untold", False)


def rows_of(diseases: Sequence[RankedDisease], most: int = MOST_ROWS) -> tuple[dict[Row, str], int]:
    """{row: label}, and how many rows of least weight are left out so that there are no more than `most`.

    Findings that are there by their weight in the first disease, then absent ones, then what else is known.
    """
    found: dict[Row, Reason] = {}
    weight: dict[Row, float] = {}
    for disease in diseases:
        for reason in disease.reasons:
            row = (reason.term_id, reason.excluded)
            found.setdefault(row, reason)
            weight[row] = max(weight.get(row, 0.0), abs(math.log(reason.likelihood_ratio)))
    telling = [row for row in found if not (found[row].excluded and neutral(math.exp(weight[row])))]
    kept = sorted(telling, key=lambda row: (found[row].excluded, -weight[row], row))[:most]
    group = {row: 2 if found[row].how == "context" else int(found[row].excluded) for row in kept}
    kept.sort(key=lambda row: (group[row], -found[row].likelihood_ratio, row))
    return {**{row: _label(found[row]) for row in kept}, UNTOLD_ROW: UNTOLD}, len(found) - len(kept)


def _label(reason: Reason) -> str:
    return textwrap.shorten(finding(reason), _LABEL, placeholder="…")


def reach(diseases: Sequence[RankedDisease]) -> tuple[float, float]:
    """Limits of the axis in powers of ten, with room for the numbers at the ends of the bars."""
    logs = [math.log10(ratio) for d in diseases for ratio in (untold(d), *(r.likelihood_ratio for r in d.reasons))]
    low, high = min(-1.0, *logs), max(1.0, *logs)
    room = 0.3 * (high - low)
    return low - room, high + room


def ticks(low: float, high: float) -> list[int]:
    """At most five powers of ten, zero among them."""
    inside = range(math.ceil(low), math.floor(high) + 1)
    step = max(1, math.ceil(len(inside) / 5))
    return [t for t in inside if t % step == 0]


def power(tick: int) -> str:
    """`×100`, `÷10`, `1`."""
    if tick == 0:
        return "1"
    return f"{'×' if tick > 0 else '÷'}{10 ** abs(tick):,}"


def name_lines(place: int, disease: RankedDisease, width: int = _NAME_LINE) -> list[str]:
    """Place and name in lines of `width` characters, three at most."""
    lines = textwrap.wrap(f"{place}. {disease.name}", width)
    return lines if len(lines) <= 3 else [*lines[:2], textwrap.shorten(" ".join(lines[2:]), width, placeholder="…")]
