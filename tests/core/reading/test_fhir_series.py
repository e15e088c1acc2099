"""One code over time, weight, and pregnancy: from final results, in one unit, and nothing where nothing sure is said."""

from __future__ import annotations

from datetime import date

import pytest
from bedside.core.reading.fhir_context.units import converted
from bedside.core.reading.fhir_facts import read_patient

from .fhir_resources import LOINC, SNOMED, coded, measured

TODAY = date(2026, 11, 27)


def read(*resources):
    unread = []
    numbered = [{**r, "id": f"o{n}"} for n, r in enumerate(resources)]
    return read_patient(numbered, TODAY, unread), unread


@pytest.mark.parametrize(
    ("value", "unit", "into", "result"),
    [
        (90, "mg/dL", "g/L", 0.9),
        (0.9, "g/L", "mg/dL", 90),
        (70_000, "g", "kg", 70),
        (180, "cm", "m", 1.8),
        (100, "[lb_av]", "kg", 45.359237),
        (5.5, "mmol/L", "umol/L", 5500),
        (5.5, "mmol/L", "mg/dL", None),
        (7, "%", "mmol/mol", None),
        (7, "%", "%", 7),
        (37, "Cel", "[degF]", None),
    ],
)
def test_only_a_fixed_factor_converts(value, unit, into, result):
    assert converted(value, unit, into) == (result if result is None else pytest.approx(result, rel=1e-9))


def test_a_series_is_in_the_unit_of_its_newest_value_oldest_first():
    context, unread = read(
        measured(1.2, "mg/dL", "2026-01-11"),
        measured(0.010, "g/L", "2026-01-01"),
        measured(1.4, "mg/dL", "2026-01-21T00:00:00Z"),
    )
    [series] = context.series
    assert series.unit == "mg/dL" and series.points == (
        ("2026-01-01", 1.0),
        ("2026-01-11", 1.2),
        ("2026-01-21T00:00:00Z", 1.4),
    )
    assert series.slope == pytest.approx(0.02) and series.last == 1.4 and unread == []
    assert series.address.reference == "Observation/o2"


def test_what_does_not_convert_is_a_series_of_its_own():
    values = [measured(v, u, f"2026-01-0{n}") for n, (v, u) in enumerate([(5, "mmol/L"), (90, "mg/dL"), (6, "mmol/L")], 1)]
    context, _ = read(*values)
    assert [(s.unit, len(s.points)) for s in context.series] == [("mmol/L", 2)]


def test_a_limit_is_left_out_and_reported():
    context, unread = read(
        measured(5, "mg/L", "2026-01-01", comparator="<"),
        measured(6, "mg/L", "2026-01-02"),
        measured(7, "mg/L", "2026-01-03"),
    )
    assert [len(s.points) for s in context.series] == [2]
    assert unread == [
        "Observation/o0: a value that is only said to be above or below a limit was left out of the series of its code"
    ]
    context, unread = read(
        measured(6, "mg/L", "2026-01"), measured(6, "mg/L", "2026-01-02"), measured(7, "mg/L", "2026-01-03")
    )
    assert [len(s.points) for s in context.series] == [2] and "without a day" in unread[0]


@pytest.mark.parametrize("status", ["preliminary", "entered-in-error", "cancelled", "registered", "unknown"])
def test_only_final_results_count(status):
    context, _ = read(measured(1, "mg/L", "2026-01-01"), measured(2, "mg/L", "2026-01-02", status=status))
    assert context.series == () and [o.holds for o in context.observations] == [True, False]


def test_values_of_one_moment_have_no_slope():
    context, _ = read(measured(1, "mg/L", "2026-01-01"), measured(2, "mg/L", "2026-01-01"))
    assert context.series[0].slope is None


# --- weight -----------------------------------------------------------------------------------------------------------


def weight(value, unit, when, **more):
    return measured(value, unit, when, "29463-7", **more)


