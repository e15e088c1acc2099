"""Blocks: what an answer shows beside its sentences. Each cites evidence and is verified like a sentence."""

from __future__ import annotations

import base64
import binascii
import math
import re
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from .base import Frozen
from .knowledge import Scalar

_PNG = b"\x89PNG\r\n\x1a\n"
_ACTIVE = re.compile(
    rb"<\s*(?:\w+:)?(?:script|foreignObject|iframe|embed|object)\b|<!ENTITY|[\s\"'/]on\w+\s*=|javascript\s*:|"
    rb"(?:href|src)\s*=\s*[\"']?\s*(?:https?:|//|data:(?!image/(?:png|jpeg)))|url\(\s*[\"']?\s*(?:https?:|//)|@import",
    re.IGNORECASE,
)
"""What would run, or fetch something, where the picture is shown."""


class RankedItem(Frozen):
    """One row of a ranking, best first.

    `score` is what `Ranking.score` names, `prior` what would be expected of this item without the question's facts (a
    disease's frequency, a gene's degree): a score is never shown without it where there is one. `supporting` and `opposing`
    are the reasons in words, `evidence` the ids of what they rest on; `details` are further flat values."""

    id: str
    name: str = Field(min_length=1)
    score: float
    prior: float | None = None
    supporting: tuple[str, ...] = ()
    opposing: tuple[str, ...] = ()
    evidence: tuple[str, ...] = Field(min_length=1)
    details: dict[str, Scalar] = Field(default_factory=dict)

    @field_validator("score", "prior")
    @classmethod
    def _finite(cls, value: float | None) -> float | None:
        if value is not None and not math.isfinite(value):
            raise ValueError("a score is a finite number")
        return value


class Ranking(Frozen):
    """Candidates in order. `score` and `prior` say what the numbers are ("posterior probability"), `total` how many
    candidates were scored in all, of which `items` are the first. `plugin` is whose it is; the engine sets it."""

    kind: Literal["ranking"] = "ranking"
    title: str = Field(min_length=1)
    score: str = Field(min_length=1)
    prior: str = ""
    items: tuple[RankedItem, ...] = Field(min_length=1)
    total: int | None = Field(default=None, ge=1)
    plugin: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> Ranking:
        scores = [item.score for item in self.items]
        if scores != sorted(scores, reverse=True):
            raise ValueError("the items of a ranking are given best first")
        return self

    @property
    def evidence(self) -> tuple[str, ...]:
        """The ids of all evidence that its items cite."""
        return tuple(dict.fromkeys(id_ for item in self.items for id_ in item.evidence))


class Column(Frozen):
    """A column of a table. `unit` is UCUM. `computed`: its cells were worked out and stand in no quote word by word."""

    title: str = Field(min_length=1)
    unit: str = ""
    computed: bool = False


class Row(Frozen):
    """One row: `cells`, one for each column (None where there is no value), and the ids of the `evidence` it rests on."""

    cells: tuple[Scalar | None, ...]
    evidence: tuple[str, ...] = Field(min_length=1)


class Table(Frozen):
    """A table: `columns`, and `rows` that each cite evidence. `plugin` is whose it is; the engine sets it."""

    kind: Literal["table"] = "table"
    title: str = Field(min_length=1)
    columns: tuple[Column, ...] = Field(min_length=1)
    rows: tuple[Row, ...] = Field(min_length=1)
    plugin: str = ""

    @model_validator(mode="after")
    def _rectangular(self) -> Table:
        if any(len(row.cells) != len(self.columns) for row in self.rows):
            raise ValueError(f"every row needs {len(self.columns)} cells, one for each column")
        return self

    @property
    def evidence(self) -> tuple[str, ...]:
        """The ids of all evidence that its rows cite."""
        return tuple(dict.fromkeys(id_ for row in self.rows for id_ in row.evidence))


class Figure(Frozen):
    """A picture: `data` are its bytes in base64 (an SVG or a PNG, as `media_type` says). `alt` says in words what it shows,
    for those who cannot see it; `caption` stands below it; `evidence` are the ids of what it shows. `plugin` is whose it is;
    the engine sets it."""

    kind: Literal["figure"] = "figure"
    title: str = Field(min_length=1)
    alt: str = Field(min_length=1)
    media_type: Literal["image/svg+xml", "image/png"]
    data: str = Field(min_length=1)
    caption: str = ""
    evidence: tuple[str, ...] = Field(min_length=1)
    plugin: str = ""

    @model_validator(mode="after")
    def _a_picture(self) -> Figure:
        try:
            raw = base64.b64decode(self.data, validate=True)
        except (binascii.Error, ValueError):
            raise ValueError("the bytes of a figure are given in base64: make it with Figure.of") from None
        png = raw.startswith(_PNG)
        if png != (self.media_type == "image/png") or not (png or b"<svg" in raw[:1000]):
            raise ValueError(f"the bytes of a figure are no {self.media_type}")
        if not png and _ACTIVE.search(raw.replace(b"\0", b"")):
            raise ValueError("the SVG of a figure may hold no script, no page and nothing from elsewhere")
        return self

    @classmethod
    def of(
        cls, data: bytes | str, *, title: str, alt: str, evidence: tuple[str, ...] | list[str], caption: str = ""
    ) -> Figure:
        """From the text of an SVG or the bytes of a PNG. Raises `ValueError` for anything else."""
        raw = data.encode() if isinstance(data, str) else data
        png = raw.startswith(_PNG)
        if not png and b"<svg" not in raw[:1000]:
            raise ValueError("a figure is an SVG or a PNG")
        return cls(
            title=title,
            alt=alt,
            media_type="image/png" if png else "image/svg+xml",
            data=base64.b64encode(raw).decode(),
            caption=caption,
            evidence=tuple(evidence),
        )

    @property
    def content(self) -> bytes:
        """The picture's bytes."""
        return base64.b64decode(self.data)


class Action(Frozen):
    """A coded change of an order, proposed, never carried out: `verb` is what would be done, `rationale` why, borne by
    `evidence`.

    `resource` is the FHIR R4 resource that would be created, or as it would stand once changed or stopped; `replaces` is
    the reference (`MedicationRequest/12`) of the one that is there, required unless it is created. Of the actions of one
    answer with the same `group`, `combine` says whether `any` number or `at-most-one` may be taken (CDS Hooks:
    selectionBehavior). `plugin` is whose it is; the engine sets it."""

    kind: Literal["action"] = "action"
    title: str = Field(min_length=1)
    verb: Literal["create", "change", "stop"]
    resource: dict[str, Any]
    replaces: str = ""
    rationale: str = Field(min_length=1)
    evidence: tuple[str, ...] = Field(min_length=1)
    group: str = ""
    combine: Literal["any", "at-most-one"] = "at-most-one"
    plugin: str = ""

    @model_validator(mode="after")
    def _coded(self) -> Action:
        if not isinstance(self.resource.get("resourceType"), str):
            raise ValueError("`resource` must be a FHIR resource, with its resourceType")
        if self.verb != "create" and not self.replaces:
            raise ValueError(f"an action that would {self.verb} an order must say which, in `replaces`")
        if self.replaces and self.resource["resourceType"] not in self.replaces.split("/")[:-1]:
            raise ValueError(f"an action can't put a {self.resource['resourceType']} in the place of {self.replaces}")
        return self


Block = Annotated[Ranking | Table | Figure | Action, Field(discriminator="kind")]
"""What a task may return and an answer may show beside sentences."""
