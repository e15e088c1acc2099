"""A place beside a file where its next content can be written without touching anything that is there."""

from __future__ import annotations

import secrets
from pathlib import Path


def aside_of(path: Path) -> Path:
    """A hidden name in the same folder that nobody has; to be opened with mode `x`."""
    return path.with_name(f".{path.name[:200]}.{secrets.token_hex(8)}")
