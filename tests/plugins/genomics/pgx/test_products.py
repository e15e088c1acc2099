"""Names of products: looked up by their substances, or told. With the loaded drug names."""

from __future__ import annotations

import pytest
from bedside.core import Question
from bedside.core.config import load_config
from bedside.core.testing import TestServices
from bedside.core.testing.doubles import MemoryTerms
from bedside.core.types import Term
from bedside.integrations.app import open_app
from bedside.plugins.genomics.pgx.medications import of_names, resolved
from bedside.plugins.genomics.pgx.products import racemate


@pytest.fixture(scope="module")
def app(cpic_home):
    overrides = {"llm": {"enabled": False}, "plugins": {"deny": ["literature"]}}
    with open_app(load_config(cpic_home, env={}, overrides=overrides)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("name", "drugs", "unresolved", "told"),
    [
        ("codeine", ["codeine"], (), ""),
        ("acetaminophen and codeine", ["acetaminophen", "codeine"], (), "several substances"),
        ("ibuprofen and codeine", ["ibuprofen", "codeine"], (), "several substances"),
        ("aspirin and codeine", ["aspirin", "codeine"], (), "several substances"),
        ("co-codaprin", ["aspirin", "codeine"], (), "several substances"),
        ("Triumeq", ["abacavir", "dolutegravir", "lamivudine"], (), "several substances"),
        ("co-codamol", ["acetaminophen", "codeine"], (), "several substances"),
        ("ibuprofen + codeine", ["ibuprofen", "codeine"], (), ""),
        ("S-warfarin", ["warfarin"], (), "is looked up as warfarin"),
        ("es-citalopram", ["escitalopram"], (), "read “es-citalopram” as escitalopram"),
        ("xy-citalopram", ["citalopram"], (), "read “xy-citalopram” as citalopram: check"),
        ("citalopram 20 mg", ["citalopram"], (), ""),
        ("Interferon alfa-2b, recombinant", None, (), ""),
    ],
)
def test_a_product_is_its_substances(app, name, drugs, unresolved, told):
    problems: list[str] = []
    found = resolved(of_names([name], app.services, problems), app.services, problems)
    if drugs is not None:
        assert sorted(g.name for g in found) == sorted(drugs)
    assert tuple(u for g in found for u in g.unresolved) == unresolved
    assert (any(told in p for p in problems)) if told else not problems


def test_a_question_about_a_product_is_answered_for_its_substance(app):
    """A product is read as its substances, so that its guideline is shown at once."""
    for name in ("acetaminophen and codeine", "co-codamol"):
        answer = app.engine.ask(Question(text=f"{name} for a CYP2D6 poor metabolizer"))
        told = [w.text for w in answer.warnings]
        assert any(f"{name} is a product of several substances: acetaminophen, codeine" in t for t in told), told
        assert any(e.kind == "guideline" and "codeine" in e.quote for e in answer.evidence), answer.evidence
        assert not any("no gene-drug pair for acetaminophen and codeine" in t or "dropped" in t for t in told)


def test_a_form_with_a_name_of_its_own_is_not_looked_up_as_the_mixture():
    terms = MemoryTerms([Term(id="D:1", kind="drug", name="lansoprazole", source_id="t")])
    own = Term(id="D:2", kind="drug", name="dexlansoprazole", synonyms=("(R)-lansoprazole",), source_id="t")
    form = Term(id="D:3", kind="drug", name="(R)-lansoprazole", source_id="t")
    services = TestServices(terms=terms)
    assert racemate(own, services) is None
    assert (found := racemate(form, services)) is not None and found.id == "D:1"
