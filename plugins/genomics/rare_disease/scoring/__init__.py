"""Scoring: every disease against the findings of one patient, with the reasons."""
