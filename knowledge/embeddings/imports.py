"""Importing sentence-transformers without what embedding does not need.

Two of its modules import scikit-learn (which brings pandas) and scipy for one function each, which encoding never calls:
about a third of the whole import. Here these two lines import when the function is called. Nothing else is read in
this way, and where a line is not found its module loads as it is.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import os
import sys
import threading
from importlib.abc import MetaPathFinder
from types import ModuleType
from typing import Any

from bedside.core.errors import EmbeddingError

_LATER = {
    "sentence_transformers.util.similarity": ("sklearn.metrics", "pairwise_distances"),
    "sentence_transformers.util.tensor": ("scipy.sparse", "coo_matrix"),
}
_CALL = """def {name}(*args, **kwargs):
    from {module} import {name} as now
    return now(*args, **kwargs)
"""
_lock = threading.Lock()


class _Loader(importlib.machinery.SourceFileLoader):
    def get_code(self, fullname: str) -> Any:
        module, name = _LATER[fullname]
        line = f"from {module} import {name}\n"
        source = importlib.util.decode_source(self.get_data(self.path))
        if source.count(line) != 1 or "from __future__ import annotations\n" not in source:
            return super().get_code(fullname)
        return self.source_to_code(source.replace(line, _CALL.format(module=module, name=name)).encode(), self.path)


class _Finder(MetaPathFinder):
    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        if fullname not in _LATER:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        if spec is not None and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


def sentence_transformers() -> ModuleType:
    """The package, imported once, offline and without telemetry; EmbeddingError when it can't be."""
    with _lock:
        if "sentence_transformers" in sys.modules:
            return sys.modules["sentence_transformers"]
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        finder = _Finder()
        sys.meta_path.append(finder)
        try:
            return importlib.import_module("sentence_transformers")
        except (ImportError, OSError, RuntimeError) as error:
            raise EmbeddingError(
                f"sentence-transformers can't be imported: {type(error).__name__}: {error}", hint="bedside doctor"
            ) from error
        finally:
            sys.meta_path.remove(finder)
