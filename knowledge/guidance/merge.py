"""Many records to few lines: the newest for each key, and one line for all keys of which a publisher says the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from .line import Key, Line


def merged(lines: Iterable[Line]) -> Iterator[Line]:
    """The newest line of each publisher, drug, kind, population and key; of the same date the first. Lines that say the same
    for several keys are one, as old as the oldest of them."""
    newest: dict[tuple[str, str, str, str, Key], Line] = {}
    # two publications of the FDA on one drug and key may both stand (label, table of associations)
    for line in lines:
        for key in line.keys:
            place = (line.publisher, line.kind, line.drug, line.population, key)
            if place not in newest or newest[place].date < line.date:
                newest[place] = replace(line, keys=(key,))
    same: dict[tuple[Line, tuple[str, ...]], list[Line]] = defaultdict(list)
    for line in newest.values():
        genes = tuple(gene for gene, _ in line.keys[0])
        same[replace(line, keys=(), date="", url="", version="", guideline="", pmids=()), genes].append(line)
    for alike in same.values():
        latest = max(alike, key=lambda line: line.date)
        keys = sorted((line.keys[0] for line in alike), key=_order)
        pmids = tuple(dict.fromkeys(pmid for line in (latest, *alike) for pmid in line.pmids))
        yield replace(latest, keys=tuple(keys), date=min(line.date for line in alike), pmids=pmids)


def _order(key: Key) -> list[tuple[str, float, str]]:
    """Scores by their number, all else by its words."""
    return [(gene, _number(value), str(value)) for gene, value in key]


def _number(value: object) -> float:
    try:
        return float(str(value).lstrip("≥").split(" ")[0])
    except ValueError:
        return -1.0
