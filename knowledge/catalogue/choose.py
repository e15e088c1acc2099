"""Which files of a source a pull is about: all of a short list, or those that `--files` names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from bedside.core.errors import SourceError, UsageError
from bedside.core.host.registered import KnowledgeSource, RemoteFile, RemoteFolder

from .mirror import inside
from .web import Web

_PART = re.compile(r"[A-Za-z]*(\d{1,12})(?:-[A-Za-z]*(\d{1,12}))?")
_LINK = re.compile(r"""href\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_MOST = 100_000
"""Files of one pull at most: a range with a slip in it must not ask for a billion."""


@dataclass(frozen=True)
class Choice:
    """`version` names the folder that the files go into."""

    files: tuple[RemoteFile, ...]
    version: str


def choose(source: KnowledgeSource, ranges: str, mirror: Path | None, web: Callable[[], Web]) -> Choice:
    """UsageError for a `--files` that can't be, SourceError where the list of files can't be had."""
    wanted = parse_ranges(ranges)
    if source.folder is None:
        numbered = list(enumerate(_of_mirror(source, mirror) if mirror else source.files, start=1))
        return Choice(tuple(file for _, file in _pick(source, numbered, wanted)), source.version())
    if wanted is None and not source.folder.whole:
        raise UsageError(
            f"{source.id} has too many files to pull them all",
            hint=f"bedside knowledge pull {source.id} --files 1-3",
        )
    if mirror is not None:
        found = _mirrored(source, source.folder, mirror)
    elif source.folder.template:
        found = _named(source.folder, wanted or ())
    else:
        found = _listed(source, source.folder, web())
    chosen = _pick(source, found, wanted)
    return Choice(tuple(file for _, file in chosen), _release(source.folder, chosen) or source.version())


def _of_mirror(source: KnowledgeSource, mirror: Path) -> tuple[RemoteFile, ...]:
    """The publisher's files where the mirror has any of them, else the form that mirrors hold."""
    if not source.mirror_files or any(file.mirror and inside(mirror, file.mirror).is_file() for file in source.files):
        return source.files
    return source.mirror_files


def parse_ranges(text: str) -> tuple[range, ...] | None:
    """`1-3,7` as ranges; letters before a number are passed over (PMC8005924). None for an empty text."""
    if not text.strip():
        return None
    found = []
    for part in text.split(","):
        match = _PART.fullmatch(part.strip())
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if last < first:
            raise UsageError(f"--files {text}: {part.strip()!r} is not a range", hint="for example --files 1-3,7")
        found.append(range(first, last + 1))
    if sum(map(len, found)) > _MOST:
        raise UsageError(f"--files {text} names more than {_MOST:,} files", hint="pull them in several steps")
    return tuple(found)


def _pick(
    source: KnowledgeSource, found: Sequence[tuple[int, RemoteFile]], wanted: tuple[range, ...] | None
) -> list[tuple[int, RemoteFile]]:
    if wanted is None:
        return list(found)
    have = {number for number, _ in found}
    missing = [n for span in wanted for n in span if n not in have]
    if missing:
        what = f"{len(have):,} files, numbered {min(have)} to {max(have)}" if have else "no files"
        shown = ", ".join(map(str, missing[:5])) + (" …" if len(missing) > 5 else "")
        raise UsageError(f"{source.id} has {what}; there is no {shown}", hint="bedside knowledge pull ID --files 1-3,7")
    return [(number, file) for number, file in found if any(number in span for span in wanted)]


def _listed(source: KnowledgeSource, folder: RemoteFolder, web: Web) -> list[tuple[int, RemoteFile]]:
    """From the links of the folder's page. Only names of the pattern are taken, so that a page can't name a path."""
    page = web.small(folder.url, "the list of files").decode("utf-8", "replace")
    names = {unquote(urlsplit(link).path.rpartition("/")[2]) for link in _LINK.findall(page)}
    found = _numbered(folder.pattern, names, lambda name: _remote(folder, name, urljoin(folder.url, name)))
    if not found:
        raise SourceError(
            f"{folder.url} lists no file of {source.id}", hint=f"look at {source.homepage or folder.url} for a new address"
        )
    return found


def _named(folder: RemoteFolder, wanted: Iterable[range]) -> list[tuple[int, RemoteFile]]:
    found = []
    for number in (n for span in wanted for n in span):
        path = folder.template.replace("{number}", str(number))
        found.append((number, _remote(folder, path.rpartition("/")[2], urljoin(folder.url, path))))
    return found


def _mirrored(source: KnowledgeSource, folder: RemoteFolder, mirror: Path) -> list[tuple[int, RemoteFile]]:
    for one in folder.mirror:
        place = inside(mirror, one)
        names = {path.name for path in place.iterdir() if path.is_file()} if place.is_dir() else set()
        found = _numbered(
            folder.mirror_pattern or folder.pattern,
            names,
            lambda name, one=one: _remote(folder, name, urljoin(folder.url, name), f"{one}/{name}"),  # type: ignore[misc]
        )
        if found:
            return found
    where = " or ".join(folder.mirror) or "any folder"
    raise SourceError(
        f"the mirror {mirror} has no file of {source.id} in {where}",
        hint=f"copy files of {folder.url} there; or unset BEDSIDE_MIRROR",
    )


def _numbered(pattern: str, names: Iterable[str], make: Callable[[str], RemoteFile]) -> list[tuple[int, RemoteFile]]:
    """By the pattern's number, or counted in order of name where it has none."""
    matches = [match for name in sorted(names) if (match := re.fullmatch(pattern, name))]
    found = [(int(m.groupdict().get("number") or at), make(m[0])) for at, m in enumerate(matches, start=1)]
    return sorted(found, key=lambda pair: pair[0])


def _remote(folder: RemoteFolder, name: str, url: str, mirror: str = "") -> RemoteFile:
    return RemoteFile(name=name, url=url, checksum_url=url + folder.checksum if folder.checksum else "", mirror=mirror)


def _release(folder: RemoteFolder, chosen: Iterable[tuple[int, RemoteFile]]) -> str:
    matches = (re.fullmatch(folder.pattern, file.name) for _, file in chosen)
    releases = {match.groupdict().get("release") or "" for match in matches if match}
    return max(releases, default="")
