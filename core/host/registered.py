"""What a plugin registers besides tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..types import Record


@dataclass(frozen=True)
class KnowledgeSource:
    """A source that can be loaded: what it is, where its bytes are, how they become records.

    Either `package` (a distribution that carries the data) or `url` with `sha256`. `records` yields passages, nodes before
    the edges that use them, and terms, in any mix, without holding all of them; it raises `SourceError` for what it
    cannot read.
    """

    id: str
    title: str
    licence: str
    version: Callable[[], str]
    records: Callable[[], Iterator[Record]]
    homepage: str = ""
    package: str = ""
    url: str = ""
    sha256: str = ""
    starter: bool = False


@dataclass(frozen=True)
class CdsService:
    """Which task answers which CDS Hook, with prefetch templates by name."""

    id: str
    hook: str
    title: str
    description: str
    task: str
    prefetch: Mapping[str, str] = field(default_factory=dict)
