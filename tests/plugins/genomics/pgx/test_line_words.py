"""The words around a line, on the terminal and in the report."""

from __future__ import annotations

import pytest
from bedside.plugins.genomics.pgx.report.wording import people


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("CVI ACS PCI", "acute coronary syndrome or PCI"),
        ("pediatrics", "children"),
        ("child >40kg_adult", "adults and children over 40 kg"),
        ("Affected subgroup: CYP2D6 poor metabolizers", ""),
        ("", ""),
        ("people on Mars", "people on Mars"),
    ],
)
def test_populations_are_in_plain_words(raw, words):
    assert people(raw) == words
