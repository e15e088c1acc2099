"""From a catalogue entry to a source that can be loaded."""

from __future__ import annotations

import hashlib
from pathlib import Path

from bedside.core.config import Config
from bedside.core.errors import SourceError
from bedside.core.host.registered import KnowledgeSource

from ..home import Home
from .pulled import Pulled, latest


def ready_source(source: KnowledgeSource, home: Home | Path, config: Config | None = None) -> KnowledgeSource:
    """The source, reading what was pulled last; one that comes with a package and was never pulled as it is.

    Raises SourceError with what to type where nothing was pulled, the pull was not finished, or a file is gone.
    """
    if not source.pulled:
        return source
    pulled = latest(home.path if isinstance(home, Home) else home, source.id)
    if pulled is None:
        if source.packaged:
            return source
        raise SourceError(f"{source.id} has not been pulled yet", hint=f"bedside knowledge pull {source.id}")
    hint = f"bedside knowledge pull {source.id}"
    if damaged := pulled.damaged():
        raise SourceError(f"{', '.join(damaged[:3])} of {source.id} is gone or cut off in {pulled.folder}", hint=hint)
    if missing := unfinished(source, pulled):
        raise SourceError(
            f"the pull of {source.id} was not finished: {', '.join(missing[:3])} of {len(source.files)} files is missing",
            hint=hint,
        )
    return source.bound(pulled.folder, pulled_version(source, pulled))


def unfinished(source: KnowledgeSource, pulled: Pulled) -> list[str]:
    """Files of the entry that are not there, in either form. A folder's files are what was chosen: none is missing."""
    missing = [file.name for file in source.files if file.name not in pulled.files]
    if missing and source.mirror_files and all(file.name in pulled.files for file in source.mirror_files):
        return []
    return missing


def pulled_version(source: KnowledgeSource, pulled: Pulled) -> str:
    """The release that the files name; else the entry's, with a hash over the files where these do not follow from it."""
    if source.release is not None and (release := source.release(pulled.folder)):
        return release
    fixed = {file.name: file.sha256 for file in source.files}
    if fixed and all(file.sha256 == fixed.get(name) for name, file in pulled.files.items()):
        return pulled.version
    lines = "\n".join(f"{name} {file.sha256}" for name, file in sorted(pulled.files.items()))
    count = f"{len(pulled.files)} files, " if source.folder is not None else ""
    return f"{pulled.version} ({count}sha256:{hashlib.sha256(lines.encode()).hexdigest()[:12]})"
