"""Is this file a GGUF model? Asked before a process is started for it."""

from __future__ import annotations

import struct
from pathlib import Path

from bedside.core.errors import ModelError

from .gguf_layout import least_size

_HEADER = struct.Struct("<4sIQQ")
_VERSIONS = (2, 3)
PICK_A_MODEL = "bedside models list"


def check_whole_gguf(path: Path) -> None:
    """`check_gguf`, and that the file is as long as its tensor table says (reads the table: about 0.1 s)."""
    check_gguf(path)
    try:
        least = least_size(path)
    except (ValueError, OSError) as error:
        raise ModelError(f"the model file is cut off or damaged ({error}): {path}", hint=PICK_A_MODEL) from error
    size = path.stat().st_size
    if size < least:
        raise ModelError(f"the model file is cut off: {size:,} of {least:,} bytes: {path}", hint=PICK_A_MODEL)


def check_gguf(path: Path) -> None:
    """Raise `ModelError` when `path` is missing, a folder, unreadable, empty or no GGUF file.

    Reads the 24 bytes of the header (magic, version, number of tensors, number of metadata entries; source: the GGUF
    specification of ggml). `check_whole_gguf` and llama.cpp check that every tensor lies inside the file.
    """
    name = path.name
    try:
        if path.is_dir():
            raise ModelError(f"the model {name} is a folder, not a GGUF file: {path}", hint=PICK_A_MODEL)
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_HEADER.size)
    except FileNotFoundError:
        raise ModelError(f"the model file is missing: {path}", hint=PICK_A_MODEL) from None
    except OSError as error:
        raise ModelError(f"the model file can't be read ({error.strerror}): {path}", hint=f"ls -l {path}") from error
    if size == 0:
        raise ModelError(f"the model file is empty: {path}", hint=PICK_A_MODEL)
    if head[:4] != b"GGUF":
        raise ModelError(f"the model file is not a GGUF file: {path}", hint=PICK_A_MODEL)
    if len(head) < _HEADER.size:
        raise ModelError(f"the model file is cut off after {size} bytes: {path}", hint=PICK_A_MODEL)
    _, version, tensors, _ = _HEADER.unpack(head)
    if version not in _VERSIONS:
        raise ModelError(f"the model file has GGUF version {version}, readable are 2 and 3: {path}", hint=PICK_A_MODEL)
    if tensors == 0:
        raise ModelError(f"the model file holds no tensors: {path}", hint=PICK_A_MODEL)
