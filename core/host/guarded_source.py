"""A stranger's source behind a guard: whatever its functions do, the loader meets text, records, or a `SourceError`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import BedsideError, SourceError
from ..plugin_code import describe, interrupted_by_user, plain, running, type_name
from .registered import KnowledgeSource, Skip

if TYPE_CHECKING:
    from ..types import Record

MAX_VERSION_CHARS = 200
_END = object()


def guarded(source: KnowledgeSource, supplier: str) -> KnowledgeSource:
    """The same source; its functions raise nothing but `BedsideError`s that name the supplier."""
    guard = _Guard(source.id, supplier)
    changes: dict[str, Any] = {
        "version": guard.text("version()", source.version),
        "skipped": guard.skips(source.skipped),
    }
    if source.packaged:
        changes["records"] = guard.records("records()", source.records)
    if source.read is not None:
        changes["read"] = guard.reader(source.read)
    if source.release is not None:
        changes["release"] = guard.text("release()", source.release)
    return replace(source, **changes)


class _Guard:
    def __init__(self, id_: str, supplier: str) -> None:
        self._id = id_
        self._supplier = supplier

    def text(self, doing: str, function: Callable[..., Any]) -> Callable[..., str]:
        def call(*given: Path) -> str:
            value = self._call(doing, function, *given)
            if type(value) is not str or not value.strip() or len(value) > MAX_VERSION_CHARS:
                what = type_name(value) if type(value) is not str else f"{len(value)} characters"
                raise self._fault(f"{doing} returned {what}, not the name of a version")
            return plain(value)

        return call

    def records(self, doing: str, function: Callable[..., Any]) -> Callable[..., Iterator[Record]]:
        def each(*given: Path) -> Iterator[Record]:
            from ..types import GraphEdge, GraphNode, Passage, Term

            kinds = (Passage, GraphNode, GraphEdge, Term)
            iterator = self._call(doing, lambda: iter(function(*given)))
            while (record := self._call(doing, lambda: next(iterator, _END))) is not _END:
                if type(record) not in kinds:
                    raise self._fault(f"{doing} yielded {type_name(record)}, not a record")
                yield record

        return each

    def reader(self, read: Callable[[Path], Any]) -> Callable[[Path], Iterator[Record]]:
        each = self.records("read()", read)
        guarded_read: Any = functools.update_wrapper(lambda folder: each(folder), read)
        if skipped := getattr(read, "skipped", None):
            guarded_read.skipped = self.skips(skipped)
        return guarded_read  # type: ignore[no-any-return]

    def skips(self, function: Callable[[], Any]) -> Callable[[], Sequence[Skip]]:
        def call() -> Sequence[Skip]:
            def read() -> list[Skip]:
                return [
                    Skip(plain(one.what), plain(one.where), plain(one.reason)) for one in function() if type(one) is Skip
                ]

            return self._call("skipped()", read)  # type: ignore[no-any-return]

        return call

    def _call(self, doing: str, function: Callable[..., Any], *given: Any) -> Any:
        try:
            return running(function, *given)
        except BedsideError as error:
            error.supplier = error.supplier or self._supplier
            raise
        except BaseException as error:  # a stranger's code
            if interrupted_by_user(error):
                raise
            raise self._fault(f"{doing} raised {describe(error)}") from error

    def _fault(self, what: str) -> SourceError:
        return SourceError(f"the source {self._id}: {what}", supplier=self._supplier)
