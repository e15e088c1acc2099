"""Whose a cache entry or a folder is: every key of a session begins with its tenant, and no two tenants share a key."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

LONGEST = 120
"""Characters of a key: with an ending it is still the name of a file on every file system."""
_OTHER = re.compile(rb"[^a-z0-9-]")


@dataclass(frozen=True, slots=True)
class Tenant:
    """For whom a session works; `id` is any text. On one's own computer there is one, `local`."""

    id: str = "local"

    def key(self, *parts: str) -> str:
        """A key for `parts` that no other tenant and no other parts have: of the characters a-z, 0-9 and `-_.~`, so that it
        is a folder's name too, also where case does not count."""
        key = "t-" + ".".join(_escaped(part) for part in (self.id, *parts))
        # "~" stands in no key that is written out
        return key if len(key) <= LONGEST else f"t~{hashlib.sha256(key.encode()).hexdigest()}"


def _escaped(part: str) -> str:
    """Without a dot and never empty: `_` and two hexadecimal digits stand for another byte, a lone `_` for nothing."""
    raw = part.encode("utf-8", "surrogatepass")
    return _OTHER.sub(lambda found: b"_%02x" % found.group()[0], raw).decode("ascii") or "_"
