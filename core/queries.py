"""What a store, a search or a model is asked: one frozen object, so that each of them has one method with one parameter.

A plugin seldom makes these itself: the protocols' methods with keywords do (`graph.edges_of(ids, kinds=["pair"])`). Names
such as `kinds` may be given as any sequence and are kept as tuples; an empty one filters nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict

from .errors import UsageError
from .types.knowledge import Scalar

Direction = Literal["out", "in", "both"]


class GenerationOptions(TypedDict, total=False):
    """The keywords of `LanguageModel.complete` and `stream`; what they mean and their defaults: `Generation`."""

    max_tokens: int
    temperature: float
    seed: int
    stop: Sequence[str]
    json_schema: Mapping[str, Any] | None
    timeout: float | None


@dataclass(frozen=True, slots=True)
class Generation:
    """How a language model answers.

    `max_tokens` at most; `temperature` 0 always takes the likeliest token, above it `seed` decides. The text ends before
    any of the `stop` strings. With `json_schema` it is valid JSON of that schema. `timeout` (seconds; None: the model's
    own) covers waiting in the queue, loading and answering.
    """

    max_tokens: int = 256
    temperature: float = 0.0
    seed: int = 0
    stop: Sequence[str] = ()
    json_schema: Mapping[str, Any] | None = None
    timeout: float | None = None

    def __post_init__(self) -> None:
        stop = (self.stop,) if isinstance(self.stop, str) else tuple(self.stop)
        object.__setattr__(self, "stop", stop)


@dataclass(frozen=True, slots=True)
class PassageQuery:
    """Which passages are wanted: near `text` by words, and near `vector` by meaning.

    `vector` is the embedded text; a search embeds the text itself where it is None. The `k` best come back, within these
    sources (`source_ids`), `kinds` and exact values of `fields`, published within `years` (the first and the last wanted).
    `per_document`: the best passage of each of the `k` best documents. `rerank`: let the language model reorder the first
    hits."""

    text: str = ""
    k: int = 10
    source_ids: Sequence[str] = ()
    kinds: Sequence[str] = ()
    fields: Mapping[str, Scalar] | None = None
    years: tuple[int, int] | None = None
    per_document: bool = False
    rerank: bool = False
    vector: Any = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        _keep_tuples(self, "source_ids", "kinds")


@dataclass(frozen=True, slots=True)
class EdgeQuery:
    """Which edges at `node_ids` are wanted: of these `kinds`, leading in this `direction` (`out` of the nodes, `in`,
    `both`), stored under the source ids `sources`; the first `limit` by edge id (None: all)."""

    node_ids: Sequence[str]
    kinds: Sequence[str] = ()
    direction: Direction = "both"
    limit: int | None = None
    sources: Sequence[str] = ()

    def __post_init__(self) -> None:
        _keep_tuples(self, "node_ids", "kinds", "sources")


@dataclass(frozen=True, slots=True)
class WalkQuery:
    """Which part of the graph is wanted: within `depth` steps (1 to 3) of `node_ids`, at most `limit` edges, of these
    `kinds`, stored under the source ids `sources`."""

    node_ids: Sequence[str]
    depth: int = 1
    kinds: Sequence[str] = ()
    limit: int = 200
    sources: Sequence[str] = ()

    def __post_init__(self) -> None:
        _keep_tuples(self, "node_ids", "kinds", "sources")


@dataclass(frozen=True, slots=True)
class PathQuery:
    """Which ways are wanted: from `start` to `end` over at most `max_length` edges (1 to 4) of these `kinds`, stored under
    the source ids `sources`; the first `limit`."""

    start: str
    end: str
    max_length: int = 3
    kinds: Sequence[str] = ()
    limit: int = 10
    sources: Sequence[str] = ()

    def __post_init__(self) -> None:
        _keep_tuples(self, "kinds", "sources")


@dataclass(frozen=True, slots=True)
class LinkQuery:
    """Which links between the nodes `a` and `b` are wanted: `limit` of each sort, stored under the source ids `sources`."""

    a: str
    b: str
    limit: int = 20
    sources: Sequence[str] = ()

    def __post_init__(self) -> None:
        _keep_tuples(self, "sources")


@dataclass(frozen=True, slots=True)
class NodeQuery:
    """Which nodes are wanted: the `k` whose names fit `text` best, of these `kinds`, stored under the source ids
    `sources`."""

    text: str
    kinds: Sequence[str] = ()
    k: int = 10
    sources: Sequence[str] = ()

    def __post_init__(self) -> None:
        _keep_tuples(self, "kinds", "sources")


def _keep_tuples(query: object, *names: str) -> None:
    """A plain string in place of a sequence would be read letter by letter and find nothing: `UsageError`."""
    for name in names:
        given = getattr(query, name)
        if isinstance(given, str):
            raise UsageError(f"{name} is the text {given!r} where a list of texts is needed", hint=f"{name}=[{given!r}]")
        object.__setattr__(query, name, tuple(given))


__all__ = [
    "Direction",
    "EdgeQuery",
    "Generation",
    "GenerationOptions",
    "LinkQuery",
    "NodeQuery",
    "PassageQuery",
    "PathQuery",
    "WalkQuery",
]
