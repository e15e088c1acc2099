"""Genetic results out of Observations of genomics reporting, as the HL7 guides (1.x to 3.0) and laboratories write them.

They fail closed: what is not germline, has no sure gene, or contradicts itself is no result, and is reported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ....types.context import Genotype
from ...fhir import WITHDRAWN, Resource
from ..elements import LOINC, at, codes, date_of, listed, result_status
from ..observations import DATES
from ..references import References
from ..reports import Reports
from . import codes as known
from .doubts import doubt
from .gene import Unsettled, derived_gene, own_gene, value_words
from .variants import variant
from .words import Form, Written, alleles, genotype, looks_genetic, phenotype

_VALUES = ("valueCodeableConcept", "valueString")
_READ = frozenset({known.GENOTYPE, known.HAPLOTYPE, known.VARIANT, *known.PHENOTYPE_OF, *known.PRESENCE_OF})


def genotypes(resource: Resource, reference: str, references: References, reports: Reports) -> Iterator[Genotype]:
    """The results of one Observation. A reason for each that can't be used goes to `reports`."""
    coded = [code for code in codes(resource.get("code"), LOINC) if code in _READ]
    parts = listed(resource, "component")
    effects = [(number, part) for number, part in enumerate(parts) if _is_effect(part)]
    if not coded and not effects:
        _report_unknown(resource, reference, reports)
        return
    try:
        if reason := doubt(resource, reference, references):
            raise Unsettled(reason)
        if _class_of_source(parts) not in ("", known.GERMLINE):
            raise Unsettled("not-germline")
        if len(coded) > 1:
            raise Unsettled("several-codes")
        if coded:
            yield _result(resource, reference, coded[0], references, reports)
            _report_status(resource, reference, reports)
    except Unsettled as why:
        reports.add(reference, why.reason)
        return
    for number, part in effects:
        try:
            yield _effect(resource, reference, number, part, references)
            _report_status(resource, reference, reports)
        except Unsettled as why:
            reports.add(reference, why.reason)


def _result(resource: Resource, reference: str, code: str, references: References, reports: Reports) -> Genotype:
    if code == known.VARIANT:
        path, name, absent = variant(resource)
        gene = own_gene(resource)
        if not gene:
            raise Unsettled("variant-without-gene")
        return _fact(resource, reference, path, gene, name, "variant", negated=absent)
    path, words = _value(resource)
    if code in known.PHENOTYPE_OF:
        gene = _coded_gene(resource, known.PHENOTYPE_OF[code], needed=code in known.NEEDS_GENE)
        return _fact(resource, reference, path, gene, _phenotype(resource[path], words), "phenotype")
    if code in known.PRESENCE_OF:
        gene, allele = known.PRESENCE_OF[code]
        gene = _coded_gene(resource, gene, needed=False)
        return _fact(resource, reference, path, gene, f"{allele} {_presence(words)}", "allele")
    written = _written(words)
    if code == known.HAPLOTYPE and written.form != "allele":
        raise Unsettled("result-not-read")
    gene = own_gene(resource)
    if gene and written.gene and gene != written.gene:
        raise Unsettled("gene-disagrees")
    if not (gene or written.gene):
        raise Unsettled("no-gene")
    sure = written.form != "diplotype" or _haplotypes_agree(resource, written.result, references)
    if not sure:
        reports.add(reference, "haplotypes-disagree")
    return _fact(resource, reference, path, gene or written.gene, written.result, written.form, sure=sure)


def _effect(resource: Resource, reference: str, number: int, part: Resource, references: References) -> Genotype:
    """A phenotype that stands in a component of an implication."""
    path, words = _value(part)
    found = _phenotype(part[path], words)
    gene = own_gene(resource) or derived_gene(resource, references)
    return _fact(resource, reference, f"component[{number}].{path}", gene, found, "phenotype")


def _fact(
    resource: Resource,
    reference: str,
    path: str,
    gene: str,
    result: str,
    form: Form,
    *,
    negated: bool = False,
    sure: bool = True,
) -> Genotype:
    status, certainty = result_status(resource)
    return Genotype.model_validate(
        {
            "address": at(reference, path),
            "gene": gene,
            "result": result,
            "form": form,
            "negated": negated,
            "status": status,
            "certainty": certainty if sure else "uncertain",
            "date": date_of(resource, *DATES),
        }
    )


