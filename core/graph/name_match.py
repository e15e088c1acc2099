"""Names compared word by word, the same in every graph store."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from ..types.knowledge import GraphNode

_WORD = re.compile(r"\w+")
MAX_WORD = 64
"""Longer words are cut: no name is looked for by its 65th letter."""


def words(text: str) -> list[str]:
    """The words of a name, each once: without case, accents and punctuation ("CYP2C19*2" → cyp2c19, 2)."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return list(dict.fromkeys(word[:MAX_WORD] for word in _WORD.findall(bare)))


def best_named(asked: Sequence[str], nodes: Iterable[GraphNode], k: int) -> list[GraphNode]:
    """The `k` nodes that fit the words best: the whole name, most words in common, fewest others, then by name and id."""

    def rank(node: GraphNode) -> tuple[bool, int, int, int, str, str]:
        have = words(node.name)
        common = len({*asked} & {*have})
        return (have != list(asked), -common, len(have), len(node.name), node.name, node.id)

    return sorted(nodes, key=rank)[:k]
