"""What can't be used of FHIR resources, by reason: one line per reason, however many resources it holds for."""

from __future__ import annotations

from ...wording import say

_NAMED = 3


class Reports:
    """Collects (reference, reason). No reason says anything of a value."""

    def __init__(self) -> None:
        self._by_reason: dict[str, list[str]] = {}

    def add(self, reference: str, reason: str) -> None:
        """`reason` is a code of core/wording/en/unread.toml."""
        self._by_reason.setdefault(reason, []).append(reference)

    def lines(self) -> list[str]:
        """`Observation/a, Observation/b and 72 more: reason`."""
        out: list[str] = []
        for reason, references in self._by_reason.items():
            named = list(dict.fromkeys(references))
            more = len(named) - _NAMED
            who = ", ".join(named[:_NAMED])
            who = say("reading.and-more", named=who, number=more) if more > 0 else who
            out.append(say("reading.of-resources", who=who, reason=say(f"unread.{reason}")))
        return out
