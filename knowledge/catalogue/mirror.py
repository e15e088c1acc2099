"""Files from a local folder instead of the web (`BEDSIDE_MIRROR`, `sources.mirror`)."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from bedside.core.errors import ConfigError, SourceError
from bedside.core.host.registered import RemoteFile

from .checksum import Checksum, parse
from .disk import check_room, digest, put_in_place, writing
from .download import Fetched, Moved

_CHUNK = 2**20


def mirror_folder(setting: str) -> Path | None:
    """The folder that the setting names, None without one; ConfigError when it is not a folder."""
    if not setting:
        return None
    folder = Path(setting).expanduser().absolute()
    if not folder.is_dir():
        raise ConfigError(f"the mirror {folder} is not a folder", hint="set BEDSIDE_MIRROR to a folder, or unset it")
    return folder


def inside(mirror: Path, relative: str) -> Path:
    """The path in the mirror; SourceError when it leads out of it, through `..` or a link."""
    path = (mirror / relative).resolve()
    if not path.is_relative_to(mirror.resolve()):
        raise SourceError(f"{relative!r} leads out of the mirror {mirror}", hint="copy the file into the mirror instead")
    return path


def take(file: RemoteFile, mirror: Path, folder: Path, moved: Moved = lambda done, total: None) -> Fetched:
    """Copy `file` from the mirror into `folder`, checked by every hash that is known of it.

    It does not fall back to the web: a mirror is set so that nothing is downloaded. SourceError when the file is missing.
    """
    if not file.mirror:
        raise SourceError(
            f"{file.name} is not available from a mirror", hint="unset BEDSIDE_MIRROR to pull it from its publisher"
        )
    path = inside(mirror, file.mirror)
    if not path.is_file():
        raise SourceError(
            f"the mirror {mirror} has no file {file.mirror}",
            hint=f"fetch {file.url} on a machine that is online and put it there; or unset BEDSIDE_MIRROR",
        )
    target = folder / file.name
    part = target.with_name(f"{target.name}.part")
    size = path.stat().st_size
    check_room(folder, size)
    have = 0
    with writing(part), path.open("rb") as source, part.open("wb") as out:
        while piece := source.read(_CHUNK):
            out.write(piece)
            have += len(piece)
            moved(have, size)
    wanted = _wanted(file, path)
    if wanted.digest and digest(part, wanted.name) != wanted.digest:
        part.unlink()
        raise SourceError(
            f"{file.mirror} in the mirror is not the expected file: its hash differs; nothing was copied",
            hint="replace it in the mirror with a complete copy",
        )
    found = digest(part)
    put_in_place(part, target)
    return Fetched(sha256=found, size=have, verified=wanted.name if wanted.digest else "")


def _wanted(file: RemoteFile, path: Path) -> Checksum:
    """The fixed hash, else that of the checksum file that was copied along, if it was."""
    if file.sha256 or not file.checksum_url:
        return Checksum(digest=file.sha256)
    beside = path.with_name(PurePosixPath(unquote(urlsplit(file.checksum_url).path)).name)
    return parse(beside.read_bytes(), file.name, str(beside)) if beside.is_file() else Checksum()
