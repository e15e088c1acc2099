"""How a passage is written into Chroma, how it is read back, and how a filter is asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bedside.core.types.knowledge import Passage, Scalar

_FIELD = "field."
"""Before the name of a passage's own field, so that it can't be taken for one of ours."""


def to_metadata(passage: Passage) -> dict[str, Scalar]:
    """Everything but id and text. `fields` stands twice: as JSON to be read back exactly, and flat to be filtered by."""
    return {
        "title": passage.title,
        "kind": passage.kind,
        "source_id": passage.source_id,
        "doc_id": passage.doc_id,
        "url": passage.url,
        "references": json.dumps(passage.references, ensure_ascii=False),
        "fields": json.dumps(passage.fields, ensure_ascii=False),
        **{_FIELD + name: value for name, value in passage.fields.items()},
    }


def from_stored(id: str, text: str, metadata: Mapping[str, Any]) -> Passage:
    """The passage as it was put. Raises `KeyError` or `ValueError` when the metadata is not ours."""
    return Passage(
        id=id,
        text=text,
        title=metadata["title"],
        kind=metadata["kind"],
        source_id=metadata["source_id"],
        doc_id=metadata["doc_id"],
        url=metadata["url"],
        references=tuple(json.loads(metadata["references"])),
        fields=json.loads(metadata["fields"]),
    )


def where(source_ids: Sequence[str], kinds: Sequence[str], fields: Mapping[str, Scalar] | None) -> dict[str, Any] | None:
    """The filter in Chroma's words; None when everything is wanted."""
    parts: list[dict[str, Any]] = []
    for name, values in (("source_id", source_ids), ("kind", kinds)):
        if values:
            parts.append({name: {"$in": list(values)}})
    for name, value in (fields or {}).items():
        parts.append({_FIELD + name: {"$eq": value}})
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else {"$and": parts}


def matches(
    metadata: Mapping[str, Any], source_ids: Sequence[str], kinds: Sequence[str], fields: Mapping[str, Scalar] | None
) -> bool:
    """The same filter on one hit. As in Chroma, `True` is not 1."""
    if source_ids and metadata["source_id"] not in source_ids:
        return False
    if kinds and metadata["kind"] not in kinds:
        return False
    for name, value in (fields or {}).items():
        stored = metadata.get(_FIELD + name)
        if isinstance(stored, bool) is not isinstance(value, bool) or stored != value:
            return False
    return True
