"""Genetic results of genomics reporting: what is one, of which gene, and what is reported instead of guessed."""

from __future__ import annotations

import pytest
from bedside.core.evidence.resolvers.fhir import element_at
from bedside.core.reading.fhir_context.genomics.codes import PHENOTYPE_OF, PRESENCE_OF, check_digit_holds
from bedside.core.reading.fhir_facts import read_facts

LOINC, HGNC = "http://loinc.org", "http://www.genenames.org"
TBD = "http://hl7.org/fhir/uv/genomics-reporting/CodeSystem/tbd-codes-cs"
NUMBER = {"CYP2C19": 2621, "CYP2C9": 2623, "CYP2D6": 2625, "HLA-B": 4932, "SLCO1B1": 10959}


def coded(code, system=LOINC, display=""):
    return {"coding": [{"system": system, "code": code, "display": display}]}


def gene(symbol, number=None):
    return {"code": coded("48018-6"), "valueCodeableConcept": coded(f"HGNC:{number or NUMBER[symbol]}", HGNC, symbol)}


def part(code, value, system=LOINC):
    return {
        "code": coded(code, system),
        **({"valueString": value} if isinstance(value, str) else {"valueCodeableConcept": value}),
    }


def observation(code, value=None, *parts, id="o", status="final", **more):
    held = {"valueString": value} if isinstance(value, str) else {"valueCodeableConcept": value} if value else {}
    code = coded(code) if isinstance(code, str) else code
    return {
        "resourceType": "Observation",
        "id": id,
        "status": status,
        "code": code,
        "component": list(parts),
        **held,
        **more,
    }


def read(*resources):
    unread = []
    found = read_facts(resources, unread)["genotypes"]
    by_id = {f"Observation/{r['id']}": r for r in resources}
    for one in found:
        element_at(by_id[one.address.reference], one.address.path)
    return [(g.gene, g.result, g.form) for g in found if g.holds], unread


POOR = coded("LA9657-3", display="Poor metabolizer")


@pytest.mark.parametrize(
    ("given", "result"),
    [
        (observation("84413-4", "*2/*2", gene("CYP2C19")), ("CYP2C19", "*2/*2", "diplotype")),
        (observation("84413-4", {"text": "CYP2C19 *2 / CYP2C19 *17"}), ("CYP2C19", "*2/*17", "diplotype")),
        (observation("84413-4", coded("PV1", "pharmvar", "CYP2D6*7.001"), gene("CYP2D6")), ("CYP2D6", "*7.001", "allele")),
        (observation("84414-2", "*4", gene("CYP2D6")), ("CYP2D6", "*4", "allele")),
        (
            observation(
                "84413-4", coded("hla#3.23.0#HLA-B*15:01:01G+HLA-B*57:01:01G", "http://glstring.org"), gene("HLA-B")
            ),
            ("HLA-B", "*15:01:01G/*57:01:01G", "diplotype"),
        ),
        (observation("79714-2", POOR), ("CYP2C19", "Poor Metabolizer", "phenotype")),
        (observation("79714-2", "extensive metaboliser", gene("CYP2C19")), ("CYP2C19", "Normal Metabolizer", "phenotype")),
        (observation("79722-5", "Decreased function", gene("SLCO1B1")), ("SLCO1B1", "Decreased Function", "phenotype")),
        (observation("50956-2", coded("LA9633-4")), ("HLA-B", "*57:01 positive", "allele")),
        (observation("57979-7", coded("LA6577-6")), ("HLA-B", "*15:02 negative", "allele")),
        (observation("51961-1", None, part("53040-2", POOR), gene("CYP2C9")), ("CYP2C9", "Poor Metabolizer", "phenotype")),
        (
            observation(
                coded("therapeutic-implication", TBD), None, part("therapeutic-implication", POOR, TBD), gene("CYP2C9")
            ),
            ("CYP2C9", "Poor Metabolizer", "phenotype"),
        ),
        (
            observation("69548-6", coded("LA9633-4"), part("81252-9", coded("rs4244285")), gene("CYP2C19")),
            ("CYP2C19", "rs4244285", "variant"),
        ),
    ],
)
def test_a_result_in_each_of_its_forms(given, result):
    assert read(given) == ([result], [])


