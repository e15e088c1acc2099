"""Characters of the question or of a text of its case."""

from __future__ import annotations

from collections.abc import Sequence

from ...types import Source, TextAddress
from ...wording import say
from ..registry import Resolution, ResolveContext, Resolved, Unresolved

LICENCE = "patient data"


def resolve_case_text(locators: Sequence[TextAddress], context: ResolveContext) -> list[Resolution]:
    texts: dict[str, list[str]] = {"question": [context.question.text]}
    for one in context.question.case.texts:
        texts.setdefault(one.origin, []).append(one.text)
    out: list[Resolution] = []
    for where in locators:
        named = texts.get(where.origin, [])
        if len(named) != 1:
            out.append(Unresolved(say("resolve.several-texts" if named else "resolve.no-text", name=where.origin)))
            continue
        [text] = named
        title = "the question" if where.origin == "question" else where.origin
        source = Source(id="case", title=title, licence=LICENCE)
        out.append(Resolved(text[where.start : where.end], source, whole=text, start=where.start))
    return out
