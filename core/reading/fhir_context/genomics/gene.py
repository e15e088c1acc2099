"""Which gene a genetic result is of: by its own gene component, or by the results that it is derived from."""

from __future__ import annotations

import re

from ... import fhir
from ...fhir import Resource
from ..elements import LOINC, codes, listed
from ..references import References
from .codes import GENE_NUMBERS, GENE_OF_NUMBER, GENE_STUDIED, HGNC
from .words import genotype

_NUMBER = re.compile(r"(?:HGNC:)?(\d{1,6})")
_SYMBOL = re.compile(r"(?:HLA-[A-Z]{1,4}\d?|MT-[A-Z0-9]{2,5}|[A-Z][A-Z0-9]{1,9})")
_DEEPEST = 4


class Unsettled(Exception):
    """Which gene it is can't be told; `reason` is a code of core/wording/en/unread.toml."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def own_gene(resource: Resource) -> str:
    """The symbol in its gene component (LOINC 48018-6); empty where it has none.

    Raises Unsettled where HGNC's number and the symbol disagree, where only an unknown number is given, and where it names
    several genes."""
    found = {_symbol(part) for part in listed(resource, "component") if GENE_STUDIED in codes(part.get("code"), LOINC)}
    if len(found) > 1:
        raise Unsettled("several-genes")
    return next(iter(found), "")


def _symbol(part: Resource) -> str:
    value = part.get("valueCodeableConcept")
    if value is None:
        value = {"text": part.get("valueString")}
    words = [value.get("text"), *(c.get("display") for c in fhir.codings(value))]
    symbols = {str(word).strip() for word in words if word and _SYMBOL.fullmatch(str(word).strip())}
    numbers = {int(m[1]) for c in codes(value, HGNC) if (m := _NUMBER.fullmatch(c))}
    symbols |= {code for code in codes(value, HGNC) if _SYMBOL.fullmatch(code)}
    symbols |= {GENE_OF_NUMBER[number] for number in numbers if number in GENE_OF_NUMBER}
    if not symbols:
        raise Unsettled("unknown-gene")
    symbol = symbols.pop()
    if symbols or (numbers and GENE_NUMBERS.get(symbol, min(numbers)) not in numbers):
        raise Unsettled("gene-disagrees")
    return symbol


def derived_gene(resource: Resource, references: References) -> str:
    """The one gene of all results that it is derived from.

    Raises Unsettled where they are not all in the case, are of several genes or none, or are themselves in error."""
    genes: set[str] = set()
    seen: set[int] = {id(resource)}
    ahead = [(resource, 0)]
    while ahead:
        one, depth = ahead.pop()
        for held in listed(one, "derivedFrom"):
            found = references.find(held.get("reference"), one)
            if found is None:
                if "Observation/" in str(held.get("reference")) or str(held.get("reference")).startswith("urn:"):
                    raise Unsettled("gene-elsewhere")
                continue
            source = found[1]
            if fhir.kind_of(source) != "Observation" or id(source) in seen:
                continue
            seen.add(id(source))
            if str(source.get("status")).lower() in fhir.WITHDRAWN:
                raise Unsettled("derived-from-error")
            try:
                gene = own_gene(source) or _named_in_value(source)
            except (TypeError, AttributeError):
                raise Unsettled("unknown-gene") from None
            if gene:
                genes.add(gene)
            elif depth < _DEEPEST:
                ahead.append((source, depth + 1))
    if len(genes) != 1:
        raise Unsettled("several-genes" if genes else "no-gene")
    return genes.pop()


def _named_in_value(resource: Resource) -> str:
    value = resource.get("valueCodeableConcept") or {"text": resource.get("valueString")}
    found = {w.gene for text in value_words(value) if (w := genotype(text)) and w.gene}
    return found.pop() if len(found) == 1 else ""


def value_words(value: Resource) -> list[str]:
    """The texts, displays and codes of a CodeableConcept."""
    given = [value.get("text"), *(word for c in fhir.codings(value) for word in (c.get("display"), c.get("code")))]
    return [str(word) for word in given if word]
