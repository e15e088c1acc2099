"""What was done and written: immunizations, procedures, documents and reports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from ...types.context import Concept, Document, Fact, Immunization, Procedure, Report
from ..fhir import Resource
from .elements import Nameless, at, concept, date_of, listed, result_status
from .references import References


def _states(of: type[Fact], field: str = "status") -> frozenset[str]:
    """What a field of the context can say."""
    return frozenset(get_args(of.model_fields[field].annotation))


_IMMUNIZED, _DONE, _DOCUMENT = _states(Immunization), _states(Procedure), _states(Document)
_WRITTEN = _states(Document, "written")


def immunizations(resource: Resource, reference: str, _: References) -> Iterator[Immunization]:
    status = _of(resource.get("status"), _IMMUNIZED)
    yield Immunization.model_validate(
        {
            "address": at(reference, "vaccineCode"),
            "concept": concept(resource.get("vaccineCode")),
            "status": status,
            "negated": status == "not-done",
            "date": date_of(resource, "occurrenceDateTime", "recorded"),
        }
    )


def procedures(resource: Resource, reference: str, _: References) -> Iterator[Procedure]:
    """What was done to the patient; one in preparation is planned."""
    status = _of(resource.get("status"), _DONE)
    yield Procedure.model_validate(
        {
            "address": at(reference, "code"),
            "concept": concept(resource.get("code")),
            "status": status,
            "negated": status == "not-done",
            "temporality": "hypothetical" if status == "preparation" else "current",
            "date": date_of(resource, "performedDateTime", "performedPeriod"),
        }
    )


def documents(resource: Resource, reference: str, _: References) -> Iterator[Document]:
    """One for each attachment of a DocumentReference."""
    status, written = _of(resource.get("status"), _DOCUMENT), _of(resource.get("docStatus"), _WRITTEN, "")
    for number, content in enumerate(listed(resource, "content")):
        attachment = content["attachment"]
        title = attachment.get("title") or resource.get("description")
        yield Document.model_validate(
            {
                "address": at(reference, f"content[{number}].attachment"),
                "concept": _kind(resource.get("type"), title),
                "title": str(title or ""),
                "status": status,
                "written": written,
                "content_type": str(attachment.get("contentType") or ""),
                "date": date_of(resource, "date"),
                "certainty": "uncertain" if written == "preliminary" else "certain",
            }
        )


def reports(resource: Resource, reference: str, _: References) -> Iterator[Report]:
    """A DiagnosticReport, with its conclusion as it is written. Its results are facts of their own."""
    status, certainty = result_status(resource)
    said = resource.get("conclusion")
    coded = tuple(concept(one) for one in listed(resource, "conclusionCode"))
    path = "conclusion" if isinstance(said, str) and said.strip() else "code"
    yield Report.model_validate(
        {
            "address": at(reference, path),
            "concept": concept(resource.get("code")),
            "status": status,
            "certainty": certainty,
            "conclusion": said if path == "conclusion" else "",
            "conclusion_codes": coded,
            "date": date_of(resource, "effectiveDateTime", "effectivePeriod", "issued"),
        }
    )


def _kind(given: Any, title: Any) -> Concept:
    """What kind of document it is: by its type, or by its title where no type is given."""
    try:
        return concept(given)
    except Nameless:
        if not title:
            raise
        return Concept(name=str(title))


def _of(given: Any, known: frozenset[str], otherwise: str = "unknown") -> str:
    return str(given).lower() if given is not None and str(given).lower() in known else otherwise
