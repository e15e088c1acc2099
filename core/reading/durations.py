"""Ages as ISO 8601 durations: `P3Y2M`, `P10D`. Read once for text, phenopackets and FHIR."""

from __future__ import annotations

import re
from typing import NamedTuple

DAYS_A_YEAR = 365.25
_NUMBER = r"(\d+(?:\.\d+)?)"
_DURATION = re.compile(
    rf"P(?!$)(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:[\d.]+S)?)?",
    re.ASCII,
)


class Duration(NamedTuple):
    """Parts as they were given, None where one was not; hours and less count nothing."""

    years: float | None = None
    months: float | None = None
    weeks: float | None = None
    days: float | None = None

    @property
    def in_years(self) -> float:
        """As a number of years; a month is a twelfth of one."""
        days = 7 * (self.weeks or 0) + (self.days or 0)
        return (self.years or 0) + (self.months or 0) / 12 + days / DAYS_A_YEAR


def read_duration(text: str) -> Duration | None:
    """None for what is no ISO 8601 duration."""
    found = _DURATION.fullmatch(text.strip().upper())
    return Duration(*(float(part) if part else None for part in found.groups())) if found else None
