"""Characters of stored passages."""

from __future__ import annotations

from collections.abc import Sequence

from ...errors import BedsideError
from ...types import TextSpan
from ...wording import say
from ..condition import STATEMENTS
from ..registry import Resolution, ResolveContext, Resolved, Unresolved
from .stored import StoredSources, strength_of, withdrawn


def resolve_text(locators: Sequence[TextSpan], context: ResolveContext) -> list[Resolution]:
    try:
        ids = list(dict.fromkeys(where.passage_id for where in locators))
        passages = {p.id: p for p in context.services.vectors.get(ids)}
        sources = StoredSources(context.services)
    except BedsideError as error:
        return [Unresolved(say("resolve.passage-unreadable"), store=f"passages: {error}")] * len(locators)
    out: list[Resolution] = []
    for where in locators:
        passage = passages.get(where.passage_id)
        if passage is None:
            out.append(Unresolved(say("resolve.no-passage", passage=where.passage_id)))
            continue
        source = sources.get(
            passage.source_id,
            title=passage.title,
            url=passage.url,
            references=passage.references,
            notice=passage.fields.get("notice"),
        )
        if source is None:
            out.append(Unresolved(say("resolve.no-source", source=passage.source_id)))
            continue
        out.append(
            Resolved(
                quote=passage.text[where.start : where.end],
                source=source,
                strength=strength_of(passage.fields),
                withdrawn=withdrawn(passage.fields),
                whole=passage.text,
                start=where.start,
                kind=passage.kind,
                statement=passage.kind in STATEMENTS,
            )
        )
    return out
