"""The records of the starter sources, read once for all tests of them."""

from __future__ import annotations

import pytest
from bedside.core.types import GraphEdge, Record
from bedside.knowledge.starter import starter_sources


@pytest.fixture(scope="session")
def starter_records() -> dict[str, list[Record]]:
    """{source id: its records but the edges, of which there are too many to keep}, in the order of loading."""
    return {s.id: [one for one in s.records() if not isinstance(one, GraphEdge)] for s in starter_sources()}
