"""Evidence: one quote, where it stands, and who says so."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from .base import Frozen, content_id


class Source(Frozen):
    """Where a quote comes from, in words a person can follow up.

    `id` is the catalogue id (`hpo-annotations`), `url` the most direct page to open (guideline, PubMed, OMIM entry), and
    `references` the publications the source itself rests on (`PMID:20301510`). `notices` are what its publisher said of it
    afterwards (a correction, an expression of concern, a retraction).
    """

    id: str
    title: str
    version: str
    licence: str
    date: str | None = None
    url: str = ""
    references: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


class TextSpan(Frozen):
    """Characters `start:end` (Python indices) of a stored passage."""

    kind: Literal["text"] = "text"
    passage_id: str
    start: int = Field(ge=0)
    end: int = Field(ge=1)


class PathEdge(Frozen):
    """Characters `start:end` of the text of one stored graph edge."""

    edge_id: str
    start: int = Field(ge=0)
    end: int = Field(ge=1)
    source_id: str
    references: tuple[str, ...] = ()


class GraphPath(Frozen):
    """A path in the knowledge graph. The quote is the quoted texts of its edges, joined by one space."""

    kind: Literal["graph"] = "graph"
    nodes: tuple[str, ...]
    edges: tuple[PathEdge, ...] = Field(min_length=1)


class VcfRecords(Frozen):
    """Lines of a variant file of the case (1-based)."""

    kind: Literal["vcf"] = "vcf"
    file: str
    lines: tuple[int, ...]


class ImageRegion(Frozen):
    """A box in an image of the case, in pixels of frame `frame`."""

    kind: Literal["image"] = "image"
    file: str
    frame: int = 0
    box: tuple[int, int, int, int]


class FhirReference(Frozen):
    """An element of a FHIR resource of the case."""

    kind: Literal["fhir"] = "fhir"
    reference: str
    path: str = ""


Locator = Annotated[
    TextSpan | GraphPath | VcfRecords | ImageRegion | FhirReference,
    Field(discriminator="kind"),
]


class Evidence(Frozen):
    """One citable quote.

    `kind` says what was quoted (`guideline`, `annotation`, `definition`, `abstract`, `passage`, `function`…), `strength`
    how much the source itself stands behind it, in the source's own words (`CPIC level A`, `PCS: published clinical study`).
    Make it with `Evidence.of`, which mints the id from source, locator and quote.
    """

    id: str
    kind: str
    quote: str = Field(min_length=1)
    source: Source
    locator: Locator
    strength: str = ""
    retrieved_at: datetime

    @classmethod
    def of(
        cls, *, kind: str, quote: str, source: Source, locator: Locator, retrieved_at: datetime, strength: str = ""
    ) -> Evidence:
        return cls(
            id=evidence_id(source, locator, quote),
            kind=kind,
            quote=quote,
            source=source,
            locator=locator,
            strength=strength,
            retrieved_at=retrieved_at,
        )

    @property
    def id_is_valid(self) -> bool:
        return self.id == evidence_id(self.source, self.locator, self.quote)


def evidence_id(source: Source, locator: Locator, quote: str) -> str:
    """Hash of source (id and version), locator and quote: the same on every machine."""
    return content_id("ev", source.id, source.version, locator.model_dump(mode="json"), quote)
