"""The reasons of a ranking as a picture: a row for each finding, a column for each disease, a bar for each ratio."""

from __future__ import annotations

import math
import textwrap
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bedside.core.errors import OutputError, PluginError

from .report_text import UNTOLD, finding, neutral, percent, times, untold

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..scoring.results import DiseaseRanking, RankedDisease, Reason

MOST_DISEASES, MOST_ROWS = 5, 45
_KNOWN = frozenset({"annotated", "more_specific", "more_general", "absent", "context"})
"""Told of the disease itself. The rest is inferred, and drawn paler."""
# inches
_LABELS, _COLUMN, _ROW, _HEAD, _NAME_HEIGHT, _FOOT = 3.1, 2.5, 0.27, 0.6, 0.16, 1.2
_NAME_LINE, _LABEL = 26, 44  # characters
_FOR, _AGAINST = "#0a5c97", "#c4500b"  # dark enough on paper, apart for the colour-blind; against is hatched too
_PALE = {_FOR: "#a9cbe4", _AGAINST: "#f1c6a5"}
_STYLE: Any = {
    "font.family": ["DejaVu Sans"],
    "font.size": 9,
    "svg.fonttype": "none",  # text stays text: it can be searched, copied and read aloud
    "svg.hashsalt": "bedside",
    "hatch.linewidth": 0.6,
    "text.parse_math": False,  # a "$" in a name is a "$"
}

Row = tuple[str, bool]
"""(term id, excluded)"""
_UNTOLD: Row = ("untold", False)


def draw(ranking: DiseaseRanking, target: Path, *, source: str = "") -> None:
    """Write the first diseases that come with reasons, `MOST_DISEASES` at most, as `.svg` or `.png` by the name of `target`.

    The same ranking gives the same file. `source` names what the ranking rests on. Raises `OutputError` when it can't be
    written.
    """
    diseases = [d for d in ranking.diseases if d.reasons][:MOST_DISEASES]
    if not diseases:
        raise ValueError("no disease comes with reasons")
    try:
        from matplotlib import rc_context
    except ImportError as error:
        raise PluginError("pictures need matplotlib", hint="pip install matplotlib", supplier="genomics") from error
    with rc_context(_STYLE):
        figure = _figure(diseases, source)
        metadata = {"Date": None} if target.suffix.lower() == ".svg" else {"Software": None}
        try:
            with warnings.catch_warnings():
                # a letter that the font lacks is drawn as a box in a PNG; the warning would show where Bedside lies
                warnings.filterwarnings("ignore", "Glyph")
                figure.savefig(target, dpi=150, metadata=metadata)
        except OSError as error:
            raise OutputError(
                f"{target} can't be written: {error.strerror}", hint="name another file with --plot"
            ) from error


def _figure(diseases: Sequence[RankedDisease], source: str) -> Figure:
    from matplotlib.figure import Figure

    rows, left_out = _rows(diseases)
    width = _LABELS + _COLUMN * len(diseases) + 0.2
    head = _HEAD + _NAME_HEIGHT * max(len(_name(place, d)) for place, d in enumerate(diseases, 1))
    height = head + _ROW * len(rows) + _FOOT
    figure = Figure(figsize=(width, height))
    low, high = _reach(diseases)
    for place, disease in enumerate(diseases):
        axes = figure.add_axes(
            (
                (_LABELS + _COLUMN * place) / width,
                _FOOT / height,
                (_COLUMN - 0.25) / width,
                _ROW * len(rows) / height,
            )
        )
        _column(axes, disease, list(rows), low, high)
        _head(axes, place + 1, disease)
        if not place:
            _labels(axes, rows)
    _foot(figure, f"{left_out} of little weight left out. {source}" if left_out else source)
    return figure


