"""Draws the calibration curve: `python bench/rank.py | tail -1 > bench/out/rank.json; python bench/_plot_rank.py`."""

from __future__ import annotations

import json
from pathlib import Path

from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

ROOT = Path(__file__).resolve().parent.parent
SHOWN = {"as reported": ("o-", "as reported"), "as reported, leave-out": ("s--", "without the case's own papers")}


def main() -> None:
    figures = json.loads((ROOT / "bench" / "out" / "rank.json").read_text(encoding="utf-8"))["figures"]
    figure = Figure(figsize=(5, 4.6), layout="constrained")
    FigureCanvasSVG(figure)
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], color="#999999", linewidth=1)
    for name, (style, label) in SHOWN.items():
        bins = figures[name]["calibration"]["bins"]
        x, y = [b["said"] for b in bins], [b["right"] for b in bins]
        error = figures[name]["calibration"]["expected_error"]
        axes.plot(x, y, style, label=f"{label} (error {error})")
        for b in bins:
            axes.annotate(str(b["cases"]), (b["said"], b["right"]), (4, -11), textcoords="offset points", fontsize=7)
    axes.set(xlabel="posterior of the disease ranked first", ylabel="how often it is right", xlim=(0, 1), ylim=(0, 1.02))
    axes.set_aspect("equal")
    axes.legend(loc="upper left", fontsize=8, frameon=False)
    axes.set_title("208 real patients; numbers are cases", fontsize=9)
    figure.savefig(ROOT / "docs" / "rank-calibration.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
