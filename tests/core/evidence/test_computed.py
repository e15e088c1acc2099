"""Computed results are computed again, from inputs that are read again where they were read."""

from __future__ import annotations

import pytest
from bedside.core import (
    Case,
    CaseText,
    Computation,
    Computed,
    ComputedFunction,
    ComputedInput,
    CustomLocator,
    Evidence,
    Facts,
    FhirAddress,
    LocatorKind,
    Mention,
    PluginHost,
    Resolved,
    Source,
    TextAddress,
    hookimpl,
)

NOTE = "He has had hypertension for years. Denies chest pain. Weight 72 kg."
PRESSURE = {"resourceType": "Observation", "id": "bp", "status": "final", "performed": True}
CASE = Case(texts=(CaseText(origin="note.txt", text=NOTE),), fhir=(PRESSURE,))


def why(world, proposal, case=CASE, facts=None, host=None) -> str:
    checked = world.verify([proposal], facts, case, host)
    assert bool(checked.kept) != bool(checked.dropped)
    return checked.dropped.get(proposal.id, "")


def place(text: str) -> TextAddress:
    at = NOTE.index(text)
    return TextAddress(origin="note.txt", start=at, end=at + len(text))


def points(values) -> Computed:
    score = sum(1 for value in values.values() if value is True) + (values.get("age") or 0) // 75
    return Computed(score, f"The score is {score}.")


class Calculator:
    def __init__(self, version: str = "1", run=points) -> None:
        self.function = ComputedFunction("sums.score", version, "A score", run, references=("PMID:9",), licence="CC0")

    @hookimpl
    def bedside_case_kinds(self):
        return [self.function]


def calculator(**change) -> PluginHost:
    host = PluginHost()
    host.register(Calculator(**change), "sums")
    return host


def mention(text: str, **more) -> Mention:
    at = NOTE.index(text)
    return Mention(kind="disease", id="D:1", name=text, text=text, start=at, end=at + len(text), origin="note.txt", **more)


HYPERTENSION = ComputedInput(name="hypertension", value=True, address=place("hypertension"), quote="hypertension")
WEIGHT = ComputedInput(name="weight", value=72, address=place("72"), quote="72")
AFFIRMED = Facts(mentions=(mention("hypertension"),))


def score(*inputs: ComputedInput, output: int = 1, version: str = "1", function: str = "sums.score") -> Evidence:
    where = Computation(function=function, version=version, inputs=inputs, output=output)
    return Evidence.of(kind="score", quote=f"The score is {output}.", source="sums", locator=where)


def test_a_score_is_computed_again_and_says_where_its_formula_is(world):
    proposal = score(HYPERTENSION, WEIGHT)
    item = world.verify([proposal], AFFIRMED, CASE, calculator()).kept[proposal.id]
    assert (item.source.id, item.source.title, item.source.version) == ("sums", "A score", "sums.score 1")
    assert (item.source.references, item.source.licence, item.strength) == (("PMID:9",), "CC0", "")


def test_what_was_given_and_not_read_is_said(world):
    proposal = score(HYPERTENSION, ComputedInput(name="age", value=60), ComputedInput(name="stroke"))
    item = world.verify([proposal], AFFIRMED, CASE, calculator()).kept[proposal.id]
    assert item.strength == "given, not read in the case: age"


@pytest.mark.parametrize(
    ("inputs", "change", "reason"),
    [
        ((HYPERTENSION,), {"output": 2}, "another result"),
        ((HYPERTENSION, HYPERTENSION), {}, "given twice"),
        ((HYPERTENSION,), {"version": "2"}, "version 1 here, not 2"),
        ((HYPERTENSION,), {"function": "sums.other"}, "not registered"),
        # an input is no longer what its address says
        ((HYPERTENSION.model_copy(update={"quote": "hypotension"}),), {}, "not what stands at its address"),
        ((HYPERTENSION.model_copy(update={"address": place("Denies")}),), {}, "not what stands at its address"),
        ((WEIGHT.model_copy(update={"value": 82}), HYPERTENSION), {}, "not the value"),
        (
            (ComputedInput(name="p", value=True, address=TextAddress(origin="gone.txt", start=0, end=1), quote="x"),),
            {},
            "can't be read again",
        ),
        (
            (
                ComputedInput(
                    name="systolic",
                    value=True,
                    address=FhirAddress(reference="Observation/bp", path="performed"),
                    quote="false",
                ),
            ),
            {},
            "not what stands at its address",
        ),
    ],
)
def test_a_score_that_does_not_hold_is_dropped(world, inputs, change, reason):
    assert reason in why(world, score(*inputs, **change), CASE, AFFIRMED, calculator())


@pytest.mark.parametrize(
    "read",
    [
        {"negated": True},
        {"experiencer": "relative"},
        {"certainty": "uncertain"},
        {"temporality": "hypothetical"},
    ],
)
def test_what_is_denied_or_another_persons_is_no_yes(world, read):
    facts = Facts(mentions=(mention("hypertension", **read),))
    assert "not the value" in why(world, score(HYPERTENSION), CASE, facts, calculator())


