"""No false alarm: lines of CPIC that one patient can be shown together never contradict each other."""

from __future__ import annotations

import re
from itertools import combinations

import pytest
from bedside.core import GraphEdge, Mention
from bedside.core.evidence.advice import advice
from bedside.core.evidence.condition import cut_off
from bedside.core.types import Term
from bedside.knowledge.starter.cpic import records
from bedside.knowledge.starter.drug_names import SOURCE as DRUG_NAMES


@pytest.fixture(scope="module")
def lines() -> list[GraphEdge]:
    return [r for r in records() if isinstance(r, GraphEdge) and r.kind == "recommendation"]


@pytest.fixture(scope="module")
def advised(lines):
    """What each line advises of every drug that it names."""
    terms = [t for source in (records, DRUG_NAMES.records) for t in source() if isinstance(t, Term) and t.kind == "drug"]
    names = {n.lower(): t.id for t in terms for n in (t.name, *t.synonyms) if len(n) > 4}
    words = re.compile(r"[^\W\d_][\w-]*", re.UNICODE)

    def drugs(text: str) -> list[Mention]:
        return [
            Mention(kind="drug", id=id_, name=m[0], text=m[0], start=m.start(), end=m.end())
            for m in words.finditer(text)
            if (id_ := names.get(m[0].lower()))
        ]

    return {e.id: advice(e.text, drugs(e.text)) for e in lines}


def for_one_patient(a: GraphEdge, b: GraphEdge) -> bool:
    x, y = a.props["conditions"], b.props["conditions"]
    return all(x[gene] == y[gene] for gene in x.keys() & y.keys())


def test_no_two_lines_for_one_patient_contradict_each_other(lines, advised):
    told = [
        (a.text[:120], b.text[:120], drug)
        for a, b in combinations(lines, 2)
        if for_one_patient(a, b)
        for drug in advised[a.id].keys() & advised[b.id].keys()
        if advised[a.id][drug] != advised[b.id][drug]
    ]
    assert told == []


def test_lines_for_different_results_do_say_different_things(lines, advised):
    """The test above would pass if nothing were read at all."""
    directions = {direction for said in advised.values() for direction in said.values()}
    assert directions == {"use", "avoid"}
    assert sum(1 for said in advised.values() if said) > 0.9 * len(lines)
    # of tamoxifen it is the inhibitors that are to be avoided
    avoided = [e for e in lines if e.props["recommendation"].startswith("Avoid ") and "inhibitors" not in e.text]
    assert avoided and all("avoid" in advised[e.id].values() for e in avoided)


def test_every_line_may_be_quoted_whole_and_only_whole(lines):
    for line in lines:
        assert cut_off(line.text, 0, len(line.text), statement=True) == ""
        body = line.text.index(": ") + 2
        assert cut_off(line.text, body, len(line.text), statement=True)
