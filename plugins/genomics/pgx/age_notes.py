"""What must be known of a drug at a patient's age, beside the lines of a guideline that name no age."""

from __future__ import annotations

from typing import Any

from .person import CHILD_BELOW, Person
from .phrases import data
from .populations import Population


def age_notes(drug: str, person: Person, of: Population | None = None) -> list[str]:
    """Safety communications on `drug` for a child or one who breast-feeds, with date and source; and for a child, where the
    line (`of` whom) is not limited to an age, that it names none."""
    notes = []
    for note in data("age_notes.toml")["note"]:
        if drug.lower() in note["drugs"] and _concerns(note, person):
            notes.append(f"{note['text'].format(drug=drug.lower())} ({note['source']}, {note['date']}: {note['url']})")
    if person.is_child and not (of and of.of_an_age):
        notes.append(f"the line names no age; {person.age_said}: check the label for this age")
    return notes


def _concerns(note: dict[str, Any], person: Person) -> bool:
    if note.get("lactating"):
        return person.lactating is True
    if person.age_years is None:
        old = "from_years" in note and person.small
        return bool(person.is_child) and not old
    return note.get("from_years", 0) <= person.age_years < note.get("below_years", CHILD_BELOW)
