"""How long the patient context of a bundle of 2,000 resources takes, narrative not read. `python bench/fhir_context.py`

The bundle is made here: conditions, medications by reference, allergies, procedures, and mostly observations. `context` is
everything from the parsed JSON to the facts; `file` is the same from the file on disk. The reference is `json.loads` and a
walk that visits each element once: no reader can do with less.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from _measure import report
from bedside.core.reading import fhir
from bedside.core.reading.fhir_facts import read_patient
from bedside.integrations.case_files import read_case

RESOURCES = 2_000
RUNS = 15
GOAL_MS = 150
TODAY = date(2026, 11, 27)
_LOINC, _SNOMED, _UCUM = "http://loinc.org", "http://snomed.info/sct", "http://unitsofmeasure.org"
_NARRATIVE = {"status": "generated", "div": f"<div xmlns='http://www.w3.org/1999/xhtml'>{'<p>narrative</p>' * 40}</div>"}


def bundle(size: int) -> dict[str, Any]:
    """A Bundle of `size` resources of one patient."""
    resources = [{"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1970-02-03"}]
    resources += [_resource(number) for number in range(size - 1)]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": f"urn:uuid:{r['id']}", "resource": r} for r in resources],
    }


def _resource(number: int) -> dict[str, Any]:
    common = {"id": f"r{number}", "text": _NARRATIVE, "subject": {"reference": "urn:uuid:p"}}
    day = f"20{10 + number % 15}-{1 + number % 12:02}-{1 + number % 28:02}T09:{number % 60:02}:00+00:00"
    match number % 20:
        case 0 | 1:
            states = {"clinicalStatus": _coded("active"), "verificationStatus": _coded("confirmed")}
            return {"resourceType": "Condition", "code": _coded("38341003"), "onsetDateTime": day, **states, **common}
        case 2:
            drug = {"medicationReference": {"reference": f"urn:uuid:r{number + 1}"}}
            return {
                "resourceType": "MedicationRequest",
                "status": "active",
                "intent": "order",
                "authoredOn": day,
                **drug,
                **common,
            }
        case 3:
            return {"resourceType": "Medication", "code": _coded("197361"), "id": f"r{number}"}
        case 4:
            return {"resourceType": "Procedure", "status": "completed", "code": _coded("428191000124101"), **common}
        case 5:
            return {"resourceType": "AllergyIntolerance", "code": _coded("91936005"), **common, "patient": common["subject"]}
        case 6 | 7:
            parts = [
                {"code": _coded(code, _LOINC), "valueQuantity": _quantity(number, "mm[Hg]")} for code in ("8480-6", "8462-4")
            ]
            more = {"component": parts, "effectiveDateTime": day, "code": _coded("85354-9", _LOINC)}
            return {"resourceType": "Observation", "status": "final", **more, **common}
        case _:
            more = {
                "valueQuantity": _quantity(number, "mg/dL"),
                "effectiveDateTime": day,
                "code": _coded(f"{number % 40}-0", _LOINC),
            }
            return {"resourceType": "Observation", "status": "final", **more, **common}


def _coded(code: str, system: str = _SNOMED) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": f"name of {code}"}], "text": f"name of {code}"}


def _quantity(value: float, unit: str) -> dict[str, Any]:
    return {"value": value % 200, "unit": unit, "system": _UCUM, "code": unit}


def _walk(element: Any) -> int:
    if isinstance(element, dict):
        return 1 + sum(_walk(one) for one in element.values())
    return 1 + sum(_walk(one) for one in element) if isinstance(element, list) else 1


def _ms(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def main() -> None:
    text = json.dumps(bundle(RESOURCES))
    data = json.loads(text)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.json"
        path.write_text(text, encoding="utf-8")
        acts: dict[str, Callable[[], object]] = {
            "context": lambda: read_patient(fhir.of_bundle(data), TODAY, []),
            "file": lambda: read_patient(read_case([path]).fhir, TODAY, []),
            "reference": lambda: _walk(json.loads(text)),
        }
        for act in acts.values():
            act()
        rounds = [{name: _ms(act) for name, act in acts.items()} for _ in range(RUNS)]
    figures = {f"{name}_ms": round(median(one[name] for one in rounds), 1) for name in acts}
    figures |= {f"{name}_best_ms": round(min(one[name] for one in rounds), 1) for name in acts}
    figures["context_ratio"] = round(median(one["context"] / one["reference"] for one in rounds), 2)
    figures["file_ratio"] = round(median(one["file"] / one["reference"] for one in rounds), 2)
    conditions = {"resources": RESOURCES, "runs": RUNS, "MB": round(len(text) / 1e6, 2)}
    report("fhir_context", figures, conditions, {"context_ms": f"<= {GOAL_MS}"})


if __name__ == "__main__":
    main()
