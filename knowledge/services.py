"""The shared services of one engine, built from configuration: each once, at its first use."""

from __future__ import annotations

import contextlib
import importlib
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bedside.core.config import Config
from bedside.core.errors import BedsideError, ModelError, ServiceError, SourceError
from bedside.core.protocols import Embedder, GraphStore, LanguageModel, TermIndex
from bedside.core.reading.reader import Reader

from .home import Home
from .importing import with_numpy
from .ingest.journal import Journal
from .ingest.sources import FileSources
from .ingest.stores import Stores
from .releases.layout import Live
from .releases.view import LiveGraph, LiveVectors, LiveWords

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bedside.core.host.registered import KnowledgeSource
    from bedside.core.types import Hit, SourceFiles

    from .ingest.ray_engine import RayEngine
    from .search.hybrid import HybridSearch
    from .search.lexical import TantivyIndex
    from .search.rerank import Reranked
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
    ) -> None:
        self._config = config
        self._home = home
        self._clock = clock
        self._catalogue = catalogue
        self._made: dict[str, Any] = {}
        self._closed = False
        self._locks: dict[str, threading.Lock] = {
            n: threading.Lock()
            for n in (
                *("llm", "embedder", "terms", "vectors", "words", "graph", "search"),
                *("raw_vectors", "raw_words", "raw_graph"),  # under the live views
            )
        }
        self.names: dict[str, str] = {}
        self.sources = FileSources(home.sources)
        self._live = Live(self.sources, home.staging)

    def now(self) -> datetime:
        return self._clock()

    def files(self, source_id: str) -> SourceFiles:
        from .catalogue import mirror_folder, source_files

        source = self._catalogue().get(source_id)
        if source is None or not source.pulled:
            raise SourceError(f"{source_id} is not a source whose files are pulled", hint="bedside knowledge list")
        return source_files(source, self._home.path, mirror_folder(self._config.sources.mirror))

    def workspace(self, name: str) -> Path:
        folder = self._home.derived / name
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise ServiceError(f"the folder {folder} can't be made: {error.strerror}") from error
        return folder

    @property
    def llm(self) -> LanguageModel:
        return self._once("llm", self._make_llm)

    @property
    def embedder(self) -> Embedder:
        return self._once("embedder", self._make_embedder)

    @property
    def vectors(self) -> LiveVectors:
        return self._once("vectors", lambda: LiveVectors(self._once("raw_vectors", self._make_vectors), self._live))

    @property
    def words(self) -> LiveWords:
        return self._once("words", lambda: LiveWords(self._once("raw_words", self._make_words), self._live))

    @property
    def graph(self) -> GraphStore:
        return self._once("graph", lambda: LiveGraph(self._once("raw_graph", self._make_graph), self._live))

    @property
    def search(self) -> HybridSearch:
        return self._once("search", self._make_search)

    @property
    def reader(self) -> Reader:
        return Reader(self)

    def stores(self) -> Stores:
        """The stores under the live views, for a load. Needs a data folder opened for writing."""
        return Stores(
            vectors=self._once("raw_vectors", self._make_vectors),
            lexical=self._once("raw_words", self._make_words),
            graph=self._once("raw_graph", self._make_graph),
            terms=self._once("terms", self._make_terms),
            sources=self.sources,
            embedder=self.embedder,
            journal=Journal(self._home.staging),
        )

    @property
    def terms(self) -> TermIndex:
        return self._once("terms", self._make_terms)

    def incomplete(self) -> bool:
        """Did a process end between the switch to a release, or the start of a removal, and its completion?"""
        from .ingest.recover import to_complete

        return bool(to_complete(Journal(self._home.staging), self.sources))

    def complete(self) -> None:
        """Complete that. Needs a data folder opened for writing."""
        from .ingest.recover import recover

        recover(self.stores())

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
                self.embedder.embed(["warm"])

        _import("numpy")  # before there is a second thread: whatever a plugin imports first finds it whole
        threading.Thread(target=begin, name="bedside-warm", daemon=True).start()

    def close(self) -> None:
        for name, lock in self._locks.items():
            with lock:  # what a warming thread is making is waited for, and nothing is made afterwards
                made = self._made.pop(name, None)
                self._closed = True
            if hasattr(made, "close"):
                made.close()
        self._home.close()

    def _once(self, name: str, make: Callable[[], Any]) -> Any:
        if name not in self._made:
            with self._locks[name]:
                if self._closed:
                    raise ServiceError("the services are closed")
                if name not in self._made:
                    self._made[name] = make()
        return self._made[name]

    def _make_llm(self) -> LanguageModel:
        from .llm.client import LlamaProcess
        from .llm.starter import starter_model

        c = self._config.llm
        if not c.enabled:
            raise ModelError("the language model is switched off (llm.enabled)")
        path = Path(c.model).expanduser() if c.model else starter_model()
        return LlamaProcess(path, n_ctx=c.n_ctx, n_gpu_layers=c.n_gpu_layers, threads=c.threads, timeout=c.timeout)

    def _make_embedder(self) -> Embedder:
        from .embeddings import SentenceTransformerEmbedder

        c = self._config.embedding
        return SentenceTransformerEmbedder(
            Path(c.model) if c.model else None,
            device=c.device,
            batch_size=c.batch_size,
            kept=self._home.derived / "machine.json",
        )

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

        return TantivyIndex(self._home.words, read_only=self._home.mode == "read")

    def _make_vectors(self) -> ChromaVectors:
        from .vectors import ChromaVectors

        _import("chromadb")  # now, not inside a call to the store, whose time is bounded

        c, e = self._config.vectors, self.embedder
        if c.backend == "http":
            self.names["vectors"] = f"Chroma server {c.url}"
            return ChromaVectors.http(c.url, fingerprint=e.fingerprint, dimensions=e.dimensions, token=c.token or None)
        self.names["vectors"] = "Chroma, embedded"
        return ChromaVectors.embedded(
            self._home.chroma, fingerprint=e.fingerprint, dimensions=e.dimensions, read_only=self._home.mode == "read"
        )

    def _make_graph(self) -> GraphStore:
        c = self._config.graph
        if c.backend == "neo4j":
            from .graph import Neo4jGraph

            _import("neo4j")

            self.names["graph"] = f"Neo4j {c.uri}"
            return Neo4jGraph(c.uri, user=c.user, password=c.password, database=c.database or None)
        from .graph import LadybugGraph

        self.names["graph"] = "LadybugDB, embedded"
        return LadybugGraph(self._home.graph, read_only=self._home.mode == "read")

    def _make_terms(self) -> TermIndex:
        from .terms import SqliteTerms

        return SqliteTerms(self._home.terms, read_only=self._home.mode == "read")


def _import(name: str) -> None:
    """Import a library before its first use; where it is missing or broken, its adapter says so at that use."""
    with with_numpy(), contextlib.suppress(ImportError):
        importlib.import_module(name)
