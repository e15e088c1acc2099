"""Loading into doubles: order, counts, idempotence, versions, errors."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from bedside.core.errors import EmbeddingError, SourceError
from bedside.core.host.registered import KnowledgeSource
from bedside.core.testing.doubles import MemoryGraph, MemoryTerms, MemoryVectors, WordEmbedder
from bedside.core.types import GraphEdge, GraphNode, Passage, Term
from bedside.knowledge.ingest import FileSources, load, load_all


class Kit:
    def __init__(self, folder: Path) -> None:
        self.stores: dict[str, Any] = {
            "vectors": MemoryVectors(),
            "graph": MemoryGraph(),
            "terms": MemoryTerms(),
            "sources": FileSources(folder / "sources.json"),
            "embedder": WordEmbedder(),
        }

    def load(self, source: KnowledgeSource, **rest: Any) -> Any:
        return load(source, **self.stores, **rest)

    def counts(self) -> tuple[int, dict[str, int], int]:
        return self.stores["vectors"].count(), self.stores["graph"].counts(), self.stores["terms"].count()


@pytest.fixture
def kit(tmp_path: Path) -> Kit:
    return Kit(tmp_path)


def source(ident: str = "one", *, passages: int = 5, version: str = "2030-01-02", broken: bool = False) -> KnowledgeSource:
    def records() -> Iterator[Any]:
        for n in range(3):
            yield GraphNode(id=f"{ident}:{n}", kind="Disease", name=f"n{n}", source_id=ident)
        # A node of another source, given for the sake of an edge.
        yield GraphNode(id="shared:1", kind="Phenotype", name="s", source_id="owner")
        yield Term(id=f"{ident}:0", kind="disease", name=f"disease {ident}", source_id=ident)
        for n in range(passages):
            yield Passage.of(source_id=ident, text=f"Passage {n} of {ident} version {version}.", kind="definition")
        if broken:
            raise SourceError("line 7 is broken")
        yield GraphEdge.of(kind="is_a", start=f"{ident}:0", end="shared:1", text="0 is a 1.", source_id=ident)

    return KnowledgeSource(
        id=ident, title=ident.title(), licence="CC0", version=lambda: version, records=records, homepage="https://x.example"
    )


def test_everything_lands_and_is_counted(kit: Kit) -> None:
    when = datetime(2031, 1, 1, 12, tzinfo=UTC)
    info = kit.load(source(passages=5000), now=lambda: when)
    assert {key: info.counts[key] for key in ("passages", "nodes", "edges", "terms", "diseases")} == {
        "passages": 5000,
        "nodes": 3,
        "edges": 1,
        "terms": 1,
        "diseases": 3,
    }
    assert (info.version, info.date, info.loaded_at, info.url) == (
        "2030-01-02",
        "2030-01-02",
        "2031-01-01T12:00:00+00:00",
        "https://x.example",
    )
    assert kit.stores["sources"].get("one") == info
    assert kit.counts() == (5000, {"nodes": 4, "edges": 1}, 1)


def test_twice_is_once(kit: Kit) -> None:
    first = kit.load(source())
    before = kit.counts()
    second = kit.load(source())
    assert kit.counts() == before and first.counts == second.counts


def test_another_version_replaces_the_old_one(kit: Kit) -> None:
    kit.load(source(passages=9, version="1"))
    kit.load(source(passages=4, version="2"))
    assert kit.stores["vectors"].count("one") == 4


def test_a_load_that_was_cut_off_leaves_no_entry_and_is_cleared(kit: Kit) -> None:
    with pytest.raises(SourceError, match="line 7"):
        kit.load(source(passages=4500, broken=True))
    assert kit.stores["sources"].all() == []
    kit.load(source(passages=2))
    assert kit.counts()[0] == 2


def test_an_embedder_that_fails_is_told_and_nobody_waits(kit: Kit) -> None:
    class Failing(WordEmbedder):
        def embed(self, texts: Any) -> Any:
            raise EmbeddingError("no memory")

    kit.stores["embedder"] = Failing()
    before = threading.active_count()
    with pytest.raises(EmbeddingError, match="no memory"):
        kit.load(source(passages=20_000))
    assert kit.stores["sources"].all() == [] and threading.active_count() == before


def test_a_store_that_fails_is_told_and_nobody_waits(kit: Kit) -> None:
    class Full(MemoryVectors):
        def put(self, passages: Any, vectors: Any) -> None:
            raise SourceError("disk full")

    kit.stores["vectors"] = Full()
    with pytest.raises(SourceError, match="disk full"):
        kit.load(source(passages=20_000))


def test_progress_ends_at_the_total(kit: Kit) -> None:
    told: list[tuple[str, int, int | None]] = []
    kit.load(source(passages=1500), progress=lambda *step: told.append(step))
    assert told[-1] == ("done", 1500, 1500)
    passages = [done for stage, done, _ in told if stage == "passages"]
    assert passages == sorted(passages) and passages[-1] == 1500
    assert {"terms", "graph"} <= {stage for stage, _, _ in told}


def test_several_at_once(kit: Kit) -> None:
    seen: set[str] = set()
    given = [source(name, passages=300) for name in ("a", "b", "c")]
    infos = load_all(given, **kit.stores, progress=lambda ident, *_: seen.add(ident))
    assert [info.id for info in infos] == ["a", "b", "c"] and seen == {"a", "b", "c"}
    assert kit.counts() == (900, {"nodes": 10, "edges": 3}, 3)
    assert [info.id for info in kit.stores["sources"].all()] == ["a", "b", "c"]


def test_one_that_fails_among_several(kit: Kit) -> None:
    with pytest.raises(SourceError, match="line 7"):
        load_all([source("a"), source("b", broken=True), source("c")], **kit.stores)
    assert kit.stores["sources"].get("b") is None
