"""CHA₂DS₂-VASc: the published points, ranges where something is not known, and what the engine makes of a forged score."""

from __future__ import annotations

import importlib
import itertools
from types import ModuleType

import pytest
from bedside.core import Case, CaseText, Computation, ComputedInput, Engine, Evidence, Question, Term, UsageError
from bedside.core.testing import TestServices, check_plugin
from bedside.core.testing.doubles import MemoryTerms

HISTORY = ("congestive_heart_failure", "hypertension", "diabetes", "stroke_tia_thromboembolism", "vascular_disease")
ASKED = "What is the CHA₂DS₂-VASc score of this patient?"
NAMES = {
    "HP:0001635": "heart failure", "HP:0000822": "hypertension", "HP:0000819": "diabetes mellitus",
    "HP:0005978": "type 2 diabetes", "HP:0001297": "stroke", "HP:0002326": "TIA", "HP:0001907": "thromboembolism",
    "HP:0001658": "myocardial infarction", "HP:0005110": "atrial fibrillation",
}  # fmt: skip
WOMAN = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1950-01-01"}
MAN = {**WOMAN, "gender": "male", "birthDate": "1980-01-01"}


@pytest.fixture
def formula(examples_on_path) -> ModuleType:
    return importlib.import_module("bedside_cha2ds2vasc_formula")


@pytest.fixture
def ask(host_of):
    terms = [Term(id=i, kind="phenotype", name=name, source_id="hpo") for i, name in NAMES.items()]

    def answer(text: str = "", fhir=(), question: str = ASKED):
        services = TestServices(terms=MemoryTerms(terms))
        texts = (CaseText(origin="note.txt", text=text),) if text else ()
        engine = Engine(host_of("cha2ds2vasc"), services)
        return engine.ask(Question(text=question, case=Case(texts=texts, fhir=tuple(fhir))))

    return answer


def points(age: int, female: bool, chf: bool, hypertension: bool, diabetes: bool, stroke: bool, vascular: bool) -> int:
    """The published formula, written another way than the plugin has it."""
    return chf + hypertension + (age >= 65) + (age >= 75) + diabetes + 2 * stroke + vascular + female


def test_every_combination_has_the_published_points(formula):
    seen = 0
    for age in (18, 64, 65, 74, 75, 99):
        for female, *history in itertools.product((False, True), repeat=6):
            inputs = {
                "age_years": float(age),
                "sex": "female" if female else "male",
                **dict(zip(HISTORY, history, strict=True)),
            }
            computed = formula.score(inputs)
            assert computed.output == points(age, female, *history)
            assert computed.sentence.startswith(f"CHA₂DS₂-VASc score {computed.output} of 9 points")
            seen += 1
    assert seen == 6 * 64


@pytest.mark.parametrize(("age", "expected"), [(64.99, 0), (65.0, 1), (74.99, 1), (75.0, 2)])
def test_age_counts_from_the_birthday(formula, age, expected):
    assert formula.score({"age_years": age, "sex": "male", **dict.fromkeys(HISTORY, False)}).output == expected


def test_what_is_not_known_leaves_exactly_the_range_that_its_values_span(formula):
    """Each of three states of each item, and age and sex known or not: the range is that of all ways to fill the gaps."""
    ages, sexes = {None: (18, 70, 80), 70.0: (70,)}, {None: (False, True), "female": (True,)}
    for age, sex in itertools.product(ages, sexes):
        for history in itertools.product((False, True, None), repeat=5):
            ways = [(False, True) if one is None else (one,) for one in history]
            totals = {points(*way) for way in itertools.product(ages[age], sexes[sex], *ways)}
            low, high = min(totals), max(totals)
            output = formula.score({"age_years": age, "sex": sex, **dict(zip(HISTORY, history, strict=True))}).output
            assert output == (low if low == high else f"{low} to {high}")


def test_only_a_denial_counts_nothing_and_an_unknown_item_is_named(ask):
    answer = ask("History of hypertension. No diabetes mellitus.", [WOMAN])
    assert answer.status == "answered", answer.warnings
    [sentence] = answer.sentences
    # age 76: 2, female 1, hypertension 1; heart failure 1, stroke 2 and vascular disease 1 are open
    assert sentence.text.startswith("CHA₂DS₂-VASc score between 4 and 8 of 9 points")
    assert "diabetes: denied, 0;" in sentence.text
    [missing] = [w for w in answer.warnings if w.code == "cha2ds2vasc:missing"]
    assert missing.params["items"] == "congestive heart failure; stroke, TIA or thromboembolism; vascular disease"
    [table] = answer.blocks
    assert [row.cells for row in table.rows][:2] == [("age", "76 years", "2"), ("sex", "female", "1")]