def test_only_a_denial_is_a_no(world):
    no = HYPERTENSION.model_copy(update={"value": False})
    denied = Facts(mentions=(mention("hypertension", negated=True),))
    assert why(world, score(no, output=0), CASE, denied, calculator()) == ""
    for read in ({}, {"experiencer": "relative"}, {"certainty": "uncertain"}):
        facts = Facts(mentions=(mention("hypertension", **read),))
        assert "not the value" in why(world, score(no, output=0), CASE, facts, calculator())


@pytest.mark.parametrize("raised", [ValueError("secret"), SystemExit(3), KeyboardInterrupt("secret")])
def test_a_function_that_raises_is_the_plugins_fault_and_quotes_nothing(world, raised):
    def run(values):
        raise raised

    reason = why(world, score(HYPERTENSION), CASE, AFFIRMED, calculator(run=run))
    assert type(raised).__name__ in reason and "secret" not in reason


def test_a_function_must_give_computed(world):
    assert "gave int instead of Computed" in why(
        world, score(HYPERTENSION), CASE, AFFIRMED, calculator(run=lambda values: 1)
    )
    assert "another result" in why(
        world, score(HYPERTENSION), CASE, AFFIRMED, calculator(run=lambda values: Computed(True, "The score is 1."))
    )


# --- inputs without a quote, in resources and in a plugin's own files ---------------------------------------------------


def test_a_quote_may_be_left_out_where_the_engine_reads_the_value_itself(world):
    bare = HYPERTENSION.model_copy(update={"quote": ""})
    assert why(world, score(bare, WEIGHT.model_copy(update={"quote": ""})), CASE, AFFIRMED, calculator()) == ""
    assert "not the value" in why(
        world, score(bare), CASE, Facts(mentions=(mention("hypertension", negated=True),)), calculator()
    )
    assert "can't be compared" in why(world, score(bare), CASE, Facts(), calculator())
    denies = ComputedInput(name="pain", value=True, address=place("Denies"))
    assert "can't be compared" in why(world, score(denies), CASE, AFFIRMED, calculator())


def test_what_a_resource_names_is_read_at_the_resource(world):
    address = FhirAddress(reference="Observation/bp")
    named = Mention(kind="disease", id="D:1", name="x", text="x", start=0, end=1, origin="Observation/bp")
    yes = ComputedInput(name="hypertension", value=True, address=address)
    assert why(world, score(yes), CASE, Facts(mentions=(named,)), calculator()) == ""
    for change in ({"negated": True}, {"certainty": "uncertain"}, {"experiencer": "relative"}):
        facts = Facts(mentions=(named.model_copy(update=change),))
        assert "not the value" in why(world, score(yes), CASE, facts, calculator())
    elsewhere = Facts(mentions=(named.model_copy(update={"origin": "Condition/other"}),))
    assert "can't be compared" in why(world, score(yes), CASE, elsewhere, calculator())


CELLS = {"1": "12.5", "2": "post", "3": "true"}


class Sheet(Calculator):
    """A calculator that reads its inputs in files of its own kind."""

    @hookimpl
    def bedside_case_kinds(self):
        return [self.function, LocatorKind("sums:cell", self.resolve)]

    def resolve(self, locators, context):
        return [Resolved(CELLS[str(where.where["cell"])], Source(id="case", title=where.file)) for where in locators]


@pytest.mark.parametrize(
    ("cell", "value", "quote", "reason"),
    [
        (1, 12.5, "", ""),
        (1, 12.5, "12.5", ""),
        (2, "post", "", ""),
        (3, True, "", ""),
        (1, 13.5, "", "not the value"),
        (1, 12.5, "13.5", "not what stands"),
        (2, "pre", "", "not the value"),
        (2, "pre", "post", "not the value"),
        (3, False, "", "not the value"),
        (2, 7, "", "can't be compared"),
        (4, 7, "", "can't be read again"),
    ],
)
def test_an_input_may_stand_in_a_plugins_own_kind_of_file(world, cell, value, quote, reason):
    host = PluginHost()
    host.register(Sheet(run=lambda values: Computed(1, "The score is 1.")), "sums")
    where = CustomLocator(kind="sums:cell", file="a.csv", where={"cell": cell})
    proposal = score(ComputedInput(name="x", value=value, address=where, quote=quote))
    assert type(proposal).model_validate_json(proposal.model_dump_json()) == proposal
    assert reason in (said := why(world, proposal, CASE, None, host)) and bool(said) == bool(reason)


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("Weight 72 kg", 72, True),
        ("Weight 72 kg", 172, False),
        ("Weight 72 kg", 7, False),
        ("Weight 72 kg", True, False),
        ("72", True, False),
        ("Denies chest pain", False, True),
        ("Denies chest pain", True, False),
        ("He", "he", True),
        ("He", "she", False),
        ("hypertension for years", "hyper", False),
    ],
)
def test_a_true_quote_does_not_bear_another_value(world, name, value, kept):
    facts = Facts(mentions=(mention("hypertension"), mention("chest pain", negated=True)))
    host = calculator(run=lambda values: Computed(1, "The score is 1."))
    reason = why(world, score(ComputedInput(name="x", value=value, address=place(name), quote=name)), CASE, facts, host)
    assert bool(reason) != kept and (kept or "value" in reason)
