"""What a plugin found in a text by words of its own, read as a finding of the text is."""

from __future__ import annotations

from collections.abc import Sequence

from ..types import Facts, Mention
from .assertion.attribution import attributed
from .assertion.negation import denial_cues, senses


def judged(text: str, mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    """`mentions` of `text` with denial, experiencer, certainty, time and their cues; none that begins within another."""
    apart: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end)):
        if not apart or mention.start >= apart[-1].end:
            apart.append(mention)
    if not apart:
        return ()
    readings = senses(text, [(m.start, m.end) for m in apart])
    # only findings are judged by person, doubt and time
    found = [
        m.model_copy(
            update={
                "kind": "phenotype",
                "negated": reading.sense == "denied",
                "certainty": "uncertain" if reading.sense == "unclear" else m.certainty,
                "cues": (*m.cues, *denial_cues(text, reading.cue, m.origin)),
            }
        )
        for m, reading in zip(apart, readings, strict=True)
    ]
    read = attributed(text, Facts(mentions=tuple(found))).mentions
    return tuple(one.model_copy(update={"kind": m.kind}) for one, m in zip(read, apart, strict=True))