REF = [part("69547-8", "C"), part("69551-0", "C")]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (observation("79714-2", POOR, gene("CYP2D6")), "neither was trusted"),
        (observation("79715-9", POOR), "only together with the gene"),
        (observation("79714-2", "ask the laboratory"), "names no phenotype"),
        (observation("79714-2", {**POOR, "text": "Normal metabolizer"}), "contradict each other"),
        (observation("79714-0", POOR), "check digit"),
        (observation("98060-6", "Poor metabolizer"), "check digit"),
        (observation("79717-5", POOR, gene("CYP2C19")), "not one that is known"),
        (observation({"text": "CYP2C19 phenotype"}, "Poor metabolizer"), "not one that is known"),
        (observation("84413-4", "*2/*2"), "without its gene"),
        (observation("84413-4", "CYP2D6*2/*2", gene("CYP2C19")), "contradict each other"),
        (observation("84413-4", "*2/*2", gene("CYP2C19", 262)), "contradict each other"),
        (observation("84413-4", "*2/*2", gene("CYP2C19"), gene("CYP2C9")), "several genes"),
        (observation("84413-4", "*2/*2 or *2/*17", gene("CYP2C19")), "can't be read or is ambiguous"),
        (observation("84413-4", "HLA-B*15:01/HLA-B*15:02+HLA-B*57:01", gene("HLA-B")), "can't be read or is ambiguous"),
        (observation("84413-4", None, gene("CYP2C19")), "without a value"),
        (observation("50956-2", "pending"), "can't be read"),
        (observation("69548-6", coded("LA9633-4"), *REF, gene("CYP2C19")), "the reference was found"),
        (observation("69548-6", coded("LA9633-4"), part("81252-9", coded("rs1234567"))), "variant without its gene"),
        (observation("69548-6", coded("LA9633-4"), gene("CYP2C19")), "variant without a name"),
        (observation("69548-6", coded("LA18198-4"), part("81252-9", coded("rs1234567")), gene("CYP2C19")), "neither called"),
        (
            observation("84413-4", "*2/*2", gene("CYP2C19"), part("48002-0", coded("LA6684-0"))),
            "not said to be of the germline",
        ),
        (
            observation(coded("therapeutic-implication", TBD), None, part("therapeutic-implication", POOR, TBD)),
            "without its gene",
        ),
    ],
)
def test_what_is_not_sure_is_reported_and_never_guessed(given, reason):
    found, unread = read(given)
    assert found == [] and len(unread) == 1 and reason in unread[0] and "Observation/o" in unread[0]
    assert "*2" not in unread[0] and "metaboli" not in unread[0].replace("metabolizer phenotype", "")


@pytest.mark.parametrize("status", ["registered", "preliminary", "cancelled", "entered-in-error", "unknown", "odd", None])
def test_a_result_that_is_not_final_is_kept_apart(status):
    unread = []
    given = observation("84413-4", "*2/*2", gene("CYP2C19"), status=status)
    [fact] = read_facts([given], unread)["genotypes"]
    assert not fact.holds and fact.status == (status if status not in ("odd", None) else "unknown")
    [told] = unread
    assert ("cancelled or entered in error" if status in ("cancelled", "entered-in-error") else "is not final") in told


@pytest.mark.parametrize("status", ["final", "amended", "corrected"])
def test_a_final_result_holds(status):
    assert read(observation("79714-2", POOR, status=status))[0] == [("CYP2C19", "Poor Metabolizer", "phenotype")]


def implication(*sources):
    given = [{"reference": f"Observation/{s}"} for s in sources]
    code = coded("therapeutic-implication", TBD)
    return observation(code, None, part("therapeutic-implication", POOR, TBD), id="i", derivedFrom=given)


