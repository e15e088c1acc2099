"""Passages whose very text another one of the source has: boilerplate, a leaflet that two publishers print.

Equal vectors break an HNSW index. Its heuristic keeps the nearest neighbours of a point, and of more copies than a point has
neighbours each links to its copies only: they, and what was reached through them, are found no more. On 31,267 passages of
MedQuAD with 3,506 copies, Chroma found 73 % of the exact ten nearest; with each text once, 99 %. So one of them is indexed,
and the others lie in a collection of their own that is never searched by vector: theirs stands in their metadata.
"""

from __future__ import annotations

import base64
import hashlib
import math
from typing import Any

from bedside.core.types.knowledge import Passage, Scalar

SAME = "same"
_VECTOR = "vector"


def same(title: str, text: str) -> str:
    """Equal for passages that are embedded alike."""
    return hashlib.sha256(f"{title}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def twin_metadata(passage: Passage, vector: Any) -> dict[str, Scalar]:
    """What a twin's metadata holds besides the passage's: its text's key, and its vector in half precision."""
    import numpy as np

    packed = base64.b64encode(np.asarray(vector, dtype=np.float16).tobytes()).decode("ascii")
    return {SAME: same(passage.title, passage.text), _VECTOR: packed}


def vector_of(metadata: Any) -> Any:
    """The float32 vector that `twin_metadata` packed. Raises `KeyError` or `ValueError` when it is not one."""
    import numpy as np

    return np.frombuffer(base64.b64decode(metadata[_VECTOR], validate=True), dtype=np.float16).astype(np.float32)


def placeholder(id: str) -> list[float]:
    """A direction in the plane, since Chroma wants a vector of everything that it stores."""
    angle = int.from_bytes(hashlib.sha256(id.encode("utf-8", "surrogatepass")).digest()[:6], "big") / 2**48 * 2 * math.pi
    return [math.cos(angle), math.sin(angle)]
