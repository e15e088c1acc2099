"""Ages as ISO 8601 durations."""

from __future__ import annotations

import pytest
from bedside.core.reading.durations import Duration, read_duration


@pytest.mark.parametrize(
    ("text", "parts", "years"),
    [
        ("P3Y2M", Duration(3, 2), 3 + 2 / 12),
        (" p10d ", Duration(days=10), 10 / 365.25),
        ("P2W", Duration(weeks=2), 14 / 365.25),
        ("P1Y2M3W4D", Duration(1, 2, 3, 4), 1 + 2 / 12 + 25 / 365.25),
        ("P0Y", Duration(0), 0),
        ("P1.5Y", Duration(1.5), 1.5),
        ("P1DT12H30M", Duration(days=1), 1 / 365.25),
        ("PT5H", Duration(), 0),
    ],
)
def test_durations(text, parts, years):
    found = read_duration(text)
    assert found == parts
    assert found is not None and found.in_years == pytest.approx(years)


@pytest.mark.parametrize("text", ["", "P", "PT", "3 years", "P3", "3Y", "P-3Y", "P2M3Y", "P.5Y", "P3Y2", "P٣Y"])
def test_what_is_none(text):
    assert read_duration(text) is None


def test_an_endless_number_is_no_crash():
    found = read_duration("P" + "9" * 5000 + "Y")
    assert found is not None and found.in_years == float("inf")
