"""What a resource that was read points to or holds that was not."""

from __future__ import annotations

from ..fhir import Resource, kind_of
from .attached_text import NotRead, plain_text
from .elements import LOINC, codes, listed
from .genomics.codes import POSITION
from .observations import VALUES
from .references import References
from .reports import Reports

_MEMBERS = {"DiagnosticReport": ("result",), "Observation": ("hasMember",)}


def report_unread(resource: Resource, reference: str, references: References, reports: Reports) -> None:
    """Texts, forms and values that are not read, results that are elsewhere."""
    kind = kind_of(resource)
    if kind == "DocumentReference":
        for content in listed(resource, "content"):
            try:
                plain_text(resource, content)
            except NotRead as why:
                reports.add(reference, why.reason)
    elif kind == "DiagnosticReport":
        if str(resource.get("conclusion") or "").strip():
            reports.add(reference, "conclusion-kept-as-text")
        if listed(resource, "presentedForm"):
            reports.add(reference, "attached-form")
    elif kind == "Observation":
        # the position of a variant is a range, and is read with the variant
        parts = [part for part in listed(resource, "component") if POSITION not in codes(part.get("code"), LOINC)]
        if any(str(held.get("reference")).startswith("#") for held in listed(resource, "hasMember")):
            reports.add(reference, "results-inside")
        if any(_other_value(element) for element in (resource, *parts)):
            reports.add(reference, "value-of-another-kind")
    for name in _MEMBERS.get(kind, ()):
        if any(references.find(held.get("reference"), resource) is None for held in listed(resource, name)):
            reports.add(reference, "results-elsewhere")


def _other_value(element: Resource) -> bool:
    """Has it a value of a kind that is not read (a range, a ratio, sampled data)?"""
    return any(name.startswith("value") and name not in VALUES for name in element)
