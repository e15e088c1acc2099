"""A plain reading of the FHIR files of the mirror, for comparison only.

It shares no code with the project and knows only what these files hold."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import linear_regression

LOINC = "http://loinc.org"
TODAY = date(2026, 11, 27)
# wrong in the files themselves: an allele without its asterisk; a diplotype that its own haplotypes contradict
UNREADABLE = {"CG-IG-HLA-FullBundle-01-12"}
CONTRADICTED = {"CG-IG-HLA-FullBundle-01-24", "CG-IG-HLA-FullBundle-01-25", "CG-IG-HLA-FullBundle-01-26"}


def load(path: Path) -> list[dict]:
    data = json.loads(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes())
    return [e["resource"] for e in data["entry"]] if data["resourceType"] == "Bundle" else [data]


def context(path: Path) -> dict[str, list[dict] | object]:
    """Every field of the patient context, as JSON."""
    resources = load(path)
    out = {"observations": [x for r in resources if r["resourceType"] == "Observation" for x in _observations(r)]}
    for field, kind, read in (
        ("conditions", "Condition", _condition),
        ("immunizations", "Immunization", _immunization),
        ("procedures", "Procedure", _procedure),
        ("reports", "DiagnosticReport", _report),
    ):
        out[field] = [read(r) for r in resources if r["resourceType"] == kind]
    drugs = ("MedicationRequest", "MedicationStatement")
    out["medications"] = [_medication(r) for r in resources if r["resourceType"] in drugs]
    assert not {r["resourceType"] for r in resources} & {"AllergyIntolerance", "DocumentReference", "FamilyMemberHistory"}
    out |= {"allergies": [], "documents": [], "findings": [], "lactating": None}
    out["genotypes"] = _genotypes(resources)
    out["series"] = _series(out["observations"])
    return out | _person(resources) | _weight(out["observations"])


def _fact(resource: dict, path: str, **more) -> dict:
    return {
        "address": {"kind": "fhir", "reference": f"{resource['resourceType']}/{resource['id']}", "path": path},
        "experiencer": "patient",
        "certainty": "certain",
        "temporality": "current",
        "negated": False,
        "date": None,
        "cues": [],
    } | more


def _concept(given: dict) -> dict:
    codings = [
        {"system": c.get("system", ""), "code": c.get("code", ""), "display": c.get("display", "")}
        for c in given.get("coding", [])
    ]
    shown = [c["display"] for c in codings if c["display"]] + [c["code"] for c in codings if c["code"]]
    return {"name": given.get("text") or shown[0], "id": "", "codings": codings}


def _code(given: dict) -> str:
    [coding] = given["coding"]
    return coding["code"]


def _condition(r: dict) -> dict:
    assert _code(r["verificationStatus"]) == "confirmed"
    active = _code(r["clinicalStatus"]) == "active"
    return _fact(
        r,
        "code",
        concept=_concept(r["code"]),
        relationship=None,
        status="active" if active else "resolved",
        temporality="current" if active and "abatementDateTime" not in r else "historical",
        date=r["onsetDateTime"],
        onset_age_years=None,
    )


def _medication(r: dict) -> dict:
    named = _concept(r["medicationCodeableConcept"])
    parts = named["name"].split(" / ")
    over = r["status"] in ("stopped", "completed")
    doses = [d["doseAndRate"][0]["doseQuantity"] for d in r.get("dosageInstruction", []) if "doseAndRate" in d]
    return _fact(
        r,
        "medicationCodeableConcept",
        concept=named,
        status=r["status"],
        temporality="historical" if over else "current",
        ingredients=[{"name": p.strip(), "id": "", "codings": []} for p in parts] if len(parts) > 1 else [],
        dose={"value": doses[0]["value"], "unit": doses[0].get("unit", ""), "comparator": ""} if len(doses) == 1 else None,
        date=r.get("authoredOn"),
    )


def _immunization(r: dict) -> dict:
    return _fact(r, "vaccineCode", concept=_concept(r["vaccineCode"]), status=r["status"], date=r["occurrenceDateTime"])


def _procedure(r: dict) -> dict:
    when = r.get("performedDateTime") or r["performedPeriod"]["start"]
    return _fact(r, "code", concept=_concept(r["code"]), status=r["status"], date=when)


def _report(r: dict) -> dict:
    said = r.get("conclusion", "")
    return _fact(
        r,
        "conclusion" if said else "code",
        concept=_concept(r["code"]),
        status=r["status"],
        conclusion=said,
        conclusion_codes=[_concept(c) for c in r.get("conclusionCode", [])],
        date=r.get("effectiveDateTime") or r.get("issued"),
    )


def _observations(r: dict):
    for place, element in [("", r), *((f"component[{i}].", c) for i, c in enumerate(r.get("component", [])))]:
        for name in ("valueQuantity", "valueCodeableConcept", "valueString"):
            if name not in element:
                continue
            given = element[name]
            value = given
            if name == "valueQuantity":
                value = {
                    "value": given["value"],
                    "unit": given.get("code") or given.get("unit", ""),
                    "comparator": given.get("comparator", ""),
                }
            elif name == "valueCodeableConcept":
                value = _concept(given)
            assert "referenceRange" not in element
            yield _fact(
                r,
                place + name,
                concept=_concept(element["code"]),
                status=r["status"],
                value=value,
                absent=None,
                low=None,
                high=None,
                date=r.get("effectiveDateTime") or r.get("issued"),
            )


# --- genetic results --------------------------------------------------------------------------------------------------


def _part(r: dict, code: str) -> tuple[int, dict] | None:
    found = [(i, c) for i, c in enumerate(r.get("component", [])) if any(x["code"] == code for x in c["code"]["coding"])]
    return found[0] if found else None


def _gene(r: dict) -> str:
    found = _part(r, "48018-6")
    return found[1]["valueCodeableConcept"]["coding"][0]["display"] if found else ""


def _genotypes(resources: list[dict]) -> list[dict]:
    return [
        g
        for r in resources
        if r["resourceType"] == "Observation" and r["id"] not in UNREADABLE
        for g in _results(r, resources)
    ]


def _results(r: dict, resources: list[dict]):
    gene = _gene(r)
    common = {"gene": gene, "status": r["status"], "date": r.get("effectiveDateTime") or r.get("issued")}
    if r["id"] in CONTRADICTED:
        common["certainty"] = "uncertain"
    code = r["code"]["coding"][0]["code"]
    if code in ("84413-4", "84414-2"):
        value = r["valueCodeableConcept"]
        coding = value.get("coding", [{}])[0]
        text = (value.get("text") or coding.get("display") or coding["code"]).split("#")[-1]
        result = text.replace("+", "/").replace(gene, "").strip()
        result = result.replace(" ", "") if "*" in result else result
        form = "variant" if result.startswith("rs") else "diplotype" if "/" in result else "allele"
        yield _fact(r, "valueCodeableConcept", result=result, form=form, **common)
    if code == "69548-6" and gene:
        letters = [_part(r, c)[1]["valueString"] for c in ("69547-8", "69551-0") if _part(r, c)]
        source = _part(r, "48002-0")
        if len(letters) == 2 and letters[0] == letters[1]:
            return
        if source and source[1]["valueCodeableConcept"]["coding"][0]["code"] != "LA6683-2":
            return
        number, part = _part(r, "81252-9") or _part(r, "81290-9")
        name = part["valueCodeableConcept"]["coding"][0]["code"]
        yield _fact(r, f"component[{number}].valueCodeableConcept", result=name, form="variant", **common)
    if code == "therapeutic-implication":
        number, part = _part(r, "therapeutic-implication")
        said = part["valueCodeableConcept"]["coding"][0]["display"]
        sources = [s for s in resources for d in r["derivedFrom"] if d["reference"] == f"Observation/{s.get('id')}"]
        if "metabolizer" in said and len(sources) == len(r["derivedFrom"]) == 1:
            common["gene"] = _gene(sources[0])
            yield _fact(r, f"component[{number}].valueCodeableConcept", result=said.title(), form="phenotype", **common)


# --- series, weight, person -------------------------------------------------------------------------------------------


def _series(observations: list[dict]) -> list[dict]:
    by_code: dict[tuple, list[dict]] = {}
    for o in observations:
        if isinstance(o["value"], dict) and "unit" in o["value"] and not o["value"]["comparator"] and o["status"] == "final":
            loinc = [c["code"] for c in o["concept"]["codings"] if c["system"] == LOINC]
            by_code.setdefault((loinc[0], o["value"]["unit"]), []).append(o)
    out = []
    for (_, unit), found in by_code.items():
        if len(found) < 2:
            continue
        found = sorted(found, key=lambda o: _moment(o["date"]))
        days = [(_moment(o["date"]) - _moment(found[0]["date"])).total_seconds() / 86400 for o in found]
        values = [o["value"]["value"] for o in found]
        last = found[-1]
        out.append(
            {
                k: last[k]
                for k in ("address", "experiencer", "certainty", "temporality", "negated", "date", "cues", "concept")
            }
            | {
                "unit": unit,
                "points": [[o["date"], o["value"]["value"]] for o in found],
                "slope": linear_regression(days, values).slope if len(set(days)) > 1 else None,
            }
        )
    return out


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _weight(observations: list[dict]) -> dict:
    weights = [o for o in observations if any(c["code"] == "29463-7" for c in o["concept"]["codings"])]
    if not weights:
        return {"weight_kg": None}
    last = max(weights, key=lambda o: _moment(o["date"]))
    assert last["value"]["unit"] == "kg"
    return {"weight_kg": last["value"]["value"]}


def _person(resources: list[dict]) -> dict:
    patients = [r for r in resources if r["resourceType"] == "Patient"]
    out = dict.fromkeys(("sex", "birth_date", "deceased", "age_years", "pregnant"))
    if not patients:
        return out
    [p] = patients
    out |= {"sex": p.get("gender"), "birth_date": p.get("birthDate")}
    if "deceasedDateTime" in p or "deceasedBoolean" in p:
        out["deceased"] = p.get("deceasedBoolean", True)
    if "birthDate" in p:
        end = date.fromisoformat(p["deceasedDateTime"][:10]) if "deceasedDateTime" in p else TODAY
        out["age_years"] = (end - date.fromisoformat(p["birthDate"])).days / 365.2425
    return out
