"""The hash that a file should have: fixed in the catalogue, or published beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bedside.core.errors import SourceError
from bedside.core.host.registered import RemoteFile

from .web import Web

_LENGTHS = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}
_HEX = re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{32,128}(?![0-9A-Fa-f])")


@dataclass(frozen=True)
class Checksum:
    """`digest` is empty where nobody publishes one."""

    name: str = "sha256"
    digest: str = ""


def published(file: RemoteFile, web: Web) -> Checksum:
    """The fixed hash, else that of the checksum file beside it; SourceError when that file holds none."""
    if file.sha256:
        return Checksum(digest=file.sha256)
    if not file.checksum_url:
        return Checksum()
    return parse(web.small(file.checksum_url, "the checksum file"), file.name, file.checksum_url)


def parse(body: bytes, name: str, where: str) -> Checksum:
    """The hash of `name` in a checksum file: `HEX  NAME` lines, `MD5 (NAME) = HEX`, or the bare hash."""
    lines = body.decode("utf-8", "replace").splitlines()
    named = [line for line in lines if name in line]
    for line in named or (lines if len(lines) == 1 else []):
        # a name may look like a hash itself
        found = [one for one in _HEX.findall(line.replace(name, " ")) if len(one) in _LENGTHS]
        if found:
            return Checksum(_LENGTHS[len(found[0])], found[0].lower())
    raise SourceError(
        f"{where} holds no checksum of {name}", hint="try again later; the publisher may be replacing the file"
    )
