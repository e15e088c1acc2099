"""What the stores say of a quote's source, whatever a specialist says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...protocols import Services
from ...types import Source


class StoredSources:
    """The catalogue's entries of the sources of one request."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._known: dict[str, Source | None] = {}

    def get(
        self,
        id_: str,
        *,
        title: str = "",
        version: str = "",
        licence: str = "",
        date: str = "",
        url: str = "",
        references: tuple[str, ...] = (),
        notice: object = None,
    ) -> Source | None:
        """The source with what its record adds; None for one that is not in the catalogue."""
        if id_ not in self._known:
            info = self._services.sources.get(id_)
            self._known[id_] = None
            if info:
                self._known[id_] = Source(
                    id=info.id, title=info.title, version=info.version, licence=info.licence, date=info.date, url=info.url
                )
        base = self._known[id_]
        if base is None:
            return None
        return base.model_copy(
            update={
                "title": title or base.title,
                "version": version or base.version,
                "licence": licence or base.licence,
                "date": date or base.date,
                "url": url or base.url,
                "references": references,
                "notices": (str(notice),) if notice else (),
            }
        )


def strength_of(values: Mapping[str, Any]) -> str:
    """How much the source stands behind a row, in its own words; the source stores them beside the row."""
    return str(values.get("strength") or "")


def withdrawn(values: Mapping[str, Any]) -> str:
    """What the store says of a withdrawn publication; empty when it says nothing."""
    return str(values.get("notice") or "retracted") if values.get("retracted") else ""
