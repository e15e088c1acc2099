"""Which blocks stand before the sentences, and which after them."""

from __future__ import annotations

from typing import NamedTuple

from bedside.core import Recommendation
from bedside.core.types import Block


class Placed(NamedTuple):
    """Blocks in their order: `first` before the sentences, `further` behind them."""

    first: tuple[Block, ...]
    further: tuple[Block, ...]


def placed(answer: Recommendation) -> Placed:
    """The sentences are in the order of how well they meet the question. A block that shares evidence with the first of them
    is about what was asked, and its sentences are its reasons: it comes first. What another specialist found besides does
    not stand before the answer."""
    if not answer.sentences:
        return Placed(answer.blocks, ())
    asked = set(answer.sentences[0].citations)
    first = tuple(block for block in answer.blocks if asked & set(block.evidence))
    return Placed(first, tuple(block for block in answer.blocks if block not in first))
