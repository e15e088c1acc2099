"""The shared models: one language model, one embedding model."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, Unpack, runtime_checkable

from ..queries import (
    Generation,
    GenerationOptions,
)


@runtime_checkable
class LanguageModel(Protocol):
    """One local model behind one queue."""

    @property
    def name(self) -> str:
        """The model's name, as answers name it."""
        ...

    @property
    def incidents(self) -> tuple[str, ...]:
        """Every crash, kill and hang of the model's process so far, one line each, oldest first."""
        ...

    @abstractmethod
    def reply(self, messages: Sequence[Mapping[str, str]], how: Generation) -> str:
        """The model's answer to chat `messages` ({"role", "content"})."""
        ...

    @abstractmethod
    def pieces(self, messages: Sequence[Mapping[str, str]], how: Generation) -> Iterator[str]:
        """The same, piece by piece."""
        ...

    def complete(self, messages: Sequence[Mapping[str, str]], **options: Unpack[GenerationOptions]) -> str:
        """The model's answer to chat `messages`; the keywords are the fields of `Generation`."""
        return self.reply(messages, Generation(**options))

    def stream(self, messages: Sequence[Mapping[str, str]], **options: Unpack[GenerationOptions]) -> Iterator[str]:
        """The same, piece by piece."""
        return self.pieces(messages, Generation(**options))

    def score(self, passages: Sequence[str], question: str, *, timeout: float | None = None) -> list[float]:
        """How likely the model finds `question` after reading each passage: mean natural-log probability per token.

        At most 0, higher is likelier; comparable between passages of the same question only.
        """
        ...

    def start(self) -> None:
        """Begin loading in the background; returns at once."""
        ...

    def close(self) -> None:
        """Let go of files and connections; called by whoever opened it."""
        ...


@runtime_checkable
class Embedder(Protocol):
    """Text to unit vectors."""

    @property
    def fingerprint(self) -> str:
        """Name and content hash of the weights: vectors of two fingerprints are never compared."""
        ...

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Any:
        """A float32 numpy array of shape (len(texts), dimensions), rows of length 1."""
        ...
