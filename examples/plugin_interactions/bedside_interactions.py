"""Drug interactions, with a source of its own. What its table does not hold is reported so, never as "no interaction"."""

from __future__ import annotations

import re
from itertools import combinations

from bedside.core import (
    CdsService,
    Column,
    Evidence,
    Facts,
    KnowledgeSource,
    Question,
    Row,
    Services,
    Table,
    Task,
    TaskRequest,
    TaskResult,
    TextSpan,
    hookimpl,
)
from bedside_interactions_table import SOURCE, TABLE, VERSION, Line, records
from pydantic import BaseModel, ConfigDict, Field

_TOGETHER = re.compile(
    r"\b(?:interact\w*|together|combin\w+|co-?(?:administ|prescri)\w+|alongside|at the same time)\b", re.IGNORECASE
)
MAX_NAMED = 10
"""Pairs without a line that are named; of more the number is given."""


class Arguments(BaseModel):
    """The drugs that are looked up against each other."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    drugs: tuple[str, ...] = Field(min_length=1, description="names of drugs: generic, synonyms or brands")


def arguments_from(facts: Facts, question: Question) -> Arguments | None:
    """The drugs of the question and the case. None where fewer than two are named and nothing is asked of two together."""
    names = list(dict.fromkeys(m.name for m in facts.of("drug")))
    return Arguments(drugs=tuple(names)) if len(names) > 1 or (names and _TOGETHER.search(question.text)) else None


def run(request: TaskRequest, services: Services) -> TaskResult:
    info = services.sources.get(SOURCE)
    if info is None:
        return TaskResult.failed(f"the table of interactions is not loaded; type: bedside knowledge load {SOURCE}")
    searched = f"{info.title} {info.version}, {len(TABLE)} pairs"
    ids, unknown = grounded(request, services)
    problems = [f"“{name}” is not the name of one drug here, so nothing was looked up for it" for name in unknown]
    if len(ids) < 2:
        known = f"only {next(iter(ids))} was read as a drug" if ids else "no drug was read"
        reason = f"an interaction needs two drugs, and {known}: check how the others are spelt"
        return TaskResult.failed("; ".join([reason, *problems]), searched=(searched,))

    lines = lines_by_pair(services)
    found: list[tuple[str, str, Line]] = []
    absent: list[str] = []
    for a, b in combinations(ids, 2):
        line = lines.get(frozenset((ids[a], ids[b])))
        if line is None:
            absent.append(f"{a} and {b}")
        else:
            found.append((a, b, line))
    stored = {passage.id for passage in services.vectors.get([line.passage.id for _, _, line in found])}
    problems += [
        f"the line for {a} and {b} is not in the loaded release {info.version}; type: bedside knowledge load {SOURCE}"
        for a, b, line in found
        if line.passage.id not in stored
    ]
    evidence, rows = [], []
    for _, _, line in found:
        passage = line.passage
        if passage.id in stored:
            where = TextSpan(passage_id=passage.id, start=0, end=len(passage.text))
            evidence.append(Evidence.of(kind="interaction", quote=passage.text, source=SOURCE, locator=where))
            rows.append(Row(cells=(line.a, line.b, line.effect), evidence=(evidence[-1].id,)))
    named = "; ".join(absent[:MAX_NAMED]) + (f" and {len(absent) - MAX_NAMED} more pairs" if len(absent) > MAX_NAMED else "")
    nothing = f"no line in this table, which says nothing of whether they interact: {named}" if absent else ""
    if not evidence:
        if problems:
            return TaskResult.failed("; ".join([*problems, *filter(None, [nothing])]), searched=(searched,))
        return TaskResult.none(searched, message=nothing, notes=(nothing,))
    columns = (Column(title="drug"), Column(title="with"), Column(title="together"))
    table = Table(title="Interactions in the table", columns=columns, rows=tuple(rows))
    notes = [nothing] if nothing else []
    return TaskResult.found(evidence, searched=(searched,), notes=notes, problems=problems, blocks=(table,))


def grounded(request: TaskRequest, services: Services) -> tuple[dict[str, str], list[str]]:
    """The id of each drug by its name, each drug once, and the names that are not those of one drug."""
    ids = {m.name: m.id for m in request.facts.of("drug")}
    names = request.args(Arguments).drugs
    terms = services.terms.ground("drug", [name for name in names if name not in ids])
    ids |= {name: term.id for name, term in terms.items()}
    once = {ids[name]: name for name in reversed(names) if name in ids}
    return {name: ids[name] for name in names if name in once.values()}, [name for name in names if name not in ids]


def lines_by_pair(services: Services) -> dict[frozenset[str], Line]:
    """The lines by the ids that mentions carry. A name of the table that cannot be grounded fits no question."""
    terms = services.terms.ground("drug", sorted({name for line in TABLE for name in (line.a, line.b)}))
    known = [line for line in TABLE if line.a in terms and line.b in terms]
    return {frozenset((terms[line.a].id, terms[line.b].id)): line for line in known}


@hookimpl
def bedside_tasks() -> list[Task]:
    return [
        Task(
            name="interactions.check",
            description="Says what a table holds of two drugs taken together",
            run=run,
            needs=(("drug",),),
            examples=("Can warfarin and ibuprofen be taken together?", "Does omeprazole interact with clopidogrel?"),
            arguments=Arguments,
            from_facts=arguments_from,
        )
    ]


@hookimpl
def bedside_sources() -> list[KnowledgeSource]:
    return [
        KnowledgeSource(
            id=SOURCE,
            title="Sample of drug interactions",
            licence="CC0-1.0",
            licence_url="https://creativecommons.org/publicdomain/zero/1.0/",
            version=lambda: VERSION,
            records=records,
            homepage="https://dailymed.nlm.nih.gov/dailymed/",
            note="a sample that shows how a plugin brings a source: far from complete",
        )
    ]


@hookimpl
def bedside_cds_services() -> list[CdsService]:
    return [
        CdsService(
            id="interactions-order-sign",
            hook="order-sign",
            title="Drug interactions",
            description="What a table holds of the ordered drugs and those already taken",
            task="interactions.check",
            prefetch={
                "patient": "Patient/{{context.patientId}}",
                "medications": "MedicationRequest?patient={{context.patientId}}&status=active",
            },
        )
    ]
