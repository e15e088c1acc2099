"""Whose a FHIR resource is and whether it counts, as reading itself judges it."""

from ..reading.fhir import is_there, patient_ids

__all__ = ["is_there", "patient_ids"]
