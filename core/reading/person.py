"""Who the patient is, by the Patient resource of the case. Nothing is guessed: a birth year alone is no age."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from ..types.context import Address, FhirAddress, PatientContext, Sex

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T.*)?")
_SEXES: dict[str, Sex] = {"female": "female", "male": "male", "other": "other"}
_DAYS_A_YEAR = 365.2425
MOST_YEARS = 130


def read_person(resources: Sequence[dict[str, Any]], today: date, unread: list[str]) -> PatientContext:
    """Sex, birth date, age and death of the one Patient among `resources`; what can't be used is added to `unread`.

    The age is that of `today`, or at death. A case with several Patients has none of it: nobody says who is meant.
    """
    patients = [r for r in resources if r.get("resourceType") == "Patient"]
    if len(patients) != 1:
        if patients:
            unread.append(f"the case has {len(patients)} Patient resources, so neither age nor sex was read")
        return PatientContext()
    [patient] = patients
    reference = f"Patient/{patient.get('id', 1)}"
    read: dict[str, Any] = {}
    addresses: dict[str, Address] = {}

    def put(field: str, value: Any, path: str) -> None:
        read[field] = value
        addresses[field] = FhirAddress(reference=reference, path=path)

    gender = patient.get("gender")
    if isinstance(gender, str) and gender.lower() in _SEXES:
        put("sex", _SEXES[gender.lower()], "gender")
    elif gender not in (None, "unknown"):
        unread.append(f"{reference}: gender is not one of FHIR's codes and was not read")
    end = today
    died = patient.get("deceasedDateTime")
    if died is not None or isinstance(patient.get("deceasedBoolean"), bool):
        path = "deceasedBoolean" if died is None else "deceasedDateTime"
        put("deceased", died is not None or patient["deceasedBoolean"], path)
        death = _whole_date(died)
        if read["deceased"] and death is None:
            end = date.min  # an age at an unknown death is no age
        elif death is not None:
            end = death
    born = patient.get("birthDate")
    if born is None:
        return PatientContext(**read, addresses=addresses)
    if not isinstance(born, str) or not _DATE.fullmatch(born):
        unread.append(f"{reference}: birthDate is no date and was not read")
        return PatientContext(**read, addresses=addresses)
    put("birth_date", born, "birthDate")
    birth = _whole_date(born)
    if birth is None:
        unread.append(f"{reference}: birthDate is not precise enough for an age")
    elif end != date.min:
        age = (end - birth).days / _DAYS_A_YEAR
        if 0 <= age <= MOST_YEARS:
            put("age_years", round(age, 2), "birthDate")
        else:
            unread.append(f"{reference}: birthDate gives an impossible age and was not used")
    return PatientContext(**read, addresses=addresses)


def _whole_date(text: Any) -> date | None:
    """The day, or the middle of the month where only that is given; None for a year alone and for what is no date."""
    found = _DATE.fullmatch(text) if isinstance(text, str) else None
    if found is None or found[2] is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3] or 15))
    except ValueError:
        return None
