"""Who is meant by a reference: the resources of a case by kind and id, looked up once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .. import fhir
from ..fhir import Resource

_MEMBERS = ("result", "hasMember")
Named = tuple[str, Resource]
"""A resource with the reference by which it is addressed (`Observation/f001`)."""


class References:
    """The resources of a case by what other resources call them."""

    def __init__(self, resources: Sequence[Resource]) -> None:
        self._by_reference: dict[str, list[Named]] = {}
        self._by_id: dict[str, list[Named]] = {}
        for number, resource in enumerate(resources, 1):
            named = (fhir.reference_of(resource, number), resource)
            self._by_reference.setdefault(named[0], []).append(named)
            if id_ := resource.get("id"):
                self._by_id.setdefault(str(id_), []).append(named)

        self.withdrawn = frozenset(
            reference
            for resource in resources
            if fhir.kind_of(resource) == "DiagnosticReport" and str(resource.get("status")).lower() in fhir.WITHDRAWN
            for reference, _ in self.members(resource, resource)
        )
        """References of the results of reports that are cancelled or entered in error."""

    def find(self, reference: object, container: Resource) -> Named | None:
        """What `reference` (`Medication/1`, `#m`, `urn:uuid:…`) of `container` means; None where the case does not hold it,
        or holds several of that id that differ. What is contained is addressed as its container."""
        found = self.all_of(reference, container)
        if len(found) == 1 or (found and _addressed(reference) and all(one[1] == found[0][1] for one in found)):
            return found[0]
        return None

    def all_of(self, reference: object, container: Resource) -> list[Named]:
        """Everything that `reference` may mean: several where an id is given more than once."""
        if not isinstance(reference, str) or not reference:
            return []
        id_ = fhir.id_of(reference)
        if reference.startswith("#"):
            held = container.get("contained")
            return (
                [("", c) for c in held if isinstance(c, dict) and str(c.get("id")) == id_] if isinstance(held, list) else []
            )
        if kind := _addressed(reference):
            return self._by_reference.get(f"{kind}/{id_}", [])
        return self._by_id.get(id_, [])

    def members(self, group: Resource, container: Resource) -> Iterator[Named]:
        """The results of a report or a panel that the case holds, and theirs, however deep; each once. `container` is what
        holds `group` where that is contained, else `group` itself."""
        yield from self.reached(group, container, _MEMBERS)

    def reached(self, start: Resource, container: Resource, names: Sequence[str]) -> Iterator[Named]:
        """What the elements `names` of `start` refer to, and theirs, however deep; each once."""
        ahead, seen = [(start, container)], {id(start)}
        while ahead:
            one, holder = ahead.pop()
            for reference in _referred(one, names):
                for named in self.all_of(reference, holder):
                    if id(named[1]) not in seen:
                        seen.add(id(named[1]))
                        yield named
                        ahead.append((named[1], named[1] if named[0] else holder))


def _addressed(reference: object) -> str:
    """`Medication` of `http://x/Medication/1`; empty where the reference names no kind."""
    kind = str(reference).partition("/_history/")[0].split("/")[-2:-1]
    return kind[0] if kind and kind[0][:1].isupper() else ""


def _referred(resource: Resource, names: Sequence[str]) -> Iterator[object]:
    """The references in these elements, in those of its ingredients too."""
    parts = resource.get("ingredient")
    for element in (resource, *(parts if isinstance(parts, list) else ())):
        for name in names if isinstance(element, dict) else ():
            held = element.get(name)
            for one in held if isinstance(held, list) else (held,):
                given = one.get("reference") if isinstance(one, dict) else None
                yield given.get("reference") if isinstance(given, dict) else given  # release 5: a CodeableReference
