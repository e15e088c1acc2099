"""One file from the web to the disk: resumed where it stopped, bounded, verified, moved into place as a whole.

It streams into NAME.part. NAME.part-of keeps the validator (ETag or Last-Modified) of what the part belongs to, so that a
later run asks for the rest with Range and If-Range; a server that ignores that, or has another file by now, starts it anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bedside.core.errors import SourceError
from bedside.core.host.registered import RemoteFile

from .checksum import Checksum, published
from .disk import check_room, digest, put_in_place, write_json, writing
from .web import Passing, Web

if TYPE_CHECKING:
    import httpx

UNSTATED_LIMIT = 64 * 2**30
"""Bytes taken at most where neither the catalogue nor the server says how many there are."""
_RANGE = re.compile(r"bytes (?:(\d+)-\d+|\*)/(\d+)")

Moved = Callable[[int, int | None], None]
"""(bytes of this file that are here, of how many: None where nobody says)"""


@dataclass(frozen=True)
class Fetched:
    """What came. `verified` names the published hash that it has (`sha256`, `md5`…), empty where nobody publishes one."""

    sha256: str
    size: int
    verified: str
    etag: str = ""
    modified: str = ""


def fetch(file: RemoteFile, folder: Path, web: Web, moved: Moved = lambda done, total: None) -> Fetched:
    """`file` into `folder`. Raises SourceError: unreachable, refused, of another size than stated, no room, wrong hash.

    What proves to be the wrong file is removed; after any other error the part stays for the next run.
    """
    return _Download(file, folder, web, moved).run()


class _Download:
    def __init__(self, file: RemoteFile, folder: Path, web: Web, moved: Moved) -> None:
        self._file, self._web, self._tell = file, web, moved
        self._path = folder / file.name
        self._part = folder / f"{file.name}.part"
        self._of = folder / f"{file.name}.part-of"
        self._farthest = 0
        self._resumed = False
        self._head: dict[str, str] = {}

    def run(self) -> Fetched:
        wanted = published(self._file, self._web)
        self._fetch()
        right = self._right(wanted)
        if not right and self._resumed:
            # The part may have been of another release than the rest: once more, from the beginning.
            self._forget()
            self._fetch()
            right = self._right(wanted)
        if not right:
            self._forget()
            raise SourceError(
                f"{self._file.name} from {self._file.url} does not have its {wanted.name} hash; it was removed",
                hint="pull it again; if it stays wrong, the publisher has replaced it and the catalogue is out of date",
            )
        found = Fetched(
            sha256=wanted.digest if wanted.name == "sha256" and wanted.digest else digest(self._part),
            size=self._part.stat().st_size,
            verified=wanted.name if wanted.digest else "",
            etag=self._head.get("etag", ""),
            modified=self._head.get("last-modified", ""),
        )
        put_in_place(self._part, self._path)
        self._of.unlink(missing_ok=True)
        return found

    def _fetch(self) -> None:
        # After a fault the rest is asked for, as in a later run; the tries start anew when it got farther than ever:
        # a server that begins again each time, and always breaks off at the same place, must not keep us for ever.
        self._web.again(self._one_go, lambda: self._farthest)

    def _right(self, wanted: Checksum) -> bool:
        return not wanted.digest or digest(self._part, wanted.name) == wanted.digest

    def _one_go(self) -> None:
        have, validator = self._state()
        headers = {"Accept-Encoding": "identity"}
        if have:
            headers |= {"Range": f"bytes={have}-"} | ({"If-Range": validator} if validator else {})
        with self._web.open(self._file.url, headers) as answer:
            if answer.headers.get("content-encoding", "identity") != "identity":
                raise SourceError(f"{self._file.url} sends the file in another encoding (content-encoding)")
            span = _RANGE.fullmatch(answer.headers.get("content-range", ""))
            begin, total = (span[1], int(span[2])) if span else (None, None)
            if answer.status_code == 416 and have and total == have:
                return  # all of it was here already
            if answer.status_code == 200:
                length = answer.headers.get("content-length", "")
                begin, total = "0", int(length) if length.isdigit() else None
            elif answer.status_code != 206 or begin != str(have) or self._another(answer, validator):
                self._forget()
                raise Passing(f"{self._file.url} has changed in the meantime")
            self._resumed = self._resumed or begin != "0"
            self._head = {name: value for name in ("etag", "last-modified") if (value := answer.headers.get(name, ""))}
            self._save(answer, int(begin), total)

    def _state(self) -> tuple[int, str]:
        """Bytes that are here and can be gone on from, and the validator of the file that they are of."""
        try:
            of = json.loads(self._of.read_text(encoding="utf-8"))
            have = self._part.stat().st_size
        except (OSError, ValueError):
            return 0, ""
        if not isinstance(of, dict) or of.get("url") != self._file.url:
            return 0, ""
        validator = str(of.get("validator", ""))
        # Without a validator the rest may be of another file; then only a hash could tell.
        return (have, validator) if validator or self._file.sha256 else (0, "")

    @staticmethod
    def _another(answer: httpx.Response, validator: str) -> bool:
        etag = answer.headers.get("etag", "")
        return bool(etag and validator.startswith('"') and etag != validator)

    def _save(self, answer: httpx.Response, begin: int, total: int | None) -> None:
        stated = self._file.size
        if stated and total is not None and total != stated:
            raise SourceError(
                f"{self._file.url} has {total:,} bytes, but the catalogue says {stated:,}: "
                "it has been replaced by its publisher",
                hint="update Bedside, or the plugin that supplies the source",
            )
        limit = stated or total or UNSTATED_LIMIT
        if stated or total:
            check_room(self._part.parent, limit - begin)
        have = begin
        with writing(self._part), self._part.open("r+b" if begin else "wb") as out:
            if not begin:
                # After the part is emptied, not before: a kill between the two must not leave a part of the wrong file.
                write_json(self._of, {"url": self._file.url, "validator": self._validator()})
            out.seek(begin)
            for piece in answer.iter_raw():
                have += len(piece)
                if have > limit:
                    break
                out.write(piece)
                self._farthest = max(self._farthest, have)
                self._tell(have, stated or total)
        if have > limit:
            self._forget()
            raise SourceError(f"{self._file.url} sends more than the {limit:,} bytes it should have; it was cut off")
        if have < (stated or total or 0):
            raise Passing(f"{self._file.url} ended after {have:,} of {stated or total:,} bytes")

    def _validator(self) -> str:
        etag = self._head.get("etag", "")
        # A weak ETag does not promise equal bytes, so that If-Range may not use it (RFC 9110, 13.1.5).
        return etag if etag.startswith('"') else self._head.get("last-modified", "")

    def _forget(self) -> None:
        self._part.unlink(missing_ok=True)
        self._of.unlink(missing_ok=True)
