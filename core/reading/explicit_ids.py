"""HPO ids written out in a text: read like the names they stand for, so that "no HP:0001083" is no finding."""

from __future__ import annotations

from typing import NamedTuple

from ..protocols import TermIndex
from ..toolkit.references import hpo_ids
from ..types import Facts, Mention, Term
from ..wording import say
from .assertion.attribution import attributed

_STAND_IN = "HP:0001250"
"""Seizure. Takes the place of an id where negation is read: names such as "Absent thumb" would deny their neighbours."""


class _WrittenId(NamedTuple):
    id: str
    start: int
    end: int


def written_ids(text: str, origin: str, terms: TermIndex) -> Facts:
    """The findings that are given by their ids. An id that is unknown, or that can't be read in its place, is reported."""
    written = [_WrittenId(*one) for one in hpo_ids(text)]
    if not written:
        return Facts()
    known = {id_: term for term in terms.lookup([w.id for w in written]) for id_ in (term.id, *term.related)}
    stand_in = terms.lookup([_STAND_IN])
    names = {id_: (stand_in[0] if stand_in else term) for id_, term in known.items()}
    named, places = _with_names(text, written, names)
    everything = terms.find(named, origin=origin)
    of_patient = attributed(named, everything)
    mentions: list[Mention] = []
    unread: list[str] = []
    for one, (start, end) in zip(written, places, strict=True):
        id_ = one.id
        if id_ not in known:
            unread.append(say("reading.unknown-term", id=id_))
            continue
        here = [m for m in of_patient.mentions if m.start < end and start < m.end and m.id == names[id_].id]
        kept = [m for m in here if m.used]
        if not here:
            unread.append(say("reading.id-not-read", id=id_))
        elif not kept:
            unread.append(say("reading.id-of-another", id=id_, name=known[id_].name))
        else:
            mentions.append(_mention(known[id_], text, one, origin, kept[0].negated))
    return Facts(mentions=tuple(mentions), unread=tuple(unread))


def _with_names(text: str, written: list[_WrittenId], names: dict[str, Term]) -> tuple[str, list[tuple[int, int]]]:
    """The text with a name in place of each known id, and where each then stands."""
    out, places, at = "", [], 0
    for found in written:
        out += text[at : found.start]
        name = names[found.id].name if found.id in names else text[found.start : found.end]
        places.append((len(out), len(out) + len(name)))
        out += name
        at = found.end
    return out + text[at:], places


def _mention(term: Term, text: str, written: _WrittenId, origin: str, negated: bool) -> Mention:
    return Mention(
        kind="phenotype",
        id=term.id,
        name=term.name,
        text=text[written.start : written.end],
        start=written.start,
        end=written.end,
        origin=origin,
        negated=negated,
        how="given",
    )
