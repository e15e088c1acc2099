"""Who the patient is, by the Patient resource of the case. Nothing is guessed: a birth year alone is no age."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from ..types.context import Address, FhirAddress, PatientContext, Sex
from ..wording import say
from . import fhir

_SEXES: dict[str, Sex] = {"female": "female", "male": "male", "other": "other"}
_DAYS_A_YEAR = 365.2425


def read_person(resources: Sequence[fhir.Resource], today: date, unread: list[str]) -> PatientContext:
    """Sex, birth date, age and death of the one Patient among `resources`; what can't be used is added to `unread`.

    The age is that of `today`, or at death. A case with several Patients has none of it: nobody says who is meant.
    """
    patients = list(fhir.of_kind(resources, "Patient"))
    if len(patients) != 1:
        if patients:
            unread.append(say("reading.several-patients", number=len(patients)))
        return PatientContext()
    [patient] = patients
    reference = fhir.reference_of(patient, 1)
    read: dict[str, Any] = {}
    addresses: dict[str, Address] = {}

    def put(field: str, value: Any, path: str) -> None:
        read[field] = value
        addresses[field] = FhirAddress(reference=reference, path=path)

    gender = patient.get("gender")
    if isinstance(gender, str) and gender.lower() in _SEXES:
        put("sex", _SEXES[gender.lower()], "gender")
    elif gender not in (None, "unknown"):
        unread.append(say("reading.unknown-gender", who=reference))
    end = today
    died = patient.get("deceasedDateTime")
    if died is not None or isinstance(patient.get("deceasedBoolean"), bool):
        path = "deceasedBoolean" if died is None else "deceasedDateTime"
        put("deceased", died is not None or patient["deceasedBoolean"], path)
        death = fhir.day(died, month_is_enough=True)
        if read["deceased"] and death is None:
            end = date.min  # an age at an unknown death is no age
        elif death is not None:
            end = death
    born = patient.get("birthDate")
    if born is None:
        return PatientContext(**read, addresses=addresses)
    if not fhir.is_date(born):
        unread.append(say("reading.birth-no-date", who=reference))
        return PatientContext(**read, addresses=addresses)
    put("birth_date", born, "birthDate")
    birth = fhir.day(born, month_is_enough=True)
    if birth is None:
        unread.append(say("reading.birth-not-precise", who=reference))
    elif end != date.min:
        age = (end - birth).days / _DAYS_A_YEAR
        if 0 <= age <= fhir.OLDEST_YEARS:
            put("age_years", round(age, 2), "birthDate")
        else:
            unread.append(say("reading.impossible-age", who=reference))
    return PatientContext(**read, addresses=addresses)
