"""HPO ids written out in a text: read like the names they stand for, so that "no HP:0001083" is no finding."""

from __future__ import annotations

import re

from ..protocols import TermIndex
from ..types import Facts, Mention, Term
from .assertion.attribution import of_the_patient

_HPO_ID = re.compile(r"(?<![^\W_])HPO?[:_\s-]{0,2}(\d{7})(?!\d)", re.IGNORECASE)
_STAND_IN = "HP:0001250"
"""Seizure. Takes the place of an id where negation is read: names such as "Absent thumb" would deny their neighbours."""


def written_ids(text: str, origin: str, terms: TermIndex) -> Facts:
    """The findings that are given by their ids. An id that is unknown, or that can't be read in its place, is told."""
    written = list(_HPO_ID.finditer(text))
    if not written:
        return Facts()
    known = {id_: term for term in terms.lookup([_id(w) for w in written]) for id_ in (term.id, *term.related)}
    stand_in = terms.lookup([_STAND_IN])
    names = {id_: (stand_in[0] if stand_in else term) for id_, term in known.items()}
    named, places = _with_names(text, written, names)
    everything = terms.find(named, origin=origin)
    of_patient = of_the_patient(named, everything)
    mentions: list[Mention] = []
    unread: list[str] = []
    for id_match, (start, end) in zip(written, places, strict=True):
        id_ = _id(id_match)
        if id_ not in known:
            unread.append(f"{id_} is not a term of the loaded phenotype ontology")
            continue
        here = [m for m in everything.mentions if m.start < end and start < m.end and m.id == names[id_].id]
        kept = [m for m in of_patient.mentions if m in here]
        if not here:
            unread.append(f"{id_} could not be read in its sentence, so it was not used")
        elif not kept:
            unread.append(
                f"{id_} ({known[id_].name}) is said of a relative or with doubt, so it was not taken as the patient's"
            )
        else:
            mentions.append(_mention(known[id_], id_match, origin, kept[0].negated))
    return Facts(mentions=tuple(mentions), unread=tuple(unread))


def _id(written: re.Match[str]) -> str:
    """hp:0001250 and HP_0001250 are HP:0001250."""
    return f"HP:{written[1]}"


def _with_names(text: str, written: list[re.Match[str]], names: dict[str, Term]) -> tuple[str, list[tuple[int, int]]]:
    """The text with a name in place of each known id, and where each then stands."""
    out, places, at = "", [], 0
    for found in written:
        out += text[at : found.start()]
        name = names[_id(found)].name if _id(found) in names else found.group()
        places.append((len(out), len(out) + len(name)))
        out += name
        at = found.end()
    return out + text[at:], places


def _mention(term: Term, written: re.Match[str], origin: str, negated: bool) -> Mention:
    return Mention(
        kind="phenotype",
        id=term.id,
        name=term.name,
        text=written.group(),
        start=written.start(),
        end=written.end(),
        origin=origin,
        negated=negated,
        how="given",
    )
