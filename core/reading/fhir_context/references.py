"""Who is meant by a reference: the resources of a case by kind and id, looked up once."""

from __future__ import annotations

from collections.abc import Sequence

from .. import fhir
from ..fhir import Resource

_WITHDRAWN = frozenset({"entered-in-error", "cancelled"})
Named = tuple[str, Resource]
"""A resource with the reference by which it is addressed (`Observation/f001`)."""


class References:
    """The resources of a case by what other resources call them."""

    def __init__(self, resources: Sequence[Resource]) -> None:
        self._by_reference: dict[str, Named] = {}
        self._by_id: dict[str, list[Named]] = {}
        for number, resource in enumerate(resources, 1):
            named = (fhir.reference_of(resource, number), resource)
            self._by_reference.setdefault(named[0], named)
            if id_ := resource.get("id"):
                self._by_id.setdefault(str(id_), []).append(named)

        self.withdrawn = frozenset(
            found[0]
            for resource in resources
            if fhir.kind_of(resource) == "DiagnosticReport" and str(resource.get("status")).lower() in _WITHDRAWN
            for held in resource.get("result") or ()
            if isinstance(held, dict) and (found := self.find(held.get("reference"), resource))
        )
        """References of the results of reports that are cancelled or entered in error."""

    def find(self, reference: object, container: Resource) -> Named | None:
        """What `reference` (`Medication/1`, `#m`, `urn:uuid:…`) of `container` means; None where the case does not hold it,
        or holds several of that id. What is contained is addressed as its container."""
        if not isinstance(reference, str) or not reference:
            return None
        id_ = fhir.id_of(reference)
        if reference.startswith("#"):
            inside = [c for c in container.get("contained") or () if isinstance(c, dict) and str(c.get("id")) == id_]
            return ("", inside[0]) if len(inside) == 1 else None
        kind = reference.partition("/_history/")[0].split("/")[-2:-1]
        if kind and kind[0][:1].isupper():
            return self._by_reference.get(f"{kind[0]}/{id_}")
        found = self._by_id.get(id_, [])
        return found[0] if len(found) == 1 else None
