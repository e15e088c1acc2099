"""Which licences have been accepted, once per source and wording: `HOME/licences.json`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from bedside.core.errors import SourceError
from bedside.core.host.registered import KnowledgeSource

from .disk import write_json

_FILE = "licences.json"


def accepted(home: Path, source: KnowledgeSource) -> bool:
    """Was this wording of the source's licence accepted? A new wording is asked for again."""
    return _read(home).get(source.id, {}).get("licence") == source.licence


def accept(home: Path, source: KnowledgeSource) -> None:
    known = _read(home)
    known[source.id] = {"licence": source.licence, "accepted_at": datetime.now(UTC).isoformat(timespec="seconds")}
    write_json(home / _FILE, known)


def _read(home: Path) -> dict[str, dict[str, str]]:
    path = home / _FILE
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError) as error:
        raise SourceError(f"{path} can't be read: {type(error).__name__}", hint=f"rm {path}; you are asked again") from error
    return {k: v for k, v in data.items() if isinstance(v, dict)} if isinstance(data, dict) else {}
