"""`knowledge pull`: a source's files into the data folder, each verified; files that are already there are kept."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from bedside.core.errors import SourceError, UsageError
from bedside.core.host.registered import KnowledgeSource, RemoteFile

from .checksum import published
from .choose import choose
from .disk import digest, writing
from .download import Fetched, fetch
from .mirror import mirror_folder, take
from .pulled import Pulled, PulledFile, open_pulled
from .web import Web

State = Literal["pulled", "here", "replaced"]
Progress = Callable[[str, str, int, int | None, int, int], None]
"""(source id, file, bytes done, of how many, number of the file from 1, of how many files)"""


@dataclass(frozen=True)
class FileReport:
    """`state`: `pulled`, `here` (it was already), or `replaced` (the publisher has another one than at the last pull)."""

    name: str
    state: State
    size: int
    sha256: str
    verified: str
    origin: str


@dataclass
class PullReport:
    """What a pull did. `notes` are what the user must know about it."""

    source_id: str
    version: str
    folder: Path
    files: list[FileReport] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def pull(
    source: KnowledgeSource,
    home: Path,
    *,
    mirror: str = "",
    files: str = "",
    progress: Progress | None = None,
    web: Web | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> PullReport:
    """Fetch the files of `source` into `home`, from the folder `mirror` where one is named, else from their publishers.

    `files` is the text of `--files`. Raises UsageError for a source without files or a range it does not have, ConfigError
    for an invalid mirror, SourceError for whatever prevents a file from being fetched complete and correct.
    """
    if not source.pulled:
        from_package = f"it comes with the package {source.package}" if source.package else "it has no files to fetch"
        raise UsageError(f"{source.id} needs no pull: {from_package}", hint=f"bedside knowledge load {source.id}")
    work = _Pull(source, home, mirror_folder(mirror), web, progress, now)
    try:
        return work.run(files)
    finally:
        work.close()


class _Pull:
    def __init__(
        self,
        source: KnowledgeSource,
        home: Path,
        mirror: Path | None,
        web: Web | None,
        progress: Progress | None,
        now: Callable[[], datetime],
    ) -> None:
        self._source, self._home, self._mirror = source, home, mirror
        self._web, self._own = web, web is None
        self._tell = progress or (lambda *args: None)
        self._now = now

    def close(self) -> None:
        if self._own and self._web is not None:
            self._web.close()

    def web(self) -> Web:
        """Made when it is first needed: with a mirror never."""
        if self._web is None:
            self._web = Web()
        return self._web

    def run(self, ranges: str) -> PullReport:
        choice = choose(self._source, ranges, self._mirror, self.web)
        pulled = open_pulled(self._home, self._source.id, choice.version)
        report = PullReport(self._source.id, choice.version, pulled.folder)
        with writing(pulled.folder):
            pulled.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _alone(pulled.folder.parent, self._source.id):
            for at, file in enumerate(choice.files, start=1):
                report.files.append(self._one(file, pulled, report, at, len(choice.files)))
        another = self._source.folder is not None or set(choice.files) <= set(self._source.mirror_files)
        if self._mirror is not None and another and self._source.note:
            report.notes.append(self._source.note)
        if any(not one.verified for one in report.files):
            report.notes.append(
                "nobody publishes a hash of "
                + _some([one.name for one in report.files if not one.verified])
                + ": the one recorded now is compared at the next pull"
            )
        return report

    def _one(self, file: RemoteFile, pulled: Pulled, report: PullReport, at: int, of: int) -> FileReport:
        def moved(done: int, total: int | None) -> None:
            self._tell(self._source.id, file.name, done, total, at, of)

        name = file.name
        known = pulled.files.get(name)
        if known is not None and name not in pulled.damaged() and self._same(file, known, pulled.folder / name):
            moved(known.size, known.size)
            return FileReport(name, "here", known.size, known.sha256, known.verified, known.origin)
        if self._mirror is not None:
            came, origin = take(file, self._mirror, pulled.folder, moved), "mirror"
        else:
            came, origin = fetch(file, pulled.folder, self.web(), moved), "web"
        pulled.files[name] = self._record(file, came, origin)
        pulled.save()
        changed = known is not None and known.sha256 != came.sha256
        if known is not None and changed:
            report.notes.append(
                f"{name} is not the file of {known.pulled_at[:10]} any more "
                f"(sha256 {known.sha256[:12]}… then, {came.sha256[:12]}… now): it has been replaced by its publisher"
            )
        return FileReport(name, "replaced" if changed else "pulled", came.size, came.sha256, came.verified, origin)

    def _same(self, file: RemoteFile, known: PulledFile, path: Path) -> bool:
        """Would fetching it again bring the same bytes?"""
        if self._mirror is not None:
            other = self._mirror / file.mirror
            return bool(file.mirror) and other.is_file() and digest(other) == known.sha256
        if known.origin == "mirror":
            return bool(file.sha256) and known.sha256 == file.sha256
        if file.sha256:
            return known.sha256 == file.sha256
        if file.checksum_url:
            wanted = published(file, self.web())
            return digest(path, wanted.name) == wanted.digest
        return bool(known.etag) and self._unmodified(file, known)

    def _unmodified(self, file: RemoteFile, known: PulledFile) -> bool:
        def ask() -> bool:
            with self.web().open(file.url, {"If-None-Match": known.etag, "Accept-Encoding": "identity"}) as answer:
                return answer.status_code == 304

        return bool(self.web().again(ask))

    def _record(self, file: RemoteFile, came: Fetched, origin: str) -> PulledFile:
        return PulledFile(
            url=file.url,
            origin=origin,
            size=came.size,
            sha256=came.sha256,
            verified=came.verified,
            pulled_at=self._now().astimezone(UTC).isoformat(timespec="seconds"),
            etag=came.etag,
            modified=came.modified,
        )


@contextlib.contextmanager
def _alone(folder: Path, source_id: str) -> Iterator[None]:
    """One pull of a source at a time: two would write to the same partial file."""
    import portalocker

    with (folder / ".lock").open("a+") as lock:
        try:
            portalocker.lock(lock, portalocker.LOCK_NB | portalocker.LOCK_EX)
        except portalocker.LockException as error:
            raise SourceError(f"another process is pulling {source_id}", hint="wait until it has ended") from error
        yield


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
