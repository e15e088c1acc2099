"""From a catalogue entry to a source that can be loaded, or to its files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from bedside.core.config import Config
from bedside.core.errors import SourceError
from bedside.core.host.registered import KnowledgeSource, RemoteFile
from bedside.core.types import SourceFiles

from ..home import Home
from .disk import digest
from .mirror import inside
from .pulled import Pulled, latest


def ready_source(source: KnowledgeSource, home: Home | Path, config: Config | None = None) -> KnowledgeSource:
    """The source, reading what was pulled last; one that comes with a package and was never pulled as it is.

    Raises SourceError with what to type where nothing was pulled, the pull was not finished, or a file is gone.
    """
    if not source.pulled:
        return source
    pulled = latest(home.path if isinstance(home, Home) else home, source.id)
    if pulled is None and source.packaged:
        return source
    whole = _whole(source, pulled)
    return source.bound(whole.folder, pulled_version(source, whole))


def source_files(source: KnowledgeSource, home: Path, mirror: Path | None) -> SourceFiles:
    """The files that were pulled last; without a pull those of the mirror, where they lie and by their fixed hashes.

    Raises SourceError as `ready_source` does, and for a file of the mirror that is not the one of the entry.
    """
    pulled = latest(home, source.id)
    listed = source.mirror_files or source.files
    if pulled is None and mirror is not None and listed and all(file.mirror and file.sha256 for file in listed):
        paths = {file.name: inside(mirror, file.mirror) for file in listed}
        version = _in_place(source, listed, paths)
    else:
        whole = _whole(source, pulled)
        paths = {name: whole.folder / name for name in whole.files}
        version = pulled_version(source, whole)
    return SourceFiles(
        id=source.id, title=source.title, version=version, licence=source.licence, url=source.homepage, paths=paths
    )


def _in_place(source: KnowledgeSource, listed: Iterable[RemoteFile], paths: Mapping[str, Path]) -> str:
    for file in listed:
        try:
            found = digest(paths[file.name])
        except OSError as error:
            raise SourceError(
                f"the mirror's {file.mirror} can't be read: {error.strerror}", hint=f"bedside knowledge pull {source.id}"
            ) from error
        if found != file.sha256:
            raise SourceError(
                f"{file.mirror} in the mirror is not the expected file: its hash differs",
                hint="replace it in the mirror with a complete copy",
            )
    first = next(iter(paths.values())).parent  # where the file lies that names the release
    return (source.release(first) if source.release else "") or source.version()


def _whole(source: KnowledgeSource, pulled: Pulled | None) -> Pulled:
    hint = f"bedside knowledge pull {source.id}"
    if pulled is None:
        raise SourceError(f"{source.id} has not been pulled yet", hint=hint)
    if damaged := pulled.damaged():
        raise SourceError(f"{', '.join(damaged[:3])} of {source.id} is gone or cut off in {pulled.folder}", hint=hint)
    if missing := unfinished(source, pulled):
        raise SourceError(
            f"the pull of {source.id} was not finished: {', '.join(missing[:3])} of {len(source.files)} files is missing",
            hint=hint,
        )
    return pulled


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
