"""Two places for each source: one holds the release in use, the other takes the next one until it is whole.

The stores know physical ids only: `hpo` is slot a of the source hpo, `hpo'` its slot b. The list of sources says which slot
is in use, so writing that one file switches passages, lexical index and graph edges in one step. Everything outside
ingest sees the plain ids (`view.py` translates).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

from bedside.core.errors import SourceError
from bedside.core.protocols import Sources
from bedside.core.types import SourceInfo

Slot = Literal["a", "b"]
MARK = "'"
"""Ends the physical id of slot b; no source id may hold it."""


def physical(source_id: str, slot: Slot) -> str:
    if MARK in source_id:
        raise SourceError(f"{source_id!r} can't be the id of a source: it holds {MARK!r}", hint="rename the source")
    return source_id + MARK if slot == "b" else source_id


def plain(physical_id: str) -> str:
    """The source id, or the edge id, without its slot."""
    return physical_id.removesuffix(MARK)


def slot_of(physical_id: str) -> Slot:
    return "b" if physical_id.endswith(MARK) else "a"


def other(slot: Slot) -> Slot:
    return "a" if slot == "b" else "b"


class Live:
    """Which slots are in use, read again at each call: a load in this process may have switched one.

    `busy` says whether there may be more in the stores than what is in use.
    """

    def __init__(self, sources: Sources, busy: Callable[[], bool]) -> None:
        self._sources = sources
        self._busy = busy

    def filter(self, among: Iterable[str] = ()) -> tuple[str, ...] | None:
        """The physical ids that a store is asked for: empty when it need not look, None when nothing can be found."""
        wanted = tuple(among)
        ids = self.ids(wanted)
        return () if ids and not wanted and not self._busy() else ids or None

    def infos(self) -> dict[str, SourceInfo]:
        """By physical id."""
        return {physical(info.id, info.slot): info for info in self._sources.all()}

    def vectors(self) -> dict[str, SourceInfo]:
        """The loaded sources with passages, by the physical id of their vectors."""
        return {physical(i.id, i.vectors): i for i in self._sources.all() if i.counts.get("passages")}

    def ids(self, among: Iterable[str] = ()) -> tuple[str, ...]:
        """Physical ids of the loaded sources, or of those among the given ones."""
        wanted = set(among)
        return tuple(one for one, info in self.infos().items() if not wanted or info.id in wanted)
