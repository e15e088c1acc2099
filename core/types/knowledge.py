"""What the stores hold: passages, graph nodes and edges, terms, and the sources they come from."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from .base import Frozen, OwnKind, content_id

Scalar = str | int | float | bool


class SourceInfo(Frozen):
    """A catalogue source as loaded. `counts` has `passages`, `nodes`, `edges`, `terms`; `loaded_at` is ISO 8601, UTC.

    `date` is the release's own (ISO 8601). `slot` says which of its two places in the stores holds the release that is in
    use (`a` or `b`), `vectors` the same of its passages' vectors, `fingerprint` which embedding model made them; `skipped`
    is what the reader left out and why (the first twenty)."""

    id: str
    title: str
    version: str
    licence: str
    url: str = ""
    date: str | None = None
    loaded_at: str = ""
    counts: dict[str, int] = Field(default_factory=dict)
    slot: Literal["a", "b"] = "a"
    vectors: Literal["a", "b"] = "a"
    fingerprint: str = ""
    skipped: tuple[str, ...] = ()


class SourceFiles(Frozen):
    """The pulled files of a source: `paths` by file name. `version` is the release that the files name."""

    id: str
    title: str
    version: str
    licence: str
    url: str = ""
    paths: dict[str, Path] = Field(default_factory=dict)


class Passage(Frozen):
    """A stored piece of text. `text` is what quotes are cut from and is never changed after storing.

    `kind` is what the passage is (`definition`, `guideline`, `pair`, `disease`, `abstract`, `passage`), `url` and
    `references` lead a person to it, `doc_id` is the document it was cut from (the same as `id` when it is the whole).
    `source_id` is the source it was loaded from, `fields` are flat values for filters (drug, gene, year…).
    """

    id: str
    text: str = Field(min_length=1)
    title: str = ""
    kind: str = "passage"
    source_id: str
    doc_id: str = ""
    url: str = ""
    references: tuple[str, ...] = ()
    fields: dict[str, Scalar] = Field(default_factory=dict)

    @classmethod
    def of(cls, *, source_id: str, text: str, **rest: Any) -> Passage:
        """With the id that the same source text has on every machine."""
        return cls(id=content_id("p", source_id, rest.get("doc_id", ""), text), source_id=source_id, text=text, **rest)


class Hit(Frozen):
    """A search result: a `passage` and how well it fits. `score` is cosine similarity for dense search, in [-1, 1]; higher
    is better. `parts` holds each score that went into it, by name."""

    passage: Passage
    score: float
    parts: dict[str, float] = Field(default_factory=dict)


class SearchResult(Frozen):
    """What a search found: `hits`, best first. `notes` tell what could not be used and how the hits were reordered;
    `expanded` the other names that were looked for, by the words of the question they stand for."""

    hits: tuple[Hit, ...] = ()
    notes: tuple[str, ...] = ()
    expanded: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class GraphNode(Frozen):
    """A node. `id` is the identifier of the field (`HP:0001166`, `OMIM:154700`, `GENE:CYP2C19`, `RXNORM:32968`,
    `PGX:CYP2C19:Poor Metabolizer`); `source_id` is the source it was loaded from, `props` are further values; `kind` is
    Drug, Gene… of `core.graph.vocabulary`, or a plugin's own (`plugin:kind`)."""

    id: str
    kind: str
    name: str
    source_id: str
    props: dict[str, Any] = Field(default_factory=dict)


class GraphEdge(Frozen):
    """An edge from node `start` to node `end`, of the source `source_id`, with the one sentence that states it. `text` is
    what quotes are cut from and is never changed after storing.

    `kind` is `has_phenotype`, `is_a`, `recommendation`… of `core.graph.vocabulary`, or a plugin's own (`plugin:kind`);
    `references` are PMIDs and links; `props` keeps the source row (frequency, evidence code, onset…), and, where rows of one
    source differ, its `licence` and `confidence` (0 to 1).
    """

    id: str
    kind: str
    start: str
    end: str
    text: str = Field(min_length=1)
    source_id: str
    url: str = ""
    references: tuple[str, ...] = ()
    props: dict[str, Any] = Field(default_factory=dict)

    @classmethod
    def of(cls, *, kind: str, start: str, end: str, text: str, source_id: str, **rest: Any) -> GraphEdge:
        """With the id that the same edge of the same source has on every machine."""
        return cls(
            id=content_id("e", source_id, kind, start, end, text),
            kind=kind,
            start=start,
            end=end,
            text=text,
            source_id=source_id,
            **rest,
        )


class Term(Frozen):
    """A concept of the source `source_id`, for finding it in text by its name, its `synonyms` and, for a drug, its `brands`.

    `kind` is a mention kind (a plugin's own: `plugin:kind`) or `icd10cm`; `related` are further ids of the same concept."""

    id: str
    kind: Literal["drug", "gene", "phenotype", "disease", "icd10cm"] | OwnKind
    name: str
    synonyms: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    source_id: str
    related: tuple[str, ...] = ()


Record = Passage | GraphNode | GraphEdge | Term
"""What a knowledge source yields."""
