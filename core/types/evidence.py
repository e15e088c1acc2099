"""Evidence: one quote, where it stands, and who says so."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from ..own_kinds import PATTERN
from .base import Frozen, content_id
from .context import FhirAddress, TextAddress
from .knowledge import Scalar


class Source(Frozen):
    """Where a quote comes from, in words a person can follow up.

    `id` is the catalogue id (`hpo-annotations`), or `case` for what stands in the case. All else is filled in by the engine
    from the store, whatever a task says: `title`, `version`, `licence`, `date` (ISO 8601), `url`, the most direct page to
    open (guideline, PubMed, OMIM entry), `references`, the publications the source itself rests on (`PMID:20301510`), and
    `notices`, what its publisher said of it afterwards (a correction, an expression of concern, a retraction)."""

    id: str
    title: str = ""
    version: str = ""
    licence: str = ""
    date: str | None = None
    url: str = ""
    references: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


class TextSpan(Frozen):
    """Characters `start` to `end` (Python indices) of the stored passage `passage_id`."""

    kind: Literal["text"] = "text"
    passage_id: str
    start: int = Field(ge=0)
    end: int = Field(ge=1)


class PathEdge(Frozen):
    """Characters `start` to `end` of the text of the stored graph edge `edge_id` of source `source_id`; `references` are
    those of the edge that matter."""

    edge_id: str
    start: int = Field(ge=0)
    end: int = Field(ge=1)
    source_id: str
    references: tuple[str, ...] = ()


class GraphPath(Frozen):
    """A path in the knowledge graph through `nodes` over `edges`. The quote is the quoted texts of its edges, joined by one
    space."""

    kind: Literal["graph"] = "graph"
    nodes: tuple[str, ...]
    edges: tuple[PathEdge, ...] = Field(min_length=1)


class VcfRecords(Frozen):
    """The `lines` (numbers from 1) of the variant file of the case called `file`, and the `sample` they are read for."""

    kind: Literal["vcf"] = "vcf"
    file: str
    lines: tuple[int, ...]
    sample: str = ""


class ImageRegion(Frozen):
    """A region of an image of the case, and what a model's run said of it.

    `file` is the image's name in the case, `sha256` the hash of its bytes, `frame` counts from 0, `box` is (left, top,
    right, bottom) in pixels, right and bottom exclusive. `model` is the hash of the model's file: under both hashes the
    guarded run left its receipt, and `output` says which of its sentences is quoted."""

    kind: Literal["image"] = "image"
    file: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    frame: int = Field(default=0, ge=0)
    box: tuple[int, int, int, int]
    model: str = Field(pattern=r"^[0-9a-f]{64}$")
    output: int = Field(default=0, ge=0)


class CustomLocator(Frozen):
    """An address of a kind that a plugin brings (`plugin:kind`): a `file` of the case and, as flat values, `where` in it."""

    kind: str = Field(pattern=f"^{PATTERN}$")
    file: str = ""
    where: dict[str, Scalar] = Field(default_factory=dict)


def _tag(value: Any) -> str:
    kind = value.get("kind", "") if isinstance(value, dict) else getattr(value, "kind", "")
    return "custom" if ":" in str(kind) else str(kind)


InputAddress = Annotated[
    Annotated[TextAddress, Tag("case_text")] | Annotated[FhirAddress, Tag("fhir")] | Annotated[CustomLocator, Tag("custom")],
    Discriminator(_tag),
]
"""Where an input of a computation was read: in a text, a FHIR resource or a file of the case."""


class ComputedInput(Frozen):
    """One input of a computation: its `name` and `value` (None: not known), and, where it was read, the `address` of what
    was read and the `quote` that stands there.

    The quote may be left empty where the engine itself reads the value at that address (age, sex, whether something named
    is there or denied, a number, a text): it then compares the value alone."""

    name: str
    value: Scalar | None = None
    address: InputAddress | None = None
    quote: str = ""


class Computation(Frozen):
    """What the registered function `function` (`plugin.function`) of `version` gives for `inputs`: `output`. The engine
    computes it again when it verifies."""

    kind: Literal["computation"] = "computation"
    function: str
    version: str
    inputs: tuple[ComputedInput, ...] = ()
    output: Scalar


Locator = Annotated[
    Annotated[TextSpan, Tag("text")]
    | Annotated[GraphPath, Tag("graph")]
    | Annotated[VcfRecords, Tag("vcf")]
    | Annotated[TextAddress, Tag("case_text")]
    | Annotated[FhirAddress, Tag("fhir")]
    | Annotated[ImageRegion, Tag("image")]
    | Annotated[Computation, Tag("computation")]
    | Annotated[CustomLocator, Tag("custom")],
    Discriminator(_tag),
]
"""Where a quote stands. The resolver of its kind reads it again."""


class Evidence(Frozen):
    """One citable `quote`.

    `kind` says what was quoted (`guideline`, `annotation`, `definition`, `abstract`, `passage`, `function`…), `locator`
    where it stands, `source` whose it is, `strength` how much the source itself stands behind it, in the source's own words
    (`CPIC level A`, `PCS: published clinical study`), `retrieved_at` when it was read. A task proposes evidence with
    `Evidence.of`; of what it says of the source only the id counts. The engine reads the quote again at its address and
    takes the rest from there."""

    id: str
    kind: str
    quote: str = Field(min_length=1)
    source: Source
    locator: Locator
    strength: str = ""
    retrieved_at: datetime

    @classmethod
    def of(
        cls,
        *,
        kind: str,
        quote: str,
        source: Source | str,
        locator: Locator,
        retrieved_at: datetime | None = None,
        strength: str = "",
    ) -> Evidence:
        """With its id. `source` may be the source's id alone."""
        source = Source(id=source) if isinstance(source, str) else source
        return cls(
            id=evidence_id(source, locator, quote),
            kind=kind,
            quote=quote,
            source=source,
            locator=locator,
            strength=strength,
            retrieved_at=retrieved_at or datetime.fromtimestamp(0, UTC),
        )

    @property
    def id_is_valid(self) -> bool:
        """Is the id the hash of source, locator and quote?"""
        return self.id == evidence_id(self.source, self.locator, self.quote)


def evidence_id(source: Source, locator: Locator, quote: str) -> str:
    """Hash of source (id and version), locator and quote: the same on every machine."""
    return content_id("ev", source.id, source.version, locator.model_dump(mode="json"), quote)
