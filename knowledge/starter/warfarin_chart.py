"""CPIC's flow charts for warfarin (PMID:28198005, CC0), one edge for each box: in CPIC's words, with what leads to it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from bedside.core.types import GraphEdge

from .cpic_genes import ID
from .drug_ids import drug_id

KIND = "flow_chart"
_DRUG = "warfarin"


def chart_edges() -> Iterator[GraphEdge]:
    """In the order of the charts. `props`: `chart`, its `title`, the box's `place` (from 1), `id`, `text`, `notes` (its
    footnotes), `strength`, and what the box asks or holds for and which arrows lead to it, as `data/warfarin_chart.toml`
    explains them."""
    data = tomllib.loads(files(__package__).joinpath("data", "warfarin_chart.toml").read_text(encoding="utf-8"))
    for chart in ("adults", "children"):
        for place, step in enumerate(data[chart]["step"], start=1):
            notes = [f"({letter}) {data[chart]['notes'][letter]}" for letter in step.get("notes", ())]
            strength = step.get("strength", "")
            head = ", ".join(filter(None, (f"{_DRUG}, CPIC's flow chart for {chart}, box {place}", strength.lower())))
            props: dict[str, Any] = {
                **step,
                "drug": _DRUG,
                "publisher": "CPIC",
                "chart": chart,
                "title": data[chart]["title"],
                "place": place,
                "notes": notes,
                "strength": strength,
                "licence": data["licence"],
                "version": "update of 2017",
            }
            yield GraphEdge.of(
                kind=KIND,
                start=drug_id(_DRUG),
                end="GENE:CYP2C9",
                text=f"{head}: {' '.join([step['text'], *notes])}",
                source_id=ID,
                url=data["url"],
                references=(data["source"],),
                props=props,
            )