def test_the_gene_of_an_implication_is_that_of_what_it_is_derived_from():
    dip = observation("84413-4", "*2/*2", gene("CYP2C19"), id="d")
    assert ("CYP2C19", "Poor Metabolizer", "phenotype") in read(implication("d"), dip)[0]
    between = observation(coded("C1", "x"), None, id="b", derivedFrom=[{"reference": "Observation/d"}])
    assert ("CYP2C19", "Poor Metabolizer", "phenotype") in read(implication("b"), between, dip)[0]


def test_the_gene_of_an_implication_is_not_guessed():
    dip = observation("84413-4", "*2/*2", gene("CYP2C19"), id="d")
    other = observation("84413-4", "*1/*1", gene("CYP2C9"), id="e")
    assert "several genes" in read(implication("d", "e"), dip, other)[1][0]
    assert "not in the case" in read(implication("d", "gone"), dip)[1][0]
    wrong = {**dip, "status": "entered-in-error"}
    assert "entered in error" in read(implication("d"), wrong)[1][0]
    assert read(implication("i"))[0] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (observation("84413-4", "*2/*2", gene("CYP2C19"), id="a"), observation("84413-4", "*1/*2", gene("CYP2C19"), id="b")),
        (observation("79714-2", POOR, id="a"), observation("79714-2", "Normal metabolizer", id="b")),
        (observation("50956-2", coded("LA9633-4"), id="a"), observation("50956-2", coded("LA9634-2"), id="b")),
        (observation("84414-2", "*57:01:01G", gene("HLA-B"), id="a"), observation("50956-2", coded("LA9634-2"), id="b")),
        (observation("84413-4", "*1/*1", gene("CYP2C19"), id="a"), observation("84414-2", "*2", gene("CYP2C19"), id="b")),
    ],
)
def test_of_results_that_contradict_each_other_none_is_used(one, other):
    third = observation("79716-7", POOR, id="c")
    found, unread = read(one, other, third)
    assert found == [("CYP2C9", "Poor Metabolizer", "phenotype")]
    assert unread == ["Observation/a, Observation/b: results of one gene contradict each other, so none was used"]
    assert read({**one, "status": "entered-in-error"}, other)[0] != []


def test_results_that_agree_are_no_contradiction():
    same = observation("84413-4", "*17/*2", gene("CYP2C19"), id="a")
    found, unread = read(same, observation("84413-4", "*2/*17", gene("CYP2C19"), id="b"))
    assert len(found) == 2 and unread == []


def test_a_variant_that_is_absent_is_denied():
    unread = []
    given = observation("69548-6", coded("LA9634-2"), part("81252-9", coded("rs4244285")), gene("CYP2C19"))
    [fact] = read_facts([given], unread)["genotypes"]
    assert fact.negated and not fact.holds and unread == []


def test_nothing_is_read_out_of_a_conclusion():
    report = {"resourceType": "DiagnosticReport", "id": "r", "status": "final", "code": coded("51969-4")}
    unread = []
    found = read_facts([{**report, "conclusion": "CYP2C19 poor metabolizer"}], unread)
    assert found["genotypes"] == () and found["reports"][0].conclusion == "CYP2C19 poor metabolizer"
    assert unread == ["DiagnosticReport/r: the report's conclusion is kept as text; no result was read out of it"]


def test_every_code_of_ours_has_loincs_check_digit():
    assert all(check_digit_holds(code) for code in (*PHENOTYPE_OF, *PRESENCE_OF))
    assert not check_digit_holds("79714-0") and check_digit_holds("LA9657-3")


# --- what speaks against a result that can be read ----------------------------------------------------------------------


def clean(**more):
    return observation("84413-4", "*2/*2", gene("CYP2C19"), id="g", **{"subject": {"reference": "Patient/p"}, **more})


PATIENT = {"resourceType": "Patient", "id": "p"}


