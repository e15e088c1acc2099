"""What has been pulled: `HOME/downloads/<source id>/<version>/` with the files, and `<version>.json` beside it that says
where each came from, its hash, and against what it was verified."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bedside.core.errors import SourceError

from .disk import write_json

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True)
class PulledFile:
    """`origin` is `web` or `mirror`; `verified` is as in `Fetched`; `pulled_at` is ISO 8601, UTC."""

    url: str
    origin: str
    size: int
    sha256: str
    verified: str
    pulled_at: str
    etag: str = ""
    modified: str = ""


@dataclass
class Pulled:
    """One version of one source on this disk."""

    source_id: str
    version: str
    folder: Path
    files: dict[str, PulledFile] = field(default_factory=dict)

    @property
    def pulled_at(self) -> str:
        return max((file.pulled_at for file in self.files.values()), default="")

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(file.size for file in self.files.values())

    def damaged(self) -> list[str]:
        """Names of files that are gone or of another size than pulled."""
        return [name for name, file in self.files.items() if _size(self.folder / name) != file.size]

    def save(self) -> None:
        data = {"source": self.source_id, "version": self.version, "files": {n: asdict(f) for n, f in self.files.items()}}
        write_json(_record(self.folder), data)


def downloads(home: Path) -> Path:
    return home / "downloads"


def version_folder(home: Path, source_id: str, version: str) -> Path:
    name = _UNSAFE.sub("-", version).strip(".-")[:80] or "current"
    return downloads(home) / source_id / name


def open_pulled(home: Path, source_id: str, version: str) -> Pulled:
    """What is there of one version: nothing yet, perhaps. SourceError when its record is damaged."""
    folder = version_folder(home, source_id, version)
    return _load(folder) or Pulled(source_id, version, folder)


def latest(home: Path, source_id: str) -> Pulled | None:
    """The version that was pulled last."""
    found = [_load(path.with_suffix("")) for path in _records(downloads(home) / source_id)]
    return max((one for one in found if one and one.files), key=lambda one: one.pulled_at, default=None)


def _records(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("*.json")) if not path.name.startswith(".")]


def _record(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.json")


def _load(folder: Path) -> Pulled | None:
    path = _record(folder)
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        files: Mapping[str, dict[str, object]] = data["files"]
        read = {name: PulledFile(**values) for name, values in files.items()}  # type: ignore[arg-type]
        return Pulled(str(data["source"]), str(data["version"]), folder, read)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(
            f"the record of a pull, {path}, can't be read: {type(error).__name__}",
            hint=f"rm {path} and pull again",
        ) from error


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
