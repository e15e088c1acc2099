"""Names of diseases: one per id, and the safe ways to write each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from bedside.core.types import Term

_TYPE = re.compile(r"(?:,? type)?,? (?:\d{1,3}[A-Z]{0,2}|[IVX]{1,4}[A-Z]?)$")
_ABBREVIATION = re.compile(r"\s*;\s*([A-Z][A-Z0-9-]{1,11})$")
_BRACKET = re.compile(r" \([^()]*\)$")


def disease_names(rows: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Name by id, in order of appearance; the most frequent name where the file has several."""
    counts: dict[str, Counter[str]] = {}
    for ident, name in rows:
        counts.setdefault(ident, Counter())[name.strip()] += 1
    return {ident: names.most_common(1)[0][0] for ident, names in counts.items()}


def disease_terms(names: dict[str, str], source_id: str) -> Iterator[Term]:
    """One term per disease. A name without its number or type is a synonym only where no other disease could be meant."""
    exact = Counter(name.casefold() for name in names.values())
    shorter = {ident: dict.fromkeys(_shorter(name)) for ident, name in names.items()}
    uses = Counter(form.casefold() for forms in shorter.values() for form in forms)
    for ident, name in names.items():
        yield Term(
            id=ident,
            kind="disease",
            name=name,
            synonyms=tuple(form for form in shorter[ident] if uses[form.casefold()] == 1 and not exact[form.casefold()]),
            source_id=source_id,
        )


def _shorter(name: str) -> Iterator[str]:
    if match := _ABBREVIATION.search(name):
        name = name[: match.start()]
        yield name
        yield match[1]
    without = _BRACKET.sub("", name)
    if without != name:
        yield without
    if match := _TYPE.search(name):
        base = name[: match.start()]
        # What is left must still name a disease.
        if len(base.split()) > 1:
            yield base
        if base and "type" in match.group():
            yield re.sub(r",? type,?", "", name)
        elif base:
            yield re.sub(r",? (\S+)$", r" type \1", name)