def report(status, result="Observation/g"):
    held = {"resourceType": "DiagnosticReport", "id": "r", "status": status, "code": {"text": "PGx"}}
    return {**held, "subject": {"reference": "Patient/p"}, "result": [{"reference": result}]}


def specimen(**more):
    return {"resourceType": "Specimen", "id": "s", "subject": {"reference": "Patient/p"}, **more}


DOUBTED = {
    "another is observed": ([clean(focus=[{"reference": "Patient/q"}])], "another subject"),
    "a relative is observed": ([clean(focus=[{"reference": "RelatedPerson/p2"}])], "another subject"),
    "who is observed can't be told": ([clean(focus=[{"display": "the fetus"}])], "another subject"),
    "a group": ([clean(subject={"reference": "Group/1"})], "another subject"),
    "a modifier": ([clean(modifierExtension=[{"url": "http://x", "valueBoolean": True}])], "modifier"),
    "implicit rules": ([clean(implicitRules="http://x")], "modifier"),
    "value and reason of absence": ([clean(dataAbsentReason=coded("error"))], "reason for having none"),
    "report cancelled": ([clean(), report("cancelled")], "its report is cancelled"),
    "report in error": ([report("entered-in-error"), clean()], "its report is cancelled"),
    "indeterminate": ([clean(interpretation=[coded("IND", "http://x")])], "indeterminate"),
    "equivocal in words": ([clean(interpretation=[{"text": "Equivocal"}])], "indeterminate"),
    "donor specimen": ([clean(specimen={"display": "donor bone marrow"})], "a donor"),
    "tumour specimen": ([clean(specimen={"reference": "Specimen/s"}), specimen(type={"text": "Tumour tissue"})], "a tumour"),
    "note of the specimen": (
        [clean(specimen={"reference": "Specimen/s"}), specimen(note=[{"text": "taken from the father"}])],
        "another person",
    ),
    "site": ([clean(bodySite={"text": "graft"})], "a donor"),
    "method": ([clean(method={"text": "cell-free fetal DNA"})], "a donor"),
    **{
        note: ([clean(note=[{"text": "Panel v3."}, {"text": note}])], "its note")
        for note in (
            "WRONG PATIENT",
            "Sample mix-up suspected",
            "Sample mixup",
            "result retracted on 2026-01-03",
            "Do not use",
            "invalid: low call rate",
            "mislabelled tube",
            "This is not the patient's sample: not this patient",
            "Result of the mother",
            "after allogeneic transplantation",
        )
    },
}


@pytest.mark.parametrize("name", DOUBTED)
def test_a_result_that_something_speaks_against_is_not_used_and_named(name):
    given, why = DOUBTED[name]
    found, unread = read(PATIENT, *given)
    assert found == []
    assert any("Observation/g" in line and why in line for line in unread), unread


@pytest.mark.parametrize(
    "given",
    [
        [clean()],
        [clean(focus=[{"reference": "Patient/p"}])],
        [clean(note=[{"text": "Tested by the PGx panel; see the report for details."}])],
        [clean(), report("final")],
        [clean(), report("entered-in-error", "Observation/other")],
        [clean(specimen={"display": "EDTA blood"}, method={"text": "Sequencing analysis"})],
        [clean(interpretation=[coded("A", "http://x")])],
    ],
)
def test_a_result_that_nothing_speaks_against_is_used(given):
    found, _ = read(PATIENT, *given)
    assert found == [("CYP2C19", "*2/*2", "diplotype")]


def test_a_finding_or_a_drug_with_a_modifier_is_not_read_either():
    mark = {"modifierExtension": [{"url": "http://x", "valueBoolean": True}]}
    taken = {"resourceType": "MedicationStatement", "id": "m", "status": "active", **mark}
    unread = []
    found = read_facts([PATIENT, {**taken, "medicationCodeableConcept": {"text": "codeine"}}], unread)
    assert found["medications"] == () and "MedicationStatement/m" in unread[0]
