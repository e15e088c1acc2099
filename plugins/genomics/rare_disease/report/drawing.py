"""The reasons of a ranking as a picture: a row for each finding, a column for each disease, a bar for each ratio."""

from __future__ import annotations

import math
import textwrap
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bedside.core.errors import OutputError, PluginError

from .drawing_layout import (
    AGAINST,
    EXPLAINED,
    FOR,
    KNOWN,
    MOST_DISEASES,
    MOST_ROWS,
    PALE,
    UNTOLD_ROW,
    Row,
    name_lines,
    power,
    reach,
    rows_of,
    ticks,
)
from .report_text import neutral, percent, times, untold

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..scoring.results import DiseaseRanking, RankedDisease

__all__ = ["MOST_DISEASES", "MOST_ROWS", "draw"]

# inches
_LABELS, _COLUMN, _ROW, _HEAD, _NAME_HEIGHT, _FOOT = 3.1, 2.5, 0.27, 0.6, 0.16, 1.2
_STYLE: Any = {
    "font.family": ["DejaVu Sans"],
    "font.size": 9,
    "svg.fonttype": "none",  # text stays text: it can be searched, copied and read aloud
    "svg.hashsalt": "bedside",
    "hatch.linewidth": 0.6,
    "text.parse_math": False,  # a "$" in a name is a "$"
}


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

    rows, left_out = rows_of(diseases)
    width = _LABELS + _COLUMN * len(diseases) + 0.2
    head = _HEAD + _NAME_HEIGHT * max(len(name_lines(place, d)) for place, d in enumerate(diseases, 1))
    height = head + _ROW * len(rows) + _FOOT
    figure = Figure(figsize=(width, height))
    low, high = reach(diseases)
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


def _column(axes: Any, disease: RankedDisease, rows: list[Row], low: float, high: float) -> None:
    bars = {(r.term_id, r.excluded): (r.likelihood_ratio, r.how in KNOWN) for r in disease.reasons}
    bars[UNTOLD_ROW] = (untold(disease), True)
    for y, row in enumerate(rows):
        if y % 2:
            axes.axhspan(y - 0.5, y + 0.5, color="#f2f2f2", linewidth=0, zorder=0)
        if row in bars:
            _bar(axes, y, *bars[row], gap=0.015 * (high - low))
    axes.axvline(0, color="#222222", linewidth=0.9, zorder=3)
    axes.set_xlim(low, high)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    marked = ticks(low, high)
    axes.set_xticks(marked, [power(t) for t in marked], fontsize=8)
    axes.tick_params(axis="x", length=3, color="#888888")
    axes.grid(axis="x", color="#d5d5d5", linewidth=0.6, zorder=1)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color("#888888")


def _bar(axes: Any, y: int, ratio: float, known: bool, gap: float) -> None:
    log = 0.0 if neutral(ratio) else math.log10(ratio)
    colour = FOR if log >= 0 else AGAINST
    edge = "white" if known and log < 0 else colour
    if log:
        axes.barh(
            y,
            log,
            0.62,
            color=colour if known else PALE[colour],
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
        "\n".join(name_lines(place, disease)),
        (0, 1),
        (0, 36),
        "axes fraction",
        textcoords="offset points",
        fontsize=9,
        linespacing=1.15,
    )


def _labels(axes: Any, rows: Mapping[Row, str]) -> None:
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
        Patch(facecolor=FOR, label="speaks for"),
        Patch(facecolor=AGAINST, edgecolor="white", hatch="////", label="speaks against"),
        Patch(facecolor=PALE[FOR], edgecolor=FOR, label="pale: not reported of the disease itself, inferred"),
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
    lines = [line for text in (EXPLAINED, source) for line in textwrap.wrap(text, int(width * 15.5))]
    figure.text(0.15 / width, 0.56 / height, "\n".join(lines), fontsize=7.5, color="#444444", va="top", linespacing=1.2)
