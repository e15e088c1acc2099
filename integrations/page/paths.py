"""Evidence that is a path of several edges of the knowledge graph: what it goes through, and what each step says."""

from __future__ import annotations

from typing import NamedTuple

from bedside.core import Evidence, GraphPath


class Step(NamedTuple):
    """One edge of a path. `start` and `end` are its nodes, empty where the path is no chain."""

    said: str
    start: str = ""
    end: str = ""


def steps_of(evidence: Evidence) -> tuple[Step, ...]:
    """The steps of a path of several edges; nothing for all other evidence.

    The quote is the texts of the edges, joined by one space (`GraphPath`): so each step's own words are cut out of it."""
    path = evidence.locator
    if not isinstance(path, GraphPath) or len(path.edges) < 2:
        return ()
    chain = len(path.nodes) == len(path.edges) + 1
    out, at = [], 0
    for place, edge in enumerate(path.edges):
        length = edge.end - edge.start
        said = evidence.quote[at : at + length]
        out.append(Step(said, path.nodes[place], path.nodes[place + 1]) if chain else Step(said))
        at += length + 1
    return tuple(out)


def path_words(evidence: Evidence) -> str:
    """`DRUG:x → GENE:y → OMIM:z`; empty for what is no chain of several edges."""
    steps = steps_of(evidence)
    if not steps or not steps[0].start:
        return ""
    return " → ".join((steps[0].start, *(step.end for step in steps)))
