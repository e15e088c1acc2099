"""Moments on one line, so that values can be put in order and a slope per day be told."""

from __future__ import annotations

from datetime import UTC, datetime

_DAY_CHARS = len("2026-01-31")


def moment(text: str | None) -> datetime | None:
    """The moment of a date or dateTime that names at least its day; one without a zone is taken as UTC. None otherwise."""
    if text is None or len(text) < _DAY_CHARS:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def latest(text: str | None) -> datetime:
    """As `moment`; the earliest there is for what has none, so that it stands first."""
    return moment(text) or datetime.min.replace(tzinfo=UTC)
