"""What a licence, as the tables write it, permits."""

from __future__ import annotations

_OPEN = ("CC0", "CC BY", "public domain", "EBI terms")
"""How the names of licences begin that permit commercial use, unless they say NC. EBI's terms leave use free."""


def permits_commercial_use(licence: str) -> bool:
    """Of several ("CC BY 4.0 | CC BY-SA 3.0") each must; an empty or unknown licence permits nothing."""
    parts = [part.strip() for part in licence.split("|")]
    return all(part.startswith(_OPEN) and "NC" not in part.replace("-", " ").split() for part in parts)
