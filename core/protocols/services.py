"""What a task is handed: all shared parts, and reading as the engine does it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from ..types import Facts, Mention, Question
from ..types.knowledge import SourceFiles
from ..types.reading import Intent, Span
from .models import Embedder, LanguageModel
from .stores import GraphStore, PassageSearch, Sources, TermIndex, VectorStore


@runtime_checkable
class TextReader(Protocol):
    """How the engine itself reads a text."""

    def read(self, question: Question, needed: Collection[str] = ()) -> Facts:
        """All mentions of the question and its case, judged as a patient's: a relative's, doubted and unreadable ones are
        left out, and `unread` says why. Never raises for a text; `lookup_failed` says that the names could not be had.

        `needed` are the needs of the tasks that will be asked: a file of the case that none of them reads is reported.
        """
        ...

    def sentences(self, text: str, *, clauses: bool = False) -> tuple[Span, ...]:
        """The sentences of `text` without the white space around them; with `clauses` also cut at semicolons and lines."""
        ...

    def judged(self, text: str, mentions: Sequence[Mention]) -> tuple[Mention, ...]:
        """`mentions` that a plugin found in `text` by words of its own, in order of appearance, each read as a finding is:
        whether it is denied, whose it is, whether it is sure, and when it was, with the cues. Those within an earlier one
        are left out.

        A mention that is not clearly denied or there is `uncertain`. Kinds and ids are kept as they are.
        """
        ...

    def intents(self, text: str) -> frozenset[Intent]:
        """What a question asks for; empty when the rules can't tell."""
        ...

    def without_asking(self, text: str) -> str:
        """The question without the words that say what is asked for."""
        ...

    def speaks_to(self, text: str, asked: frozenset[Intent]) -> bool:
        """Does a text have a word of the family of every intent asked for?"""
        ...


@runtime_checkable
class Services(Protocol):
    """What a task is handed. Each attribute is made on first use and shared by all plugins.

    An attribute whose backend cannot be had raises its `ServiceError`; a task lets that through and becomes `failed`.
    """

    @property
    def llm(self) -> LanguageModel:
        """The one language model."""
        ...

    @property
    def embedder(self) -> Embedder:
        """The one embedding model."""
        ...

    @property
    def vectors(self) -> VectorStore:
        """Stored passages by id and by vector."""
        ...

    @property
    def graph(self) -> GraphStore:
        """The knowledge graph."""
        ...

    @property
    def terms(self) -> TermIndex:
        """Names of concepts, in text and by id."""
        ...

    @property
    def search(self) -> PassageSearch:
        """Passages by words and by meaning."""
        ...

    @property
    def sources(self) -> Sources:
        """What has been loaded."""
        ...

    @property
    def reader(self) -> TextReader:
        """Reading texts as the engine does."""
        ...

    def files(self, source_id: str) -> SourceFiles:
        """The files of a source that `knowledge pull` fetched. Raises `SourceError` that says what to type for them."""
        ...

    def workspace(self, name: str) -> Path:
        """A folder for what plugin `name` works out from loaded knowledge and can work out again. It may be emptied at any
        time and several processes may use it at once: write aside, then move into place."""
        ...

    def now(self) -> Any:
        """The current time (aware, UTC) by the injected clock."""
        ...
