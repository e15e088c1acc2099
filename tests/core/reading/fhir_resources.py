"""FHIR elements made by hand for tests."""

LOINC, SNOMED, UCUM = "http://loinc.org", "http://snomed.info/sct", "http://unitsofmeasure.org"


def coded(text, code="1", system=SNOMED):
    return {"text": text, "coding": [{"system": system, "code": code, "display": text}]}


def measured(value, unit, date, code="2160-0", status="final", id="o", **more):
    given = {"value": value, "unit": unit, "system": UCUM, "code": unit, **more}
    return {
        "resourceType": "Observation",
        "id": id,
        "status": status,
        "code": coded("measured", code, LOINC),
        "effectiveDateTime": date,
        "valueQuantity": given,
    }
