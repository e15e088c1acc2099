"""Receipts: what a model's run said of an input, kept under the hashes of both, for results that are too dear to compute
again with each answer.

The guarded run hashes the model's file and the input itself, runs, and leaves the receipt; whoever verifies hashes the input
again and reads the receipt. `audit replay` computes it again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ServiceError
from ..toolkit.atomic_files import write_whole
from ..types.base import Frozen

if TYPE_CHECKING:
    from ..protocols import Services

FOLDER = "receipts"
_HASH = re.compile(r"[0-9a-f]{64}")
_CHUNK = 1 << 20


class ReceiptOutput(Frozen):
    """One thing a run said: the `sentence` that is quoted, and the `frame` and `box` (left, top, right, bottom in pixels)
    that it is about."""

    sentence: str
    frame: int = 0
    box: tuple[int, int, int, int]


class RunReceipt(Frozen):
    """`model` and `input` are SHA-256 of the files' bytes, `name` and `version` those of the model, `outputs` what it
    said."""

    model: str
    input: str
    name: str
    version: str
    licence: str = ""
    url: str = ""
    outputs: tuple[ReceiptOutput, ...]


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes, read in pieces. Raises `OSError`."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def run_with_receipt(
    services: Services,
    model: Path,
    image: Path,
    run: Callable[[Path, Path], Sequence[ReceiptOutput]],
    *,
    name: str,
    version: str,
    licence: str = "",
    url: str = "",
) -> RunReceipt:
    """Run `run(model, image)` and leave its receipt. What is said is bound to both files: their hashes are taken before and
    after, and a file that changed meanwhile raises `ServiceError`."""
    before = file_hash(model), file_hash(image)
    outputs = tuple(run(model, image))
    if before != (file_hash(model), file_hash(image)):
        raise ServiceError("the model or the image changed while it was run; nothing was kept")
    receipt = RunReceipt(
        model=before[0], input=before[1], name=name, version=version, licence=licence, url=url, outputs=outputs
    )
    folder = services.workspace(FOLDER)
    write_whole(folder / f"{receipt.model}-{receipt.input}.json", receipt.model_dump_json().encode())
    return receipt


def read_receipt(services: Services, model: str, image: str) -> RunReceipt | None:
    """The receipt under both hashes; None where there is none that can be read."""
    if not (_HASH.fullmatch(model) and _HASH.fullmatch(image)):
        return None
    try:
        data = json.loads((services.workspace(FOLDER) / f"{model}-{image}.json").read_bytes())
        receipt = RunReceipt.model_validate(data)
    except (OSError, ValueError):
        return None
    return receipt if (receipt.model, receipt.input) == (model, image) else None
