"""Which drug a text advises for, and which against: read clause by clause, so that "avoid X, consider Y" is both."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

from ..types import Mention
from .support import direction

Advice = Literal["use", "avoid"]
_CLAUSE = re.compile(
    r"[.;:!?](?=\s|$)|,\s*(?=(?:and|or|but|then|instead|otherwise|if|consider|use|select|choose|avoid|prescribe|start|initiate|give|"
    r"recommend|switch)\b)|\b(?:and|but|or|instead|otherwise)\s+(?=(?:consider|use|select|choose|avoid|prescribe|start|initiate|"
    r"give|switch|do not|stop|discontinue)\b)|\((?=\s*(?:consider|use|avoid)\b)",
    re.IGNORECASE,
)
_ALTERNATIVE = re.compile(r"\b(?:alternatives?|another|other|instead of|rather than|different)\b", re.IGNORECASE)


def advice(text: str, mentions: Iterable[Mention]) -> Mapping[str, Advice | Literal["both"]]:
    """What `text` advises of each drug among `mentions` (those found in it), by drug id; drugs it says nothing of are left
    out.

    A clause that names no drug is about the drug that the text is about: the first it names.
    """
    drugs = sorted((m for m in mentions if m.kind == "drug"), key=lambda m: m.start)
    if not drugs:
        return {}
    out: dict[str, Advice | Literal["both"]] = {}
    start = 0
    ends = [found.end() for found in _CLAUSE.finditer(text)] + [len(text)]
    for end in ends:
        clause = text[start:end]
        said = direction(clause)
        if said in ("use", "avoid"):
            named = [m.id for m in drugs if start <= m.start < end]
            if not named and _ALTERNATIVE.search(clause):
                named = []  # "use an alternative" is no word about the drug itself
            elif not named:
                named = [drugs[0].id]
            for id_ in named:
                out[id_] = said if out.get(id_, said) == said else "both"  # type: ignore[assignment]
        start = end
    return out