def _report_status(resource: Resource, reference: str, reports: Reports) -> None:
    """A result that is kept but not used, by its status."""
    status, certainty = result_status(resource)
    if status in WITHDRAWN:
        reports.add(reference, "result-withdrawn")
    elif certainty == "uncertain":
        reports.add(reference, "result-not-final")


def _is_effect(part: Resource) -> bool:
    code = part.get("code")
    return known.METABOLISM_EFFECT in codes(code, LOINC) or known.IMPLICATION in codes(code, known.GUIDE)


def _class_of_source(parts: list[Resource]) -> str:
    """LOINC's answer for the genomic source class; empty where none is given, "?" where it can't be read."""
    for part in parts:
        if known.SOURCE_CLASS in codes(part.get("code"), LOINC):
            given = list(codes(part.get("valueCodeableConcept"), LOINC))
            return given[0] if len(given) == 1 else "?"
    return ""


def _value(element: Resource) -> tuple[str, list[str]]:
    """(path of the value, its words). Raises Unsettled where there is none."""
    for path in _VALUES:
        if given := element.get(path):
            return path, value_words(given) if isinstance(given, dict) else [str(given)]
    raise Unsettled("result-without-value")


def _written(words: list[str]) -> Written:
    """The one result that a value is: each of its words that can be read says the same."""
    found = [written for word in words if (written := genotype(word))]
    if not found:
        raise Unsettled("result-not-read")
    if len({alleles(written.result) for written in found}) > 1 or len({w.gene for w in found if w.gene}) > 1:
        raise Unsettled("value-disagrees")
    return max(found, key=lambda written: bool(written.gene))


def _phenotype(value: object, words: list[str]) -> str:
    answers = (
        {known.METABOLIZER[code] for code in codes(value, LOINC) if code in known.METABOLIZER}
        if isinstance(value, dict)
        else set()
    )
    found = answers | {named for word in words if (named := phenotype(word))}
    if not found:
        raise Unsettled("no-phenotype")
    if len(found) > 1:
        raise Unsettled("value-disagrees")
    return found.pop()


def _presence(words: list[str]) -> str:
    said = {word.strip() for word in words} | {word.strip().upper() for word in words}
    present = bool(said & known.PRESENT) or bool(said & {"PRESENT", "POSITIVE", "DETECTED"})
    absent = bool(said & known.ABSENT) or bool(said & {"ABSENT", "NEGATIVE", "NOT DETECTED"})
    if present == absent:
        raise Unsettled("value-disagrees" if present else "result-not-read")
    return "positive" if present else "negative"


def _coded_gene(resource: Resource, gene: str, *, needed: bool) -> str:
    """The gene that the code stands for, where the gene component does not contradict it."""
    own = own_gene(resource)
    if own and own != gene:
        raise Unsettled("code-and-gene-disagree")
    if needed and not own:
        raise Unsettled("code-needs-gene")
    return gene


def _haplotypes_agree(resource: Resource, diplotype: str, references: References) -> bool:
    """Whether the two haplotypes that it is derived from, where the case has both, are its alleles."""
    found = [references.find(held.get("reference"), resource) for held in listed(resource, "derivedFrom")]
    try:
        sources = [named[1] for named in found if named and known.HAPLOTYPE in codes(named[1].get("code"), LOINC)]
        if len(sources) != 2:
            return True
        read = [_written(_value(source)[1]).result for source in sources]
    except (Unsettled, TypeError, AttributeError):  # such a source is reported where it is read itself
        return True
    return Counter(read) == Counter(diplotype.split("/"))


def _report_unknown(resource: Resource, reference: str, reports: Reports) -> None:
    """What is a genetic result by its gene or its value, under a code that is not known."""
    value = resource.get("valueCodeableConcept") or resource.get("valueString")
    if not value:
        return
    words = value_words(value) if isinstance(value, dict) else [str(value)]
    try:
        genetic = bool(own_gene(resource)) if resource.get("component") else False
    except Unsettled:
        genetic = True
    if genetic or any(looks_genetic(word) for word in words):
        wrong = any(not known.check_digit_holds(code) for code in codes(resource.get("code"), LOINC))
        reports.add(reference, "impossible-code" if wrong else "unknown-genetic-code")
