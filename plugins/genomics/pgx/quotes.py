"""CPIC's lines as evidence of the one type that everything is cited with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..cite import Citer

if TYPE_CHECKING:
    from bedside.core import Evidence, GraphEdge, Services


class LineQuotes:
    """Evidence of table rows, each made once: in bulk most people share theirs."""

    def __init__(self, services: Services) -> None:
        self._cite = Citer(services)
        self._made: dict[str, Evidence] = {}

    def evidence(self, edge: GraphEdge) -> Evidence:
        if edge.id not in self._made:
            self._made[edge.id] = self._evidence(edge)
        return self._made[edge.id]

    def _evidence(self, edge: GraphEdge) -> Evidence:
        kind = {"recommendation": "guideline", "no_recommendation": "guideline", "pair": "pair"}.get(edge.kind, "function")
        return self._cite.edge(edge, kind=kind)
