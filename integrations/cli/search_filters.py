"""Which passages a search may find: what was typed, checked before anything is looked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bedside.core.errors import UsageError

if TYPE_CHECKING:
    from ..app import App

NO_KINDS = frozenset({"passages", "nodes", "edges", "terms", "diseases", "retracted", "skipped"})
"""What a source counts other than its kinds of passages."""


def years_of(given: str | None) -> tuple[int, int] | None:
    """`2015`, `2015-2020`, `2015-` or `-2020`. Raises `UsageError`."""
    if given is None:
        return None
    match = re.fullmatch(r"(?P<one>\d{4})|(?P<first>\d{4})?-(?P<last>\d{4})?", given.strip())
    if match is None or given.strip() == "-":
        raise UsageError(f"--year {given!r} is not a year", hint="--year 2015 or --year 2015-2020")
    if match["one"]:
        return int(match["one"]), int(match["one"])
    first, last = int(match["first"] or 0), int(match["last"] or 9999)
    if first > last:
        raise UsageError(f"--year {given}: the first year is after the last", hint=f"--year {last}-{first}")
    return first, last


def check_kinds(app: App, kinds: Sequence[str]) -> None:
    """A misspelt kind would look like "nothing found". Raises `UsageError`."""
    have = {kind for info in app.services.sources.all() for kind in info.counts} - NO_KINDS
    for kind in kinds:
        if kind not in have:
            loaded = ", ".join(sorted(have)) or "none"
            raise UsageError(f"there are no passages of the kind {kind!r}", hint=f"loaded are: {loaded}")


def check_sources(app: App, sources: Sequence[str]) -> None:
    """Raises `UsageError` for a source that is not loaded."""
    for id_ in sources:
        if app.services.sources.get(id_) is None:
            raise UsageError(f"no source {id_!r} is loaded", hint="bedside knowledge status")
