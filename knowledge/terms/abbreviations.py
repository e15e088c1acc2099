"""Abbreviations that two findings share (ASD: autism, atrial septal defect) are reported, not resolved by a guess."""

from __future__ import annotations

from dataclasses import replace

from .match import NameEntry, NameMatch, is_abbreviation


def without_ambiguous(named: list[NameMatch]) -> tuple[list[NameMatch], list[str]]:
    """`named` without shared abbreviations, and the messages about them.

    One whose meaning the same text writes out ("atrial septal defect (ASD)") is kept with that meaning.
    """
    spelled_out = {entry.id for one in named if len(_meanings(one)) < 2 for entry in one.entries}
    kept, messages = [], []
    for one in named:
        meanings = _meanings(one)
        here = [entry for entry in meanings if entry.id in spelled_out]
        if len(meanings) < 2:
            kept.append(one)
        elif len(here) == 1:
            kept.append(replace(one, entries=(here[0],)))
        else:
            names = " or ".join(sorted(entry.name for entry in meanings))
            messages.append(f"“{meanings[0].form}” could be {names}, so it was not used: write it out")
    return kept, messages


def _meanings(one: NameMatch) -> list[NameEntry]:
    found = {e.id: e for e in one.entries if e.kind == "phenotype" and not e.loose and is_abbreviation(e.form)}
    return list(found.values())
