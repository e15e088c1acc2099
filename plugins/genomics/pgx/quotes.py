"""CPIC's lines as evidence of the one type that everything is cited with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..cite import Citer

if TYPE_CHECKING:
    from bedside.core import Evidence, GraphEdge, Services


class LineQuotes:
    """Evidence of table rows."""

    def __init__(self, services: Services) -> None:
        self._cite = Citer(services)

    def evidence(self, edge: GraphEdge) -> Evidence:
        kind = {"recommendation": "guideline", "no_recommendation": "guideline", "pair": "pair"}.get(edge.kind, "function")
        return self._cite.edge(edge, kind=kind)
