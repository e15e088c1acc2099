"""How a plugin writes kinds of its own: `plugin:kind`. One form for case files, needs, mentions, terms and addresses."""

from __future__ import annotations

import re

PATTERN = r"[a-z][a-z0-9_]*:[a-z][a-z0-9_-]*"
_OWN = re.compile(PATTERN)


def is_own_kind(kind: str) -> bool:
    """Is it written as a plugin's own?"""
    return _OWN.fullmatch(kind) is not None


def is_of(kind: str, plugin: str) -> bool:
    """Is it a kind of this plugin?"""
    return is_own_kind(kind) and kind.partition(":")[0] == plugin


def is_source_of(source_id: str, plugin: str) -> bool:
    """Is it the id of a source of this plugin? It is the plugin's name, or begins with it."""
    folded = re.sub(r"[-.]", "_", source_id.lower())
    return folded == plugin or folded.startswith(f"{plugin}_")
