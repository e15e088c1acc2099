"""The list of what has been loaded: one JSON file, always whole."""

from __future__ import annotations

import json
import threading
from pathlib import Path

from bedside.core.errors import StoreError
from bedside.core.toolkit.atomic_files import write_whole
from bedside.core.types import SourceInfo
from pydantic import TypeAdapter, ValidationError

_LIST = TypeAdapter(list[SourceInfo])


class FileSources:
    """`Sources` in the JSON file `path`, written anew and moved into place at each change. No file is an empty list."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._lock = threading.Lock()

    def all(self) -> list[SourceInfo]:
        """In order of id."""
        return sorted(self._read().values(), key=lambda info: info.id)

    def get(self, source_id: str) -> SourceInfo | None:
        return self._read().get(source_id)

    def put(self, info: SourceInfo) -> None:
        with self._lock:
            self._write({**self._read(), info.id: info})

    def remove(self, source_id: str) -> bool:
        """Whether it was there."""
        with self._lock:
            known = self._read()
            found = known.pop(source_id, None) is not None
            if found:
                self._write(known)
            return found

    def _read(self) -> dict[str, SourceInfo]:
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError) as error:
            raise StoreError(f"the list of sources {self.path} can't be read: {type(error).__name__}") from error
        try:
            return {info.id: info for info in _LIST.validate_json(text)}
        except ValidationError as error:
            raise StoreError(
                f"the list of sources {self.path} is damaged",
                hint=f"restore it from a backup, or move {self.path.parent} away and load again",
            ) from error

    def _write(self, known: dict[str, SourceInfo]) -> None:
        values = [known[ident].model_dump(mode="json") for ident in sorted(known)]
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.path, json.dumps(values, ensure_ascii=False, indent=1), sync=True)
        except OSError as error:
            raise StoreError(f"the list of sources {self.path} can't be written: {error.strerror}") from error
