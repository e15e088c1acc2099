"""Storing one release of a source in the slot that is not in use. Nothing changes for queries here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bedside.core.host.registered import KnowledgeSource
from bedside.core.types import GraphEdge, GraphNode, Passage, SourceInfo, Term

from ..compact_id_set import SeenIds
from ..releases.layout import MARK, physical
from .journal import JournalEntry, Spool
from .stores import Stores
from .stream import Embedded, GraphBatch, IngestEngine, Item, Skipped, Texts

Progress = Callable[[str, int, int | None], None]
"""Called with the stage (`graph`, `terms`, `passages`, `done`), how many are stored, of how many (None: not known yet)."""

_GRAPH_BATCH = 50_000
_TOLD = 20


def stage(
    source: KnowledgeSource,
    entry: JournalEntry,
    stores: Stores,
    engine: IngestEngine,
    tell: Progress,
    now: Callable[[], datetime],
) -> SourceInfo:
    """Store all records of `source` under the physical id of `entry`; what it will be listed as once it is switched to.

    What an earlier attempt at the same entry stored is used again. Errors of the source, the embedder and the stores pass
    through; the same call then resumes where this one ended.
    """
    work = _Stage(source, entry, stores, tell)
    stored = SeenIds(stores.vectors.ids(work.vectors_place))
    work.vectors = len(stored)
    # The lexical index has kept nothing of an attempt that did not commit; of one that did, all is put again.
    stores.lexical.remove(work.place)
    try:
        work.begin()
        for item in engine.stream(source, stored):
            work.take(item)
        work.finish()
    finally:
        work.close()
    return work.info(now())


@dataclass
class _Stage:
    source: KnowledgeSource
    entry: JournalEntry
    stores: Stores
    tell: Progress
    vectors: int = 0
    skipped: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.place = physical(self.source.id, self.entry.slot)
        self.vectors_place = physical(self.source.id, self.entry.vectors)
        known = self.stores.sources.get(self.source.id)
        self._replaces = known is not None
        self._terms: Spool = self.stores.journal.spool(self.source.id, "terms")
        self._nodes: Spool = self.stores.journal.spool(self.source.id, "nodes")
        self._owners = {info.id: physical(info.id, info.slot) for info in self.stores.sources.all()}
        self._node_batch: list[GraphNode] = []
        self._edge_batch: list[GraphEdge] = []
        self._seen = SeenIds()
        self._total: int | None = None

    def begin(self) -> None:
        self._terms.add([])  # a release without terms replaces those of the last one all the same

    def take(self, item: Item) -> None:
        if isinstance(item, Embedded):
            self.embedded(item)
        elif isinstance(item, Texts):
            self.texts(item.passages)
        elif isinstance(item, GraphBatch):
            self.facts(item)
        else:
            self.read(item)

    def read(self, end: Skipped) -> None:
        """The source was read to its end; much of it may still wait to be embedded."""
        self.skipped = [f"{one.where}: {one.reason}" for one in end.skips]
        self._total = self.counts["passages"]
        self.tell("passages", self.vectors, self._total)

    # --- passages ---------------------------------------------------------------------------------------------------

    def texts(self, passages: list[Passage]) -> None:
        self.stores.lexical.put([_placed(passage, self.place) for passage in passages])
        self.stores.terms.note_text([passage.text for passage in passages])
        for passage in passages:
            self.kinds[passage.kind] += 1
            if passage.fields.get("retracted"):
                self.counts["retracted"] += 1
        self.counts["passages"] += len(passages)

    def embedded(self, item: Embedded) -> None:
        placed = [_placed(passage, self.vectors_place) for passage in item.passages]
        self.stores.vectors.put(placed, item.vectors, new=True)
        self.vectors += len(item.passages)
        self.tell("passages", self.vectors, self._expected())

    def _expected(self) -> int | None:
        """How many passages there will be: as many as the last release had, as long as nothing better is known."""
        if self._total is not None:
            return self._total
        known = self.stores.sources.get(self.source.id)
        last = known.counts.get("passages", 0) if known else 0
        return max(last, self.counts["passages"]) if last else None

    # --- graph and terms ----------------------------------------------------------------------------------------------

    def facts(self, item: GraphBatch) -> None:
        terms = [record for record in item.records if isinstance(record, Term)]
        if terms:
            self._terms.add(terms)
            self.counts["terms"] += len(terms)
            self.tell("terms", self.counts["terms"], None)
        for record in item.records:
            if isinstance(record, GraphNode):
                self._node_batch.append(record)
            elif isinstance(record, GraphEdge):
                self._edge_batch.append(record)
        if len(self._node_batch) + len(self._edge_batch) >= _GRAPH_BATCH:
            self._flush()

    def _flush(self) -> None:
        nodes, self._node_batch = self._node_batch, []
        edges, self._edge_batch = self._edge_batch, []
        if not nodes and not edges:
            return
        for node in nodes:
            # A node that belongs to another source is given with the edges to it, and counted there.
            if node.source_id == self.source.id and self._seen.add(node.id):
                self.counts["nodes"] += 1
                self.counts["diseases"] += node.kind == "Disease"
        for edge in edges:
            self.counts["edges"] += self._seen.add(edge.id)
        mark = MARK if self.entry.slot == "b" else ""
        placed = [edge.model_copy(update={"id": edge.id + mark, "source_id": self.place}) for edge in edges]
        self.stores.graph.put(self._first(nodes), placed)
        self.tell("graph", self.counts["nodes"] + self.counts["edges"], None)

    def _first(self, nodes: list[GraphNode]) -> list[GraphNode]:
        """The nodes to store now: those that are not there yet. What changes in the others waits for the switch."""
        own = [node for node in nodes if node.source_id == self.source.id]
        if self._replaces:
            self._nodes.add(own)
        else:
            nodes = [node for node in nodes if node.source_id != self.source.id]
        known = {node.id for node in self.stores.graph.nodes([node.id for node in nodes])}
        new = [node for node in nodes if node.id not in known]
        if not self._replaces:
            new += own
        return [node.model_copy(update={"source_id": self._owner(node)}) for node in new]

    def _owner(self, node: GraphNode) -> str:
        return self.place if node.source_id == self.source.id else self._owners.get(node.source_id, node.source_id)

    # --- the end ------------------------------------------------------------------------------------------------------

    def finish(self) -> None:
        self._flush()
        self.close()
        self.stores.lexical.commit()

    def close(self) -> None:
        self._terms.close()
        self._nodes.close()

    def info(self, when: datetime) -> SourceInfo:
        counts = dict(self.kinds) | {what: self.counts[what] for what in ("passages", "nodes", "edges", "terms")}
        counts |= {what: self.counts[what] for what in ("diseases", "retracted") if self.counts[what]}
        if self.skipped:
            counts["skipped"] = len(self.skipped)
        version = self.entry.version
        return SourceInfo(
            id=self.source.id,
            title=self.source.title,
            version=version,
            licence=self.source.licence,
            url=self.source.homepage or self.source.url,
            date=_date(version),
            loaded_at=when.astimezone(UTC).isoformat(timespec="seconds"),
            counts=counts,
            slot=self.entry.slot,
            vectors=self.entry.vectors,
            fingerprint=self.entry.fingerprint if self.counts["passages"] else "",
            skipped=tuple(self.skipped[:_TOLD]),
        )


def _placed(passage: Passage, place: str) -> Passage:
    return passage.model_copy(update={"source_id": place})


def _date(version: str) -> str | None:
    """The version when it is a date, as releases of ontologies are."""
    try:
        return datetime.strptime(version.strip().removeprefix("v"), "%Y-%m-%d").date().isoformat()
    except ValueError:
        return None
