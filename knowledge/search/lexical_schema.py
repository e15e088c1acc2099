"""What the word index holds of a passage: its words, what it is filtered by, and its ids; never its text."""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Sequence
from typing import Any

from bedside.core.types.knowledge import Passage, Scalar

from ..importing import IMPORTS
from .words import WORDS_VERSION, spread

MARK = "bedside.json"
SCHEMA_VERSION = f"2.{WORDS_VERSION}"
BUCKETS = 256
_LONGEST_VALUE = 200
_OWN_WEIGHT = 2
"""How often a passage's own words are counted beside those of the passage before and after it."""
_TITLE_WEIGHT = 4
"""How often the title's words are counted: one field, as in BM25F, beats title and body scored apart (bench/search.py)."""


def schema() -> Any:
    """Fields: `body` (words), `key` and `document` (ids, all that is stored), `source`, `kind`, `filter` (raw), `year`."""
    with IMPORTS:
        import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("body", tokenizer_name="words", index_option="freq")
    for name in ("key", "document"):
        builder.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("source", "kind", "filter"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("year", indexed=True, fast=True)
    return builder.build()


def to_document(passage: Passage, own: str, around: Sequence[str]) -> tuple[Any, str]:
    """The passage for tantivy, and its key. `own` and `around` are its words and its neighbours', as `spread` gives them.

    The words of the neighbours count half: a question about a whole abstract finds it although it was cut in two.
    """
    with IMPORTS:
        import tantivy

    document = tantivy.Document()
    title = spread(passage.title)
    document.add_text("body", " ".join((*[title] * _TITLE_WEIGHT, *[own] * _OWN_WEIGHT, *around)))
    key = key_of(passage.source_id, passage.id)
    document.add_text("key", key)
    document.add_text("document", document_of(passage))
    document.add_text("source", passage.source_id)
    document.add_text("kind", passage.kind)
    for name, value in passage.fields.items():
        document.add_text("filter", filter_value(name, value))
    year = year_of(passage.fields.get("year"))
    if year is not None:
        document.add_integer("year", year)
    return document, key


def key_of(source_id: str, passage_id: str) -> str:
    """Source, a bucket by which a source's ids can be listed in parts, and id."""
    return f"{key_prefix(source_id, zlib.crc32(passage_id.encode()) % BUCKETS)}{passage_id}"


def key_prefix(source_id: str, bucket: int) -> str:
    return f"{source_id}\0{bucket:02x}\0"


def ids_of(key: str) -> tuple[str, str]:
    """(source id, passage id)"""
    source_id, _, passage_id = key.split("\0", 2)
    return source_id, passage_id


def filter_value(name: str, value: Scalar) -> str:
    """One field's value as a raw term. As in the vector store 1 is 1.0, and True is not 1."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = json.dumps([name, value], ensure_ascii=False)
    if len(text.encode()) > _LONGEST_VALUE:
        return hashlib.sha256(text.encode()).hexdigest()
    return text


def year_of(value: object) -> int | None:
    """The year in a passage's `year` field, which may be a number or begin with one (`2015 Mar`)."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return int(value)
    match = re.match(r"\s*(\d{4})", value) if isinstance(value, str) else None
    return int(match[1]) if match else None


def document_of(passage: Passage) -> str:
    """The id of the document that a passage was cut from."""
    return str(passage.fields.get("document") or passage.doc_id.partition("#")[0] or passage.id)