def test_inputs_lead_to_where_they_were_read(ask):
    condition = {"resourceType": "Condition", "id": "c", "subject": {"reference": "Patient/p"}, "code": {"text": "TIA"}}
    [item] = ask("No heart failure.", [WOMAN, condition]).evidence
    assert isinstance(item.locator, Computation)
    where = {one.name: one.address for one in item.locator.inputs if one.address}
    assert {name: address.kind for name, address in where.items()} == {
        "age_years": "fhir", "sex": "fhir", "heart failure": "case_text", "TIA": "fhir",
    }  # fmt: skip
    assert item.source.references == ("PMID:19762550",)
    assert not item.strength


def test_a_part_denied_is_not_the_whole_item_denied(ask):
    open_item = "stroke, TIA or thromboembolism: not known, 0 to 2"
    assert open_item in ask("No stroke.", [MAN]).sentences[0].text
    assert open_item in ask("No stroke. No TIA.", [MAN]).sentences[0].text
    all_three = ask("No stroke. No TIA. No thromboembolism.", [MAN]).sentences[0].text
    assert "stroke, TIA or thromboembolism: denied, 0" in all_three
    assert "diabetes: not known" in ask("No type 2 diabetes.", [MAN]).sentences[0].text
    assert "diabetes: present, 1" in ask("Has type 2 diabetes.", [MAN]).sentences[0].text


def test_what_is_affirmed_and_denied_is_not_known(ask):
    assert "hypertension: not known" in ask("Has hypertension. No hypertension.", [MAN]).sentences[0].text


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("CHA2DS2-VASc?", True), ("cha2ds2 vasc score please", True), ("Stroke risk in atrial fibrillation?", True),
        ("What is the CHADS2 score in atrial fibrillation, the stroke risk?", False),
        ("What is the CHA2DS2-VA score for stroke risk in AF?", False),
        ("What causes atrial fibrillation?", False), ("What is the risk of stroke?", False),
    ],
)  # fmt: skip
def test_it_answers_only_what_it_is_about(examples_on_path, question, wanted):
    assert importlib.import_module("bedside_cha2ds2vasc").asks_for_it(question) is wanted


def test_nothing_known_is_no_score(ask):
    answer = ask()
    assert (answer.status, answer.blocks) == ("abstained", ())
    [one] = answer.consulted
    assert "neither age, sex nor any item" in one.message


def test_arguments_are_checked(host_of):
    task = host_of("cha2ds2vasc").tasks["cha2ds2vasc.score"]
    assert task.parse({"age_years": 80, "hypertension": "denied"}).hypertension == "denied"
    for wrong in ({"age_years": -1}, {"hypertension": "no"}, {"smoker": "present"}, {"sex": "f"}):
        with pytest.raises(UsageError):
            task.parse(wrong)


def forged(item: Evidence, **change) -> Evidence:
    locator = item.locator.model_copy(update=change)
    return Evidence.of(kind=item.kind, quote=item.quote, source=item.source.id, locator=locator)


def test_a_forged_score_is_dropped(ask, host_of, monkeypatch):
    module = importlib.import_module("bedside_cha2ds2vasc")
    true = module.run

    def lies(change):
        def run(request, services):
            result = true(request, services)
            item = forged(result.evidence[0], **change(result.evidence[0]))
            return result.model_copy(update={"evidence": (item,), "blocks": ()})

        monkeypatch.setattr(module, "run", run)
        answer = ask("History of hypertension.", [WOMAN])
        assert (answer.status, answer.sentences) == ("abstained", ())
        return " ".join(w.text for w in answer.warnings if w.code == "dropped")

    def other_input(item, name, value):
        changed = [one.model_copy(update={"value": value}) if one.name == name else one for one in item.locator.inputs]
        return {"inputs": tuple(changed)}

    assert "another result" in lies(lambda item: {"output": 9})
    assert "another result" in lies(
        lambda item: {"inputs": (*item.locator.inputs, ComputedInput(name="stroke", value=True))}
    )
    assert "age_years is not the value that was read" in lies(lambda item: other_input(item, "age_years", 40.0))
    assert "sex is not the value that was read" in lies(lambda item: other_input(item, "sex", "male"))
    assert "high blood pressure is not the value" in lies(lambda item: other_input(item, "high blood pressure", False))
    assert "version" in lies(lambda item: {"version": "0"})
    assert "not registered" in lies(lambda item: {"function": "cha2ds2vasc.other"})


def test_it_keeps_the_contract(host_of):
    report = check_plugin("cha2ds2vasc", host_of("cha2ds2vasc"))
    assert report.ok, report.problems
