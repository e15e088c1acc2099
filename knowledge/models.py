"""The models of a process: one language model and one embedding model, made at their first use, shared by all views."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bedside.core.config import Config
from bedside.core.errors import ModelError
from bedside.core.protocols import Embedder, LanguageModel

from .once import Once

if TYPE_CHECKING:
    from .embeddings import SentenceTransformerEmbedder
    from .llm.client import LlamaProcess


class Models:
    """Raises `ModelError` at each use of a model that can't be had. `machine` is where the embedder notes what it measured
    of this machine."""

    def __init__(self, config: Config, machine: Path) -> None:
        self._config = config
        self._machine = machine
        self._parts = Once("llm", "embedder")

    @property
    def llm(self) -> LanguageModel:
        return self._parts.get("llm", self._make_llm)

    @property
    def embedder(self) -> Embedder:
        return self._parts.get("embedder", self._make_embedder)

    def close(self) -> None:
        self._parts.close()

    def _make_llm(self) -> LlamaProcess:
        from .llm.client import LlamaProcess
        from .llm.starter import starter_model

        c = self._config.llm
        if not c.enabled:
            raise ModelError("the language model is switched off (llm.enabled)")
        path = Path(c.model).expanduser() if c.model else starter_model()
        return LlamaProcess(path, n_ctx=c.n_ctx, n_gpu_layers=c.n_gpu_layers, threads=c.threads, timeout=c.timeout)

    def _make_embedder(self) -> SentenceTransformerEmbedder:
        from .embeddings import SentenceTransformerEmbedder

        c = self._config.embedding
        return SentenceTransformerEmbedder(
            Path(c.model) if c.model else None, device=c.device, batch_size=c.batch_size, kept=self._machine
        )
