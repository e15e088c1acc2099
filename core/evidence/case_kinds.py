"""Kinds of case files: how one is recognised, and what it offers to tasks. Bedside's own and a plugin's are of one type."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..errors import CaseError, PluginError
from ..plugin_code import PluginCode, type_name

OWN_KIND = re.compile(r"[a-z][a-z0-9_]*:[a-z][a-z0-9_-]*")
HEAD_BYTES = 4096
"""How much of a file's beginning `recognises` is given."""


@dataclass(frozen=True)
class CaseKind:
    """A kind of case files that a specialist reads itself. Registered through `bedside_case_kinds()`.

    `kind` is `plugin:kind`, `what` says for people what such a file is ("spirometry (CSV)"). `recognises(name, head)` gets
    the file's name and its first bytes (at most 4,096) and must look at the bytes: a name alone is a guess. `offers` is the
    need that such a file meets, which a task names in its `needs`: `vcf`, `image`, or a plugin's own. `check(path)` may
    look at the whole file and raises `CaseError` for one that can't be used."""

    kind: str
    what: str
    recognises: Callable[[str, bytes], bool]
    offers: str
    check: Callable[[Path], None] | None = None


def _magic(marker: bytes, at: int = 0) -> Callable[[str, bytes], bool]:
    return lambda name, head: head[at : at + len(marker)] == marker


_BOM = b"\xef\xbb\xbf"
BUILT_IN = (
    CaseKind("VCF", "variants (VCF)", lambda name, head: head.removeprefix(_BOM).startswith(b"##fileformat=VCF"), "vcf"),
    CaseKind("BCF", "variants (BCF)", _magic(b"BCF\x02"), "vcf"),
    CaseKind("DICOM", "image (DICOM)", _magic(b"DICM", 128), "image"),
    CaseKind("NIfTI", "image (NIfTI)", _magic(b"n+1\x00", 344), "image"),
    CaseKind("PNG", "image (PNG)", _magic(b"\x89PNG\r\n\x1a\n"), "image"),
    CaseKind("JPEG", "image (JPEG)", _magic(b"\xff\xd8\xff"), "image"),
)


def recognised(name: str, head: bytes, kinds: Iterable[CaseKind] = ()) -> CaseKind | None:
    """The kind of a file, Bedside's own first; None for one that nobody recognises. A plugin that raises recognises
    nothing."""
    for kind in BUILT_IN:
        if kind.recognises(name, head):
            return kind
    for kind in kinds:
        with suppress(PluginError), PluginCode(f"{kind.kind}: recognises"):
            if kind.recognises(name, head) is True:
                return kind
    return None


def check_file(kind: CaseKind, path: Path) -> None:
    """Run the kind's own check. Raises `CaseError` for a file that can't be used, also where the check itself breaks."""
    try:
        if kind.check:
            with PluginCode(f"{kind.kind}: check"):
                kind.check(path)
    except PluginError as error:
        cause = error.__cause__ or error
        if isinstance(cause, CaseError):
            raise cause from None
        # the type only: a stranger's text may quote the case
        raise CaseError(f"{path} could not be checked as {kind.what}: {kind.kind} raised {type_name(cause)}") from None
