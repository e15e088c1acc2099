"""Spirometry: FEV1 and FVC of a recording, computed from rows that can be opened, and its curve."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from bedside.core import (
    CaseKind,
    Column,
    Computation,
    Computed,
    ComputedFunction,
    ComputedInput,
    Draft,
    Evidence,
    Figure,
    LocatorKind,
    Row,
    Services,
    Table,
    Task,
    TaskRequest,
    TaskResult,
    hookimpl,
)
from bedside.core.types import Scalar
from bedside_spirometry_recording import KIND, REGISTERED, TIME, VOLUME, Recording, landmarks, quote, read, region, time_zero

VERSION = "1"
CRITERION = 0.70
"""GOLD: FEV1/FVC below it after a bronchodilator is what it calls airflow obstruction."""
POINTS = 60
"""At most about so many points of the curve are quoted and drawn."""


def measures(inputs: Mapping[str, Scalar | None]) -> tuple[float, float, float]:
    """FEV1 and FVC (L) and their ratio, from the rows that decide them."""

    def at(name: str) -> float:
        value = inputs[name]
        if not isinstance(value, int | float):
            raise TypeError(f"{name} is no number")
        return float(value)

    t0, v0, t1, v1 = (at(f"steepest {end}: {column}") for end in ("from", "to") for column in (TIME, VOLUME))
    start = at(f"start: {VOLUME}")
    second = 1 + time_zero(t0, v0, t1, v1, start)
    t0, v0, t1, v1 = (at(f"{side} 1 s: {column}") for side in ("before", "after") for column in (TIME, VOLUME))
    fev1 = v0 + (v1 - v0) * (second - t0) / (t1 - t0) - start
    fvc = at(f"highest: {VOLUME}") - start
    return round(fev1, 2), round(fvc, 2), round(fev1 / fvc, 3)


def ratio(inputs: Mapping[str, Scalar | None]) -> Computed:
    """FEV1/FVC, and the sentence that is quoted."""
    fev1, fvc, output = measures(inputs)
    criterion = f"{CRITERION:.2f}, GOLD's criterion of airflow obstruction"
    match inputs.get("bronchodilator"):
        case "post":
            about = f"Recorded after a bronchodilator, it is {'' if output < CRITERION else 'not '}below {criterion}."
        case "pre":
            about = f"Recorded before a bronchodilator: whether it is below {criterion} after one, is not known."
        case _:
            about = f"Whether after a bronchodilator, is not stated: {criterion} after one, can't be applied."
    return Computed(
        output,
        f"FEV1 {fev1:.2f} L, FVC {fvc:.2f} L, FEV1/FVC {output:.3f}. {about} "
        "Whether the expiration was acceptable by ATS/ERS was not judged.",
    )


FUNCTION = ComputedFunction(
    name="spirometry.ratio",
    version=VERSION,
    title="FEV1/FVC by back-extrapolation (ATS/ERS 2019); criterion of GOLD",
    run=ratio,
    url="https://goldcopd.org/",
    references=("PMID:31613151", "doi:10.1016/j.arbres.2023.02.009"),
    licence="published method",
)


def inputs_of(recording: Recording, file: str) -> list[ComputedInput]:
    """The cells that decide the result, each with its address."""
    inputs: list[ComputedInput] = []
    for name, place in landmarks(recording).items():
        row = recording.rows[place]
        for column, values in ((TIME, recording.times), (VOLUME, recording.volumes)):
            where = region(file, row, row, column, landmark=name)
            inputs.append(ComputedInput(name=f"{name}: {column}", value=values[place], address=where))
    if said := recording.remarks.get("bronchodilator"):
        where = region(file, said[0], said[0], "bronchodilator")
        inputs.append(ComputedInput(name="bronchodilator", value=said[1], address=where))
    return inputs


def run(request: TaskRequest, services: Services) -> TaskResult:
    evidence: list[Evidence] = []
    drafts: list[Draft] = []
    blocks: list[Table | Figure] = []
    files = [file for file in request.question.case.files if file.kind == KIND]
    if not files:
        return TaskResult.none("the files of the case")
    for file in files:
        if file.path is None:
            return TaskResult.failed(f"{file.name} is no longer at hand")
        recording = read(file.path, file.name)
        inputs = inputs_of(recording, file.name)
        values = {one.name: one.value for one in inputs}
        computed = ratio(values)
        locator = Computation(function=FUNCTION.name, version=VERSION, inputs=tuple(inputs), output=computed.output)
        result = Evidence.of(kind="measurement", quote=computed.sentence, source="spirometry", locator=locator)
        every = max(1, len(recording.rows) // POINTS)
        where = region(file.name, recording.rows[0], recording.rows[-1], f"{TIME},{VOLUME}", every=every)
        curve = Evidence.of(kind="recording", quote=quote(recording, where), source="case", locator=where)
        evidence += [result, curve]
        # one sentence over both: the numbers of the curve are no sentence
        drafts.append(Draft(text=computed.sentence, evidence=(result.id, curve.id)))
        fev1, fvc, output = measures(values)
        rows = (("FEV1", f"{fev1:.2f}", "L"), ("FVC", f"{fvc:.2f}", "L"), ("FEV1/FVC", f"{output:.3f}", None))
        columns = (Column(title="measure"), Column(title="value"), Column(title="unit"))
        blocks.append(Table(title=file.name, columns=columns, rows=tuple(Row(cells=r, evidence=(result.id,)) for r in rows)))
        alt = f"Volume over time: {fev1:.2f} L after 1 s, {fvc:.2f} L at most"
        title = f"Volume over time, {file.name}"
        blocks.append(Figure.of(svg(curve.quote, title), title=title, alt=alt, evidence=[curve.id, result.id]))
    return TaskResult.found(evidence, drafts=drafts, blocks=blocks, searched=tuple(file.name for file in files))


def svg(rows: str, title: str) -> str:
    """The curve of the quoted rows, with its axes."""
    points = [tuple(map(float, row.split(","))) for row in rows.split("; ")]
    start, end = points[0][0], points[-1][0]
    top = max(volume for _, volume in points) or 1.0
    line = " ".join(f"{60 + 500 * (t - start) / (end - start):.1f},{260 - 220 * v / top:.1f}" for t, v in points)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 320" font-family="sans-serif" font-size="14">'
        f"<title>{escape(title)}</title>"
        '<path d="M60 30V260H570" fill="none" stroke="#444"/>'
        f'<polyline points="{line}" fill="none" stroke="#0b62a4" stroke-width="2"/>'
        f'<text x="60" y="285">{start:g}</text><text x="560" y="285" text-anchor="end">{end:g}</text>'
        f'<text x="310" y="305" text-anchor="middle">{TIME}</text>'
        f'<text x="52" y="265" text-anchor="end">0</text><text x="52" y="45" text-anchor="end">{top:g}</text>'
        f'<text x="16" y="150" transform="rotate(-90 16 150)" text-anchor="middle">{VOLUME}</text></svg>'
    )


@hookimpl
def bedside_case_kinds() -> list[CaseKind | LocatorKind | ComputedFunction]:
    return [*REGISTERED, FUNCTION]


@hookimpl
def bedside_tasks() -> list[Task]:
    return [
        Task(
            name="spirometry.ratio",
            description="Computes FEV1, FVC and their ratio from a recording of a forced expiration, and draws its curve",
            run=run,
            needs=((KIND,),),
        )
    ]
