"""What a plugin registers besides tasks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..errors import SourceError

if TYPE_CHECKING:
    from ..types import Record

SOURCE_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,199}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class RemoteFile:
    """One file that `knowledge pull` fetches.

    `sha256` (64 hex digits) and `size` (bytes) are given where its publisher fixes them; `checksum_url` is a checksum file
    published beside it (.md5, .sha256) for files that change with each release. With neither, the hash is recorded at the
    first pull and compared at the next. `mirror` is its path in the folder of `BEDSIDE_MIRROR`.
    """

    name: str
    url: str
    sha256: str = ""
    size: int = 0
    mirror: str = ""
    checksum_url: str = ""


@dataclass(frozen=True)
class RemoteFolder:
    """A web folder whose files change while the source stays: its page is read for the names at each pull.

    `pattern` is a regular expression that a file's whole name matches; its group `number` is what `--files 1-3` counts, and
    its group `release`, if it has one, is the version. With `template` (`{number}/{number}.xml`, appended to `url`) there is
    no page to read: `--files` names the files. `checksum` is appended to a file's URL for its checksum file. `whole` False:
    too many for anyone to want all unasked, so that `--files` is required. `mirror` are folders below `BEDSIDE_MIRROR`, the
    first that has files of `mirror_pattern` (default: `pattern`) is taken.
    """

    url: str
    pattern: str
    template: str = ""
    checksum: str = ""
    whole: bool = True
    mirror: tuple[str, ...] = ()
    mirror_pattern: str = ""


@dataclass(frozen=True, slots=True)
class Skip:
    """Something of a source that was left out: `what` it is (`file`, `record`, `page`, `link`…), `where`, and the
    `reason`."""

    what: str
    where: str
    reason: str


def _unpulled() -> Iterator[Record]:
    raise SourceError("this source is read from files that are pulled first", hint="bedside knowledge pull ID")


@dataclass(frozen=True)
class KnowledgeSource:
    """A source that can be loaded: what it is, where its bytes are, how they become records.

    Its bytes come from a `package` (a distribution that carries the data) or a local `url` with `sha256`, then `records`
    yields them; or from `files` (or a `folder` of them) that `knowledge pull` fetches, then `read` yields them from the
    folder that holds the pulled files. Either yields passages, nodes before the edges that use them, and terms, in any mix,
    without holding all of them, and raises `SourceError` for what it cannot read. A source with files and no `read` is
    only pulled: other parts use its files.

    `mirror_files` are taken from a mirror that holds the data in another form than its publisher gives it; `note` then
    says what differs, and `url` of each where it comes from.
    `release` finds the version in the pulled files, for a URL that always leads to the newest one. A `read` that can tell
    what it left out has a method `skipped()` like the field.

    `homepage` is the publisher's page, `starter` says that it is loaded unasked into an empty data folder. `licence_url`
    leads to the licence's text, `note` says what a reader must know about its form and how it is verified, `size` is in
    bytes (0: the sum of its files', where known), `max_age_days` is when a loaded release counts as stale (0: never).
    `skipped` tells what the latest run of `records` left out, complete once that is exhausted."""

    id: str
    title: str
    licence: str
    version: Callable[[], str]
    records: Callable[[], Iterator[Record]] = _unpulled
    homepage: str = ""
    package: str = ""
    url: str = ""
    sha256: str = ""
    starter: bool = False
    files: tuple[RemoteFile, ...] = ()
    mirror_files: tuple[RemoteFile, ...] = ()
    folder: RemoteFolder | None = None
    read: Callable[[Path], Iterator[Record]] | None = None
    release: Callable[[Path], str] | None = None
    size: int = 0
    licence_url: str = ""
    note: str = ""
    max_age_days: int = 0
    skipped: Callable[[], Sequence[Skip]] = tuple

    def __post_init__(self) -> None:
        if not self.size:
            known = [f.size for f in self.files if isinstance(f, RemoteFile) and isinstance(f.size, int)]
            object.__setattr__(self, "size", sum(known))

    @property
    def pulled(self) -> bool:
        """Is it read from files that `knowledge pull` fetches?"""
        return bool(self.files) or self.folder is not None

    @property
    def packaged(self) -> bool:
        """Has it records without a pull?"""
        return self.records is not _unpulled

    def bound(self, folder: Path, version: str) -> KnowledgeSource:
        """The same source, reading the files pulled into `folder`."""
        read = self.read
        if read is None:
            raise SourceError(f"{self.id} has no reader: its files are only pulled, for other parts to use")
        skipped = getattr(read, "skipped", self.skipped)
        return replace(self, records=lambda: read(folder), version=lambda: version, skipped=skipped)


def source_problem(source: KnowledgeSource) -> str:
    """The first thing wrong with a source's entry, in words; empty when it is well-formed."""
    if type(source.id) is not str or not SOURCE_ID.fullmatch(source.id):
        return f"the id {source.id!r} is not made of a-z, 0-9, '.', '_' and '-' (at most 64)"
    for name in ("title", "licence"):
        value = getattr(source, name)
        if type(value) is not str or not value.strip():
            return f"{name} is missing"
    for name in ("homepage", "package", "url", "sha256", "licence_url", "note"):
        if type(getattr(source, name)) is not str:
            return f"{name} is not text"
    for name in ("files", "mirror_files"):
        if type(getattr(source, name)) not in (tuple, list):
            return f"{name} is not a tuple of RemoteFile"
    if not callable(source.version):
        return "version is not a function"
    if not callable(source.records) or not (source.read is None or callable(source.read)):
        return "records and read must be functions"
    if source.sha256 and not _SHA256.fullmatch(source.sha256):
        return "sha256 is not 64 hex digits in lower case"
    if not source.pulled and not source.packaged:
        return "it has neither records nor files to pull"
    if source.folder is not None and (wrong := _folder_problem(source.folder)):
        return f"folder: {wrong}"
    if wrong := _files_problem(source.files) or _files_problem(source.mirror_files):
        return wrong
    if any(type(number) is not int or number < 0 for number in (source.size, source.max_age_days)):
        return "size and max_age_days are whole numbers from 0"
    return ""


def _files_problem(files: tuple[RemoteFile, ...]) -> str:
    seen: set[str] = set()
    for file in files:
        if wrong := _file_problem(file):
            return f"file {getattr(file, 'name', file)!r}: {wrong}"
        if file.name in seen:
            return f"file {file.name!r}: the name is there twice"
        seen.add(file.name)
    return ""


def _file_problem(file: Any) -> str:
    if not isinstance(file, RemoteFile):
        return f"is {type(file).__name__}, not RemoteFile"
    if not _FILE_NAME.fullmatch(file.name) or ".." in file.name or file.name.endswith(".part"):
        return "the name must be a plain file name without folders"
    for url in (file.url, file.checksum_url):
        if (url or url is file.url) and (wrong := _url_problem(url)):
            return wrong
    if file.sha256 and not _SHA256.fullmatch(file.sha256):
        return "sha256 is not 64 hex digits in lower case"
    if not isinstance(file.size, int) or file.size < 0:
        return "size is not a number of bytes"
    return _mirror_problem(file.mirror)


def _folder_problem(folder: Any) -> str:
    if not isinstance(folder, RemoteFolder):
        return f"is {type(folder).__name__}, not RemoteFolder"
    try:
        numbered = "number" in re.compile(folder.pattern).groupindex
        re.compile(folder.mirror_pattern)
    except re.error as error:
        return f"a pattern is no regular expression: {error}"
    if not numbered:
        return "the pattern has no group called 'number'"
    if folder.template and "{number}" not in folder.template:
        return "the template has no {number}"
    return _url_problem(folder.url) or next((wrong for one in folder.mirror if (wrong := _mirror_problem(one))), "")


def _url_problem(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return f"{url!r} is no URL"
    if parts.username or parts.password:
        return "the URL holds a user name or password"
    # http only to this machine: a local mirror server, and the tests
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))):
        return f"the URL {url!r} is not https"
    return ""


def is_loopback(host: str) -> bool:
    """Is `host` this machine?"""
    return host in ("localhost", "::1") or re.fullmatch(r"127(\.\d{1,3}){3}", host) is not None


def _mirror_problem(mirror: str) -> str:
    parts = re.split(r"[/\\]", mirror) if mirror else []
    if mirror and (mirror.startswith("/") or ":" in mirror or "\\" in mirror or any(p in ("", ".", "..") for p in parts)):
        return f"the mirror path {mirror!r} must be relative, without '..'"
    return ""


@dataclass(frozen=True)
class CdsService:
    """Which `task` of the plugin answers which CDS Hook.

    `id` starts with the plugin's name; `hook` is one of the CDS Hooks library (`patient-view`, `order-select`,
    `order-sign`…) or one of your own by reverse domain (`org.example.noun-verb`). `prefetch` holds FHIR templates by name,
    with placeholders such as `{{context.patientId}}`. Checked when it is registered."""

    id: str
    hook: str
    title: str
    description: str
    task: str
    prefetch: Mapping[str, str] = field(default_factory=dict)