@pytest.mark.parametrize(
    ("given", "kg"),
    [
        ([weight(70, "kg", "2025-01-01"), weight(72_500, "g", "2026-01-01")], 72.5),
        ([weight(150, "[lb_av]", "2026-01-01"), weight(60, "kg", "2020-01-01")], 68.0388555),
        ([weight(70, "kg", "2025-01-01"), weight(72, "kg", "2026-01-01", status="preliminary")], 70),
        ([weight(72, "kg", "2026-01-01", status="entered-in-error")], None),
        ([weight(70, "stone", "2026-01-01")], None),
        ([weight(7000, "kg", "2026-01-01")], None),
        ([weight(70, "kg", "2026-01-01", comparator=">")], None),
        ([weight(70, "kg", "2026-01-01"), weight(50, "kg", "2026-01-01")], None),
        ([], None),
    ],
)
def test_the_newest_final_weight_counts(given, kg):
    context, unread = read(*given)
    assert context.weight_kg == (kg if kg is None else pytest.approx(kg))
    assert ("weight_kg" in context.addresses) == (kg is not None)
    assert all("70" not in told and "50" not in told for told in unread)


# --- pregnancy --------------------------------------------------------------------------------------------------------


def status(code, when="2026-10-01", system=LOINC, **more):
    held = {"resourceType": "Observation", "status": "final", "code": coded("Pregnancy status", "82810-3", LOINC)}
    return {**held, "effectiveDateTime": when, "valueCodeableConcept": coded("answer", code, system), **more}


def condition(code, clinical="active", when="2026-09-01", verified="confirmed"):
    states = {"clinicalStatus": {"coding": [{"code": clinical}]}, "verificationStatus": {"coding": [{"code": verified}]}}
    return {"resourceType": "Condition", "code": coded("x", code), "onsetDateTime": when, **states}


@pytest.mark.parametrize(
    ("given", "pregnant", "told"),
    [
        ([status("LA15173-0")], True, ""),
        ([status("77386006", system=SNOMED)], True, ""),
        ([status("LA26683-5")], False, ""),
        ([status("LA4489-6")], None, ""),
        ([status("LA15173-0", status="preliminary")], None, ""),
        ([status("LA15173-0", status="entered-in-error")], None, ""),
        ([status("LA15173-0", "2024-01-01")], None, "too long ago"),
        ([status("LA26683-5", "2024-01-01")], None, "too long ago"),
        ([status("LA26683-5", "2026-08-01"), status("LA15173-0", "2026-10-01")], True, ""),
        ([status("LA26683-5"), status("LA15173-0")], None, "contradict"),
        ([condition("72892002")], True, ""),
        ([condition("72892002", "resolved")], None, ""),
        ([condition("72892002", verified="refuted")], None, ""),
        ([condition("72892002", when="2020-01-01")], None, "too long ago"),
        ([condition("72892002"), status("LA26683-5")], None, "contradict"),
        ([condition("38341003")], None, ""),
        ([], None, ""),
    ],
)
def test_pregnant_only_where_it_is_said_of_now(given, pregnant, told):
    context, unread = read(*given)
    assert context.pregnant is pregnant and ("pregnant" in context.addresses) == (pregnant is not None)
    assert told in "".join(unread) and bool(unread) == bool(told)


def test_lactating_only_where_it_is_said():
    assert read(condition("413712001"))[0].lactating is True
    assert read(condition("413712001", "resolved"))[0].lactating is None


def breastfeeding(value, code=("63895-7", LOINC), when="2026-10-01", status="final"):
    held = {"resourceType": "Observation", "status": status, "code": coded("Breastfeeding", *code)}
    return {**held, "effectiveDateTime": when, **value}


YES = {"valueCodeableConcept": coded("Currently breastfeeding", "LA29252-6", LOINC)}
NO = {"valueCodeableConcept": coded("Not currently breastfeeding", "LA29253-4", LOINC)}


@pytest.mark.parametrize(
    ("given", "lactating"),
    [
        ([breastfeeding(YES)], True),
        ([breastfeeding(NO)], False),
        ([breastfeeding({"valueBoolean": True}, ("413712001", SNOMED))], True),
        ([breastfeeding({"valueBoolean": False}, ("413712001", SNOMED))], False),
        ([breastfeeding({"valueString": "yes"})], None),
        ([breastfeeding(YES, status="preliminary")], None),
        ([breastfeeding(YES, when="2020-01-01")], None),
        ([breastfeeding(YES, when="2026-01-01"), breastfeeding(NO)], False),
        ([breastfeeding(YES), breastfeeding(NO)], None),
        ([condition("413712001"), breastfeeding(NO)], None),
        ([breastfeeding(YES, ("8302-2", LOINC))], None),
    ],
)
def test_breastfeeding_status(given, lactating):
    assert read(*given)[0].lactating is lactating
