"""Kinds of case files: how one is recognised, and what it offers to tasks. Bedside's own and a plugin's are of one type."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ..errors import CaseError, PluginError
from ..plugin_code import PluginCode, plain, text_of, type_name

HEAD_BYTES = 4096
"""How much of a file's beginning `recognises` is given."""


@dataclass(frozen=True)
class CaseKind:
    """A kind of case files that a specialist reads itself. Registered through `bedside_case_kinds()`.

    `kind` is `plugin:kind`, `what` says for people what such a file is ("spirometry (CSV)"). `recognises(name, head)` gets
    the file's name and its first bytes (at most 4,096, unpacked where it is gzipped) and must look at the bytes: a name
    alone is a guess. It is asked only for files that Bedside does not read itself (text, FHIR, phenopackets, its own
    kinds). `offers` is the need that such a file meets, which a task names in its `needs`: `vcf`, `image`, or a plugin's
    own. `check(path)` may look at the whole file and raises `CaseError` for one that can't be used."""

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


def built_in(name: str, head: bytes) -> CaseKind | None:
    """Which of Bedside's own kinds a file is."""
    return next((kind for kind in BUILT_IN if kind.recognises(name, head)), None)


def brought(name: str, head: bytes, kinds: Iterable[CaseKind]) -> CaseKind | None:
    """Which of the `kinds` that plugins bring a file is; None for one that nobody recognises. A plugin that raises
    recognises nothing. Raises `CaseError` where several plugins do: neither may be preferred in silence."""
    found = []
    for kind in kinds:
        with contextlib.suppress(PluginError), PluginCode(kind.kind):
            if kind.recognises(name, head) is True:
                found.append(kind)
    if len(found) > 1:
        names = " and ".join(kind.kind for kind in found)
        raise CaseError(f"{name} is taken for its own by {names}", hint="switch one off: plugins.deny in bedside.toml")
    return found[0] if found else None


def check_file(kind: CaseKind, path: Path) -> None:
    """Run the kind's own check. Raises `CaseError` for a file that can't be used, also where the check itself breaks."""
    if kind.check is None:
        return
    try:
        with PluginCode(kind.kind):
            kind.check(path)
    except PluginError as error:
        cause = error.__cause__
        if type(cause) is CaseError:
            raise CaseError(text_of(cause), hint=plain(cause.hint)) from None
        # the type only: the text of a stranger's exception may quote the case
        raised = type_name(cause or error)
        raise CaseError(f"{path} could not be checked as {kind.what}: {kind.kind} raised {raised}") from None
