"""The figures of the last `bench/search.py` as a picture: python bench/_plot_search.py writes docs/search.svg."""

from __future__ import annotations

import json
from pathlib import Path

HERE = Path(__file__).resolve().parent
SYSTEMS = {
    "bm25": "BM25, stemmed",
    "dense": "MiniLM",
    "langchain": "LangChain ensemble",
    "rrf": "rank fusion",
    "bedside": "Bedside",
}
COLOURS = ("#9aa5b1", "#c3ccd5", "#d9b38c", "#7b8794", "#0f6cbd")


def main() -> int:
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "bedside"
    from matplotlib import pyplot

    found = json.loads((HERE / "out" / "search.json").read_text(encoding="utf-8"))
    kinds = list(found["bm25"])
    figure, panels = pyplot.subplots(1, 2, figsize=(11, 4.6), sharey=True, layout="constrained")
    for panel, figure_name in zip(panels, ("hit@1", "recall@10"), strict=True):
        for place, (system, label) in enumerate(SYSTEMS.items()):
            values = [found[system][kind][figure_name] for kind in kinds]
            rows = [row + 0.16 * (2 - place) for row in range(len(kinds))]
            panel.barh(rows, values, height=0.15, color=COLOURS[place], label=label)
        panel.set_title(figure_name)
        panel.set_xlim(0, 1)
        panel.set_yticks(range(len(kinds)), kinds)
        panel.spines[["top", "right"]].set_visible(False)
    panels[0].invert_yaxis()
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(SYSTEMS), frameon=False)
    figure.savefig(HERE.parent / "docs" / "search.svg", metadata={"Date": None})
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
