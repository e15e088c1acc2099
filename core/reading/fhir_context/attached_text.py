"""Plain text that stands in a DocumentReference: read as a text of the case where it is in force."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence

from .. import fhir
from ..fhir import Resource
from .elements import listed
from .modified import Modified
from .references import References

MAX_CHARS = 100_000
_FINAL = frozenset({"", "final", "amended"})


class NotRead(Exception):
    """Why the text of an attachment is no text of the case; `reason` is a code of core/wording/en/unread.toml."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def attached_texts(resources: Sequence[Resource]) -> Iterator[tuple[str, str]]:
    """(reference, text) of each attachment whose text is read; the others are named where the documents are read."""
    patients, modified = fhir.patient_ids(resources), Modified(resources, References(resources))
    for number, resource in enumerate(resources, 1):
        if fhir.kind_of(resource) != "DocumentReference" or fhir.of_another(resource, patients):
            continue
        if modified.reason(resource):
            continue
        reference = fhir.reference_of(resource, number)
        try:
            contents = listed(resource, "content")
        except TypeError:
            continue
        for place, content in enumerate(contents):
            try:
                text = plain_text(resource, content)
            except (NotRead, TypeError, KeyError, AttributeError):
                continue
            yield reference if place == 0 else f"{reference} ({place + 1})", text


def plain_text(resource: Resource, content: Resource) -> str:
    """The text of one attachment. Raises NotRead where it is not in force, not there, or not plain text."""
    in_force = str(resource.get("status")).lower() == "current" and str(resource.get("docStatus") or "").lower() in _FINAL
    if not in_force:
        raise NotRead("document-not-in-force")
    attachment = content["attachment"]
    if not attachment.get("data"):
        raise NotRead("document-elsewhere")
    kind, _, more = str(attachment.get("contentType") or "").lower().partition(";")
    if kind.strip() != "text/plain":
        raise NotRead("document-not-plain-text")
    charset = more.partition("charset=")[2].strip(' "') or "utf-8"
    try:
        text = base64.b64decode(str(attachment["data"]), validate=True).decode(charset)
    except (binascii.Error, UnicodeDecodeError, LookupError):
        raise NotRead("document-unreadable") from None
    if "\x00" in text or not text.strip():
        raise NotRead("document-unreadable")
    if len(text) > MAX_CHARS:
        raise NotRead("document-too-long")
    return text
