"""CHA₂DS₂-VASc: a score that is computed, cited, and computed again by the engine. What is not known leaves a range."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Literal

from bedside.core import (
    Column,
    Computation,
    ComputedFunction,
    ComputedInput,
    Evidence,
    Facts,
    FhirAddress,
    Mention,
    Notice,
    PluginSpec,
    Question,
    Row,
    Services,
    Table,
    Task,
    TaskRequest,
    TaskResult,
    TextAddress,
    hookimpl,
)
from bedside_cha2ds2vasc_formula import FUNCTION, ITEMS, VERSION, HistoryState, parts_of, score, state_of
from pydantic import BaseModel, ConfigDict, Field

ATRIAL_FIBRILLATION = "HP:0005110"


class Arguments(BaseModel):
    """What the score needs of a patient; whatever is not given widens the range."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    age_years: float | None = Field(default=None, ge=0, le=130, description="age in years")
    sex: Literal["female", "male", "other"] | None = None
    congestive_heart_failure: HistoryState = "unknown"
    hypertension: HistoryState = "unknown"
    diabetes: HistoryState = "unknown"
    stroke_tia_thromboembolism: HistoryState = Field(default="unknown", description="stroke, TIA or thromboembolism before")
    vascular_disease: HistoryState = Field(
        default="unknown", description="myocardial infarction before, peripheral artery disease or aortic plaque"
    )


def read_parts(facts: Facts, question: Question) -> dict[str, ComputedInput]:
    """What was read of age, sex and each part of the history, with where; what is affirmed and denied is not known."""
    read: dict[str, ComputedInput] = {}
    for name, value in (("age_years", facts.patient.age_years), ("sex", facts.patient.sex)):
        if value is not None:
            read[name] = ComputedInput(name=name, value=value, address=facts.patient.addresses.get(name))
    kinds = ("phenotype", "disease")
    affirmed = {m.id: m for kind in kinds for m in facts.of(kind)}
    denied = {m.id: m for kind in kinds for m in facts.of(kind, negated=True)}
    for item in ITEMS:
        for name, ids in item.parts.items():
            there = next((affirmed[i] for i in ids if i in affirmed), None)
            gone = denied.get(ids[0])
            if (found := there or gone) is not None and not (there and gone):
                read[name] = ComputedInput(name=name, value=there is not None, address=address_of(found, question))
    return read


def address_of(mention: Mention, question: Question) -> TextAddress | FhirAddress | None:
    """Where a mention stands; None for one of a list that was given with the case, or of one of two files of a name."""
    if ["question", *(text.origin for text in question.case.texts)].count(mention.origin) == 1:
        return TextAddress(origin=mention.origin, start=mention.start, end=mention.end)
    return FhirAddress(reference=mention.origin) if "/" in mention.origin else None


def arguments_from(facts: Facts, question: Question) -> Arguments | None:
    """None where the question is about something else."""
    if not asks_for_it(question.text):
        return None
    values = {name: one.value for name, one in read_parts(facts, question).items()}
    states = {item.field: state_of(item, values) for item in ITEMS}
    return Arguments.model_validate({"age_years": values.get("age_years"), "sex": values.get("sex"), **states})


def asks_for_it(text: str) -> bool:
    """Is it about this score, or about the risk of stroke in atrial fibrillation without naming another score?"""
    plain = unicodedata.normalize("NFKC", text).lower()  # ₂ is 2
    if re.search(r"\bcha2?ds2?[\s-]*vasc\b", plain):
        return True
    other = re.search(r"\bcha2?ds2?\b|\bhas-?bled\b|\babc[- ]stroke\b", plain)
    fibrillation = re.search(
        r"\batrial fibrillation\b|\ba-?fib\b|\bAF\b", unicodedata.normalize("NFKC", text), re.IGNORECASE
    )
    return bool(fibrillation and not other and re.search(r"\bstroke\b", plain) and re.search(r"\b(?:risk|score)\b", plain))


def inputs_of(given: Arguments, read: Mapping[str, ComputedInput]) -> list[ComputedInput]:
    """The inputs with where each was read; what the caller gives otherwise than it was read is the caller's alone."""
    values = {name: one.value for name, one in read.items()}
    inputs: list[ComputedInput] = []
    for name, value in (("age_years", given.age_years), ("sex", given.sex)):
        inputs.append(read[name] if name in read and read[name].value == value else ComputedInput(name=name, value=value))
    for item in ITEMS:
        state: HistoryState = getattr(given, item.field)
        parts = [read[name] for name in item.parts if name in read]
        if parts and state == state_of(item, values):
            inputs += parts
        else:
            inputs.append(ComputedInput(name=item.field, value={"present": True, "denied": False, "unknown": None}[state]))
    return inputs


def run(request: TaskRequest, services: Services) -> TaskResult:
    given = request.args(Arguments)
    if given == Arguments():
        return TaskResult.none("the question and case", message="neither age, sex nor any item of the history was read")
    inputs = inputs_of(given, read_parts(request.facts, request.question))
    values = {one.name: one.value for one in inputs}
    computed = score(values)
    evidence = Evidence.of(
        kind="score",
        quote=computed.sentence,
        source="cha2ds2vasc",
        locator=Computation(function=FUNCTION.name, version=VERSION, inputs=tuple(inputs), output=computed.output),
    )
    parts = parts_of(values)
    table = Table(
        title="CHA₂DS₂-VASc: its parts",
        columns=(Column(title="item"), Column(title="found"), Column(title="points", computed=True)),
        rows=tuple(Row(cells=(p.title, p.found, p.points), evidence=(evidence.id,)) for p in parts),
    )
    notes = []
    if missing := "; ".join(p.title for p in parts if p.low != p.high):
        text = f"the score is a range, because nothing that settles it was read of: {missing}"
        notes.append(Notice.own("cha2ds2vasc:missing", text, items=missing))
    if ATRIAL_FIBRILLATION not in {m.id for m in request.facts.of("phenotype")}:
        text = "the score was made for atrial fibrillation; that the patient has it was not read"
        notes.append(Notice.own("cha2ds2vasc:no-atrial-fibrillation", text))
    return TaskResult.found([evidence], searched=("the question and case",), blocks=(table,), notes=notes)


bedside_plugin = PluginSpec(api="1")


@hookimpl
def bedside_case_kinds() -> list[ComputedFunction]:
    return [FUNCTION]


@hookimpl
def bedside_tasks() -> list[Task]:
    return [
        Task(
            name="cha2ds2vasc.score",
            description="Computes the CHA₂DS₂-VASc score of stroke risk in atrial fibrillation, or the range it lies in",
            run=run,
            examples=(
                "What is the CHA2DS2-VASc score of this patient?",
                "How high is the risk of stroke in this patient with atrial fibrillation?",
            ),
            arguments=Arguments,
            from_facts=arguments_from,
        )
    ]
