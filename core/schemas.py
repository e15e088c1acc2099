"""The published JSON Schemas. `python -m bedside.core.schemas` rewrites them; a test compares them with the types."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from .types import SCHEMA_VERSION, Case, Event, Evidence, Question, Recommendation, TaskResult

FOLDER = Path(__file__).parent / "schema_files"
_PUBLISHED: dict[str, Any] = {
    "case": Case,
    "evidence": Evidence,
    "event": Event,
    "question": Question,
    "recommendation": Recommendation,
    "task_result": TaskResult,
}


def schemas() -> dict[str, dict[str, Any]]:
    """JSON Schema (2020-12) of each published type, by name."""
    return {
        name: {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"urn:bedside:schema:{SCHEMA_VERSION}:{name}",
            **TypeAdapter(model).json_schema(),
        }
        for name, model in _PUBLISHED.items()
    }


def published() -> dict[str, dict[str, Any]]:
    """The schemas as they stand in the package's files."""
    return {f.stem: json.loads(f.read_text(encoding="utf-8")) for f in sorted(FOLDER.glob("*.json"))}


def write() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, schema in schemas().items():
        (FOLDER / f"{name}.json").write_text(json.dumps(schema, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
