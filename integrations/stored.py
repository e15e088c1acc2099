"""What is stored under an id, in full, so that a quote can be checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from bedside.core import GraphEdge, GraphNode, Passage, Term
from bedside.core.types import SourceInfo


@dataclass(frozen=True)
class Stored:
    """A record as its store holds it. `source` is None where the catalogue does not know it."""

    what: Literal["edge", "passage", "node", "term"]
    record: GraphEdge | Passage | GraphNode | Term
    source: SourceInfo | None

    def data(self) -> dict[str, Any]:
        """As JSON: the record's own fields between `what` and `source`."""
        source = self.source.model_dump(mode="json") if self.source else None
        return {"what": self.what, **self.record.model_dump(mode="json"), "source": source}
