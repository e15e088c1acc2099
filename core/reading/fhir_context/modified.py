"""Which resources can't be read for a mark that may turn a meaning around (`fhir.is_modified`): their own, one of what they
rest on (a Medication, a specimen, the results they are derived from, the person they contain), or one of the report or panel
that holds them."""

from __future__ import annotations

from collections.abc import Sequence

from .. import fhir
from ..fhir import Resource
from .references import References

_RESTS_ON = ("medicationReference", "medication", "itemReference", "specimen", "derivedFrom")
_WHOSE = ("subject", "patient", "focus")
_GROUPS = ("DiagnosticReport", "Observation")


class Modified:
    """The marks of a case, and whom they concern."""

    def __init__(self, resources: Sequence[Resource], references: References) -> None:
        self._references = references
        self._members = {
            id(member)
            for group in fhir.of_kind(resources, *_GROUPS)
            if fhir.is_modified(group)
            for _, member in references.members(group, group)
        }

    def reason(self, resource: Resource) -> str:
        """Why a resource of the case can't be read, as a code of core/wording/en/unread.toml; empty where no mark is in the
        way."""
        if fhir.is_modified(resource):
            return "modified"
        return "rests-on-modified" if id(resource) in self._members or self.rests_on(resource, resource) else ""

    def rests_on(self, resource: Resource, container: Resource) -> bool:
        """Is there a mark on anything that it rests on? `container` as in `References.members`."""
        people = (
            person
            for person in self._references.reached(resource, container, _WHOSE)
            if not person[0]  # one that it contains: the case's Patient is read, or not, by itself
        )
        rests_on = self._references.reached(resource, container, _RESTS_ON)
        return any(fhir.is_modified(one) for found in (people, rests_on) for _, one in found)