def _rows(diseases: Sequence[RankedDisease]) -> tuple[dict[Row, str], int]:
    """{row: label}, and how many rows of least weight are left out.

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
    kept = sorted(telling, key=lambda row: (found[row].excluded, -weight[row], row))[:MOST_ROWS]
    group = {row: 2 if found[row].how == "context" else int(found[row].excluded) for row in kept}
    kept.sort(key=lambda row: (group[row], -found[row].likelihood_ratio, row))
    return {**{row: _label(found[row]) for row in kept}, _UNTOLD: UNTOLD}, len(found) - len(kept)


def _label(reason: Reason) -> str:
    return textwrap.shorten(finding(reason), _LABEL, placeholder="…")


def _reach(diseases: Sequence[RankedDisease]) -> tuple[float, float]:
    """Limits of the axis in powers of ten, with room for the numbers at the ends of the bars."""
    logs = [math.log10(ratio) for d in diseases for ratio in (untold(d), *(r.likelihood_ratio for r in d.reasons))]
    low, high = min(-1.0, *logs), max(1.0, *logs)
    room = 0.3 * (high - low)
    return low - room, high + room


def _column(axes: Any, disease: RankedDisease, rows: list[Row], low: float, high: float) -> None:
    bars = {(r.term_id, r.excluded): (r.likelihood_ratio, r.how in _KNOWN) for r in disease.reasons}
    bars[_UNTOLD] = (untold(disease), True)
    for y, row in enumerate(rows):
        if y % 2:
            axes.axhspan(y - 0.5, y + 0.5, color="#f2f2f2", linewidth=0, zorder=0)
        if row in bars:
            _bar(axes, y, *bars[row], gap=0.015 * (high - low))
    axes.axvline(0, color="#222222", linewidth=0.9, zorder=3)
    axes.set_xlim(low, high)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    ticks = _ticks(low, high)
    axes.set_xticks(ticks, [_power(t) for t in ticks], fontsize=8)
    axes.tick_params(axis="x", length=3, color="#888888")
    axes.grid(axis="x", color="#d5d5d5", linewidth=0.6, zorder=1)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color("#888888")


def _bar(axes: Any, y: int, ratio: float, known: bool, gap: float) -> None:
    log = 0.0 if neutral(ratio) else math.log10(ratio)
    colour = _FOR if log >= 0 else _AGAINST
    edge = "white" if known and log < 0 else colour
    if log:
        axes.barh(
            y,
            log,
            0.62,
            color=colour if known else _PALE[colour],
            edgecolor=edge,
            linewidth=0.6,
            hatch="" if log > 0 else "////",
            zorder=2,
        )
    axes.text(
        log + (gap if log >= 0 else -gap),
        y,
        times(ratio),
        va="center",
        ha="left" if log >= 0 else "right",
        fontsize=8,
        color="black" if log else "#888888",
        zorder=3,
    )


def _ticks(low: float, high: float) -> list[int]:
    """At most five powers of ten, zero among them."""
    inside = range(math.ceil(low), math.floor(high) + 1)
    step = max(1, math.ceil(len(inside) / 5))
    return [t for t in inside if t % step == 0]


def _power(tick: int) -> str:
    if tick == 0:
        return "1"
    return f"{'×' if tick > 0 else '÷'}{10 ** abs(tick):,}"


def _name(place: int, disease: RankedDisease) -> list[str]:
    """In lines, three at most."""
    lines = textwrap.wrap(f"{place}. {disease.name}", _NAME_LINE)
    return lines if len(lines) <= 3 else [*lines[:2], textwrap.shorten(" ".join(lines[2:]), _NAME_LINE, placeholder="…")]


def _head(axes: Any, place: int, disease: RankedDisease) -> None:
    genes = f" · {textwrap.shorten(', '.join(disease.genes), 22, placeholder='…')}" if disease.genes else ""
    axes.annotate(
        f"{disease.disease_id}{genes}",
        (0, 1),
        (0, 5),
        "axes fraction",
        textcoords="offset points",
        fontsize=8,
        color="#444444",
    )
    axes.annotate(
        percent(disease.posterior), (0, 1), (0, 18), "axes fraction", textcoords="offset points", fontsize=12, weight="bold"
    )
    axes.annotate(
        "\n".join(_name(place, disease)),
        (0, 1),
        (0, 36),
        "axes fraction",
        textcoords="offset points",
        fontsize=9,
        linespacing=1.15,
    )


def _labels(axes: Any, rows: dict[Row, str]) -> None:
    for y, ((_, excluded), label) in enumerate(rows.items()):
        axes.annotate(
            label,
            (0, y),
            (-8, 0),
            ("axes fraction", "data"),
            textcoords="offset points",
            ha="right",
            va="center",
            style="italic" if excluded else "normal",
        )


def _foot(figure: Figure, source: str) -> None:
    from matplotlib.patches import Patch

    entries = [
        Patch(facecolor=_FOR, label="speaks for"),
        Patch(facecolor=_AGAINST, edgecolor="white", hatch="////", label="speaks against"),
        Patch(facecolor=_PALE[_FOR], edgecolor=_FOR, label="pale: not told of the disease itself, inferred"),
    ]
    width, height = figure.get_size_inches()
    figure.legend(
        handles=entries,
        loc="lower left",
        bbox_to_anchor=(0.15 / width, 0.62 / height),
        ncols=3,
        frameon=False,
        fontsize=8,
        borderaxespad=0,
        borderpad=0,
    )
    told = (
        "×12: twelve times as likely in this disease as among all; ÷3: a third as likely. “no …”: looked for and absent. "
        "%: posterior among the annotated diseases, not the product of the bars (findings repeat each other; all diseases "
        "share 100 %)."
    )
    lines = [line for text in (told, source) for line in textwrap.wrap(text, int(width * 15.5))]
    figure.text(0.15 / width, 0.56 / height, "\n".join(lines), fontsize=7.5, color="#444444", va="top", linespacing=1.2)
