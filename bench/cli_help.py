"""`bedside --help` against the import of the two libraries that it can't do without."""

from _measure import bedside, paired, python, report

figures = paired([*bedside(), "--help"], [python(), "-c", "import pluggy, pydantic"], runs=15)
report(
    "bedside --help",
    figures,
    {"runs": 15, "reference": 'python -c "import pluggy, pydantic"', "with": "the bundled plugins"},
    {"ratio": "<= 1.5"},
)
