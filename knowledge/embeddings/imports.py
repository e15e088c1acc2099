"""Importing sentence-transformers: once, offline, with one error for whatever goes wrong."""

from __future__ import annotations

import importlib
from types import ModuleType

from bedside.core.errors import EmbeddingError

from ..importing import with_numpy


def sentence_transformers() -> ModuleType:
    """The package; `EmbeddingError` when it can't be imported. `bedside.knowledge` has switched its telemetry off."""
    with with_numpy():
        try:
            return importlib.import_module("sentence_transformers")
        except (ImportError, OSError, RuntimeError) as error:
            raise EmbeddingError(
                f"sentence-transformers can't be imported: {type(error).__name__}: {error}", hint="bedside doctor"
            ) from error
