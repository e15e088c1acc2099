"""The shared services of one engine, built from configuration: each once, at its first use."""

from __future__ import annotations

import contextlib
import importlib
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bedside.core.config import Config
from bedside.core.errors import BedsideError, ModelError, ServiceError, SourceError
from bedside.core.protocols import Embedder, GraphStore, LanguageModel, TermIndex
from bedside.core.reading.reader import Reader

from .home import Home
from .importing import with_numpy
from .ingest.journal import Journal
from .ingest.sources import FileSources
from .ingest.stores import Stores
from .models import Models
from .once import Once
from .releases.layout import Live
from .releases.view import LiveGraph, LiveVectors, LiveWords

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bedside.core.host.registered import KnowledgeSource
    from bedside.core.types import Hit, SourceFiles

    from .graph import LadybugGraph, Neo4jGraph
    from .ingest.ray_engine import RayEngine
    from .search.hybrid import HybridSearch
    from .search.lexical import TantivyIndex
    from .search.rerank import Reranked
    from .terms import SqliteTerms
    from .vectors import ChromaVectors


class LocalServices:
    """Implements `core.protocols.Services`. An unavailable backend raises its error at each use.

    `names` tells which backend stands behind each service that has been used; `catalogue` gives every source that can be
    pulled, by id.
    """

    def __init__(
        self,
        config: Config,
        home: Home,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        catalogue: Callable[[], Mapping[str, KnowledgeSource]] = dict,
        models: Models | None = None,
    ) -> None:
        self._config = config
        self.home = home
        self._clock = clock
        self._catalogue = catalogue
        self._own_models = models is None
        self.models = models or Models(config, home.derived / "machine.json")
        # live views over the stores, and the stores under them
        self._parts = Once("search", "terms", "vectors", "words", "graph", "raw_vectors", "raw_words", "raw_graph")
        self.names: dict[str, str] = {}
        self._look_at_home()

    def _look_at_home(self) -> None:
        self.sources = FileSources(self.home.sources)
        self._live = Live(self.sources, self._busy)

    def _busy(self) -> bool:
        """May there be more in the stores than what is in use? A server is shared with the one who is loading."""
        if self.home.unfinished.exists():
            return True
        if not (self.home.changing or self.shared):
            return False
        try:
            return any(True for _ in self.home.staging.iterdir())
        except FileNotFoundError:
            return False

    @property
    def shared(self) -> frozenset[str]:
        """The stores that are servers: every generation is in the same one."""
        vectors, graph = self._config.vectors.backend == "http", self._config.graph.backend == "neo4j"
        return frozenset(name for name, is_server in (("vectors", vectors), ("graph", graph)) if is_server)

    def now(self) -> datetime:
        return self._clock()

    def files(self, source_id: str) -> SourceFiles:
        from .catalogue import mirror_folder, source_files

        source = self._catalogue().get(source_id)
        if source is None or not source.pulled:
            raise SourceError(f"{source_id} is not a source whose files are pulled", hint="bedside knowledge list")
        return source_files(source, self.home.path, mirror_folder(self._config.sources.mirror))

    def workspace(self, name: str) -> Path:
        folder = self.home.derived / name
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise ServiceError(f"the folder {folder} can't be made: {error.strerror}") from error
        return folder

    @property
    def llm(self) -> LanguageModel:
        return self.models.llm

    @property
    def embedder(self) -> Embedder:
        return self.models.embedder

    @property
    def vectors(self) -> LiveVectors:
        raw = partial(self._parts.get, "raw_vectors", self._make_vectors)
        return self._parts.get("vectors", lambda: LiveVectors(raw(), self._live))

    @property
    def words(self) -> LiveWords:
        return self._parts.get("words", lambda: LiveWords(self._parts.get("raw_words", self._make_words), self._live))

    @property
    def graph(self) -> GraphStore:
        return self._parts.get("graph", lambda: LiveGraph(self._parts.get("raw_graph", self._make_graph), self._live))

    @property
    def search(self) -> HybridSearch:
        return self._parts.get("search", self._make_search)

    @property
    def reader(self) -> Reader:
        return Reader(self)

    def stores(self) -> Stores:
        """The stores under the live views, for a load. Needs a data folder opened for writing."""
        return Stores(
            vectors=self._parts.get("raw_vectors", self._make_vectors),
            lexical=self._parts.get("raw_words", self._make_words),
            graph=self._parts.get("raw_graph", self._make_graph),
            terms=self._parts.get("terms", self._make_terms),
            sources=self.sources,
            embedder=self.embedder,
            journal=Journal(self.home.staging),
            shared=self.shared,
        )

    @property
    def terms(self) -> TermIndex:
        return self._parts.get("terms", self._make_terms)

    def begin(self) -> None:
        """Writer: from now on the stores are those of the next generation."""
        self.home.begin()
        self._look_at_home()
        self._parts.reset()  # last: what a warming thread opens from now on is of the next generation

    def close_stores(self) -> None:
        """Close the stores, so that their files are whole; they open anew when they are asked for."""
        self._parts.reset()

    def end(self) -> None:
        """Writer: back to the current generation."""
        if self.home.changing:
            self.home.leave()
        self._look_at_home()
        self._parts.reset()  # last, as in `begin`

    def ray_engine(self, address: str) -> RayEngine:
        """Reading and embedding on a Ray cluster; "" starts one on this machine."""
        from .embeddings import SentenceTransformerEmbedder
        from .ingest.ray_engine import RayEngine

        c = self._config.embedding
        make = partial(
            SentenceTransformerEmbedder, Path(c.model) if c.model else None, device=c.device, batch_size=c.batch_size
        )
        return RayEngine(make, address=address or None)

    def warm(self) -> None:
        """Begin making what every question needs, in the background; errors recur, and are reported, at first use."""

        def begin() -> None:
            # one after the other: their imports must not overlap, and side by side they are no faster
            with contextlib.suppress(BedsideError):
                _ = self.vectors
            with contextlib.suppress(BedsideError):
                self.embedder.embed(["warm"])

        _import("numpy")  # before there is a second thread: whatever a plugin imports first finds it whole
        threading.Thread(target=begin, name="bedside-warm", daemon=True).start()

    def close(self) -> None:
        self._parts.close()
        if self._own_models:
            self.models.close()
        self.home.close()

    def _make_search(self) -> HybridSearch:
        from .search.hybrid import HybridSearch
        from .search.rerank import rerank

        def by_likelihood(question: str, hits: Sequence[Hit]) -> Reranked:
            model = None
            with contextlib.suppress(ModelError):  # without a model the fused order stands, and a note says so
                model = self.llm
            return rerank(question, hits, model, lists=("bm25", "dense"))

        return HybridSearch(self, rerank=by_likelihood)

    def _make_words(self) -> TantivyIndex:
        from .search.lexical import TantivyIndex

        return TantivyIndex(self.home.words, read_only=not self.home.changing)

    def _make_vectors(self) -> ChromaVectors:
        from .vectors import ChromaVectors

        _import("chromadb")  # now, not inside a call to the store, whose time is bounded

        c, e = self._config.vectors, self.embedder
        if c.backend == "http":
            self.names["vectors"] = f"Chroma server {c.url}"
            return ChromaVectors.http(c.url, fingerprint=e.fingerprint, dimensions=e.dimensions, token=c.token or None)
        self.names["vectors"] = "Chroma, embedded"
        return ChromaVectors.embedded(
            self.home.chroma, fingerprint=e.fingerprint, dimensions=e.dimensions, read_only=not self.home.changing
        )

    def _make_graph(self) -> LadybugGraph | Neo4jGraph:
        c = self._config.graph
        if c.backend == "neo4j":
            from .graph import Neo4jGraph

            _import("neo4j")

            self.names["graph"] = f"Neo4j {c.uri}"
            return Neo4jGraph(c.uri, user=c.user, password=c.password, database=c.database or None)
        from .graph import LadybugGraph

        self.names["graph"] = "LadybugDB, embedded"
        return LadybugGraph(self.home.graph, read_only=not self.home.changing)

    def _make_terms(self) -> SqliteTerms:
        from .terms import SqliteTerms

        return SqliteTerms(self.home.terms, read_only=not self.home.changing)


def _import(name: str) -> None:
    """Import a library before its first use; where it is missing or broken, its adapter says so at that use."""
    with with_numpy(), contextlib.suppress(ImportError):
        importlib.import_module(name)
