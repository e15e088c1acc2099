"""How much of a variant file is held in memory at once. Calling and verifying share these, so that what can be called can be
read again and quoted."""

from __future__ import annotations

CHUNK = 1 << 20
"""Bytes read at a time."""
LONGEST_LINE = 1 << 26
"""Bytes of a line without its end: three million samples of 20 characters. A longer line is refused. Also the most that a
header may have."""
LONGEST_HEADER = 200_000
"""Lines."""
