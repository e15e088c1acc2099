"""FHIR resources and phenopackets of a case, read in one way by all.

`fhir` and `phenopacket` are modules of small functions over the JSON as it came (`phenopacket.sex_of(packet)`);
`read_duration` reads an age (`P3Y2M`).
"""

from __future__ import annotations

from ..reading import fhir, phenopacket
from ..reading.durations import Duration, read_duration

__all__ = ["Duration", "fhir", "phenopacket", "read_duration"]
