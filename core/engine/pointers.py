"""What only points at an answer: a bare gene-drug pair, "a guideline exists", a definition that nobody asked for.

Such evidence may stand beside an answer; alone it is none, however true it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..reading.intent import intents
from ..types import Evidence

_PAIR = "pair"
_IS_PAIR = re.compile(r"\A(?:[\w ]+ )?gene-drug pair: ", re.IGNORECASE)
_EXISTS = re.compile(
    r"\A[^.;:]*\b(?:guidelines?|recommendations?|guidance)\b[^.;:]{0,60}\b(?:exists?|(?:is|are) available|can be found|"
    r"(?:has|have) been published)\b[^.;:]*[.]?\Z",
    re.IGNORECASE,
)

_ASKS_GENES = re.compile(r"\b(?:which|what) (?:\w+ )?(?:genes?|gene-drug pairs?|pharmacogenes?)\b", re.IGNORECASE)


def is_pointer(evidence: Evidence, question: str) -> bool:
    """Does it say where an answer may stand, and nothing that is one? A pair answers who asks for genes."""
    if evidence.kind == _PAIR or _IS_PAIR.search(evidence.quote):
        return not _ASKS_GENES.search(question)
    if _EXISTS.search(evidence.quote):
        return True
    asked = intents(question)
    return evidence.kind == "definition" and bool(asked) and "definition" not in asked


def only_pointers(evidence: Iterable[Evidence], question: str) -> list[Evidence]:
    """All of it where none of it is more than a pointer; else nothing."""
    given = list(evidence)
    return given if all(is_pointer(one, question) for one in given) else []


def link_of(evidence: Evidence) -> str:
    """Where the reader may look: what it says, and its address."""
    where = evidence.source.url or next(iter(evidence.source.references), "")
    return " ".join(filter(None, (evidence.quote, where)))
