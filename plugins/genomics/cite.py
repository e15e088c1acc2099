"""Turns a graph edge into evidence that can be opened."""

from __future__ import annotations

from bedside.core import Evidence, GraphEdge, GraphPath, PathEdge, Services, Source
from bedside.core.errors import StoreError


class Citer:
    """Cites edges; remembers the source entries of one question."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._known: dict[str, Source] = {}
        self._now = services.now()

    def edge(self, edge: GraphEdge, *, kind: str) -> Evidence:
        """The whole text of one edge as a quote, as strong as its source says. Raises `StoreError` when its source is not in
        the catalogue."""
        return Evidence.of(
            kind=kind,
            quote=edge.text,
            source=self._source(edge),
            locator=GraphPath(
                nodes=(edge.start, edge.end),
                edges=(
                    PathEdge(
                        edge_id=edge.id,
                        start=0,
                        end=len(edge.text),
                        source_id=edge.source_id,
                        references=edge.references,
                    ),
                ),
            ),
            strength=str(edge.props.get("strength") or ""),
            retrieved_at=self._now,
        )

    def _source(self, edge: GraphEdge) -> Source:
        if edge.source_id not in self._known:
            info = self._services.sources.get(edge.source_id)
            if info is None:
                raise StoreError(
                    f"the graph holds an edge of {edge.source_id}, which is not in the source catalogue",
                    hint="load it again: bedside knowledge load",
                )
            self._known[edge.source_id] = Source(
                id=info.id, title=info.title, version=info.version, licence=info.licence, date=info.date, url=info.url
            )
        base = self._known[edge.source_id]
        own = {key: edge.props[key] for key in ("title", "version", "licence", "date") if edge.props.get(key)}
        return base.model_copy(update={**own, "url": edge.url or base.url, "references": edge.references})
