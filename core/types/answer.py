"""What a specialist returns, and what the engine makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import Field, model_validator

from .base import SCHEMA_VERSION, Frozen, Words
from .block import Block
from .case import Facts
from .evidence import Evidence
from .notice import Notice, Reason

TaskStatus = Literal["found", "none", "failed"]
AnswerStatus = Literal["answered", "partial", "abstained"]


class Draft(Frozen):
    """A sentence that a task proposes over several quotes, the `evidence` whose ids it names. It is shown only if
    verification finds all of it in them."""

    text: str = Field(min_length=1)
    evidence: tuple[str, ...] = Field(min_length=1)


class TaskResult(Frozen):
    """What a task says: `status` is `found` (with `evidence`, best first), `none` (searched, nothing there) or `failed`
    (could not look). `drafts` are sentences over several of the quotes.

    `searched` names what was looked through and is required for `none`; `message` says why for `failed`. `notes` are things
    the reader must know that no source says (`read "codiene" as codeine`); they are shown as warnings of this plugin, never
    as advice. `problems` are what could not be looked at although something else was found: they are shown first, and make
    the answer partial. Either may be a text or a `Notice` with a code of the plugin's own. `ranks` gives each evidence its
    deterministic rank (equal numbers are ties); without it the order counts. `blocks` cite evidence of this result by its
    ids."""

    status: TaskStatus
    evidence: tuple[Evidence, ...] = ()
    drafts: tuple[Draft, ...] = ()
    ranks: tuple[int, ...] = ()
    searched: tuple[str, ...] = ()
    message: Words = ""
    notes: tuple[str | Notice, ...] = ()
    problems: tuple[str | Notice, ...] = ()
    blocks: tuple[Block, ...] = ()

    @model_validator(mode="after")
    def _honest(self) -> TaskResult:
        if self.status == "found" and not self.evidence:
            raise ValueError("a task that says `found` must bring evidence; say `none` when there is nothing")
        if self.status != "found" and (self.evidence or self.drafts or self.blocks):
            raise ValueError(f"a task that says `{self.status}` must not bring evidence")
        if self.status == "none" and not self.searched:
            raise ValueError("a task that says `none` must say what it searched")
        if self.status == "failed" and not self.message:
            raise ValueError("a task that says `failed` must say why")
        if self.ranks and len(self.ranks) != len(self.evidence):
            raise ValueError("`ranks` needs one number per evidence")
        have = {e.id for e in self.evidence}
        if any(id_ not in have for draft in self.drafts for id_ in draft.evidence):
            raise ValueError("a draft may cite only evidence of its own result")
        if any(id_ not in have for block in self.blocks for id_ in block.evidence):
            raise ValueError("a block may cite only evidence of its own result")
        return self

    @classmethod
    def found(
        cls,
        evidence: Sequence[Evidence],
        *,
        drafts: Sequence[Draft] = (),
        ranks: Sequence[int] = (),
        searched: Sequence[str] = (),
        message: str = "",
        notes: Sequence[str | Notice] = (),
        problems: Sequence[str | Notice] = (),
        blocks: Sequence[Block] = (),
    ) -> TaskResult:
        """With evidence, best first. Raises pydantic's `ValidationError` for what contradicts itself."""
        return cls(
            status="found",
            evidence=_several(evidence),
            drafts=_several(drafts),
            ranks=_several(ranks),
            searched=_several(searched),
            message=message,
            notes=_several(notes),
            problems=_several(problems),
            blocks=_several(blocks),
        )

    @classmethod
    def none(cls, *searched: str, notes: Sequence[str | Notice] = (), message: str = "") -> TaskResult:
        """Nothing was found in what was searched."""
        return cls(status="none", searched=searched, notes=_several(notes), message=message)

    @classmethod
    def failed(cls, message: str, *, searched: Sequence[str] = ()) -> TaskResult:
        """It could not look, for the reason in `message`."""
        return cls(status="failed", message=message, searched=_several(searched))


def _several(values: Sequence[Any]) -> tuple[Any, ...]:
    """A string is a sequence too: `searched="HPO"` would be searched in H, P and O."""
    if isinstance(values, str):
        raise TypeError(f"a sequence is needed, not the single text {values[:40]!r}")
    return tuple(values)


class Support(Frozen):
    """How a shown sentence was checked. `verbatim`: it is a quote. `checked`: every fact in it stands in its quotes."""

    verdict: Literal["verbatim", "checked"]
    checks: tuple[str, ...]


class Sentence(Frozen):
    """One shown sentence: `citations` are the ids of the evidence it rests on, `support` how that was checked."""

    text: str
    citations: tuple[str, ...] = Field(min_length=1)
    support: Support


class Consultation(Frozen):
    """What came of one `task` of `plugin`, for the reader: its `status`, what it `searched`, its `message`, how many pieces
    of `evidence` it brought, and how many `seconds` it took. `reason` is the code of the message where it is Bedside's."""

    task: str
    plugin: str
    status: TaskStatus
    searched: tuple[str, ...] = ()
    message: str = ""
    evidence: int = 0
    seconds: float = 0.0
    reason: Reason | None = None


class PluginInfo(Frozen):
    """Where a plugin comes from and whether it loaded."""

    name: str
    distribution: str = ""
    version: str = ""
    module: str = ""
    status: Literal["loaded", "failed", "denied"] = "loaded"
    reason: str = ""
    tasks: tuple[str, ...] = ()


class Provenance(Frozen):
    """What made this answer: enough to replay it."""

    schema_version: str = SCHEMA_VERSION
    engine_version: str
    asked_at: datetime
    seconds: float
    seed: int
    composer: str
    plugins: tuple[PluginInfo, ...] = ()
    services: dict[str, str] = Field(default_factory=dict)
    sources: dict[str, str] = Field(default_factory=dict)


class Recommendation(Frozen):
    """The answer to `question`, `answered`, `partial` or `abstained` as `status` says.

    `facts` is what was read, `consulted` who was asked, `warnings` what the reader must know, `provenance` what made the
    answer: plugins, models, sources and times. `evidence` holds exactly the evidence that `sentences` and `blocks` cite.
    """

    status: AnswerStatus
    question: str
    id: str | None = None
    sentences: tuple[Sentence, ...] = ()
    blocks: tuple[Block, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    facts: Facts = Field(default_factory=Facts)
    consulted: tuple[Consultation, ...] = ()
    warnings: tuple[Notice, ...] = ()
    provenance: Provenance

    @model_validator(mode="after")
    def _closed(self) -> Recommendation:
        have = {e.id for e in self.evidence}
        cited = {c for s in self.sentences for c in s.citations} | {c for b in self.blocks for c in b.evidence}
        if have != cited:
            raise ValueError("`evidence` must be exactly what the sentences cite, and the blocks")
        if (self.status == "abstained") != (not self.sentences and not self.blocks):
            raise ValueError("an answer abstains exactly when it has neither a sentence nor a block")
        return self
