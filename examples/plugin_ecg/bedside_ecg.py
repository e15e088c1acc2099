"""QT intervals by an external program: its progress, its end, and what it printed as evidence with a receipt."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import bedside_ecg_qtc
from bedside.core import (
    CaseKind,
    Column,
    CustomLocator,
    Evidence,
    LocatorKind,
    PluginSpec,
    ResolveContext,
    Resolved,
    Row,
    Services,
    Source,
    Table,
    Task,
    TaskRequest,
    TaskResult,
    Unresolved,
    hookimpl,
)
from bedside.core.toolkit.atomic_files import write_whole
from bedside_ecg_program import ProgramError, run_program
from pydantic import BaseModel, ConfigDict, Field

KIND, RESULT = "ecg:intervals", "ecg:result"
ENDING_S = 1.5
"""Kept of the task's time to end the program and to say so."""
_HASH = re.compile(r"[0-9a-f]{64}")
_PROGRESS = re.compile(r"progress (\d{1,9}) (\d{1,9})")


class Settings(BaseModel):
    """[plugin.ecg] in bedside.toml."""

    model_config = ConfigDict(extra="forbid")

    program: list[str] = Field(default=[sys.executable, bedside_ecg_qtc.__file__], min_length=1)


class Output(BaseModel):
    """The last line of the program: QTc in ms."""

    beats: int = Field(ge=1)
    median: int = Field(ge=100, le=1200)
    longest: int = Field(ge=100, le=1200)

    def sentence(self) -> str:
        return f"QTc by Fridericia: median {self.median} ms, longest {self.longest} ms, of {self.beats} beats."


bedside_plugin = PluginSpec(api="1", settings=Settings)


def run(request: TaskRequest, services: Services) -> TaskResult:
    settings = request.settings if isinstance(request.settings, Settings) else Settings()
    file = next((f for f in request.question.case.files if f.kind == KIND and f.path), None)
    if file is None or file.path is None:
        return TaskResult.none("the files of the case")

    def on_line(line: str) -> None:
        if found := _PROGRESS.fullmatch(line):
            request.report("beats", int(found[1]), int(found[2]))

    try:
        lines = run_program(
            [*settings.program, str(file.path)],
            seconds=max(request.deadline_s - ENDING_S, request.deadline_s / 2),
            cancelled=lambda: request.cancelled,
            on_line=on_line,
        )
        output = Output.model_validate_json(lines[-1] if lines else "")
    except ProgramError as error:
        return TaskResult.failed(f"the program {Path(settings.program[0]).name} {error}")
    except ValueError:
        return TaskResult.failed(f"the program {Path(settings.program[0]).name} printed no result that can be read")
    program, content = program_hash(settings.program), file_hash(file.path)
    write_whole(receipt_of(services, program, content), output.model_dump_json())
    where = CustomLocator(kind=RESULT, file=file.name, where={"program": program, "sha256": content})
    result = Evidence.of(kind="measurement", quote=output.sentence(), source="case", locator=where)
    columns = (Column(title="QTc"), Column(title="value", unit="ms"))
    cells = (("median", output.median), ("longest", output.longest))
    rows = tuple(Row(cells=pair, evidence=(result.id,)) for pair in cells)
    table = Table(title=f"QTc, {file.name}", columns=columns, rows=rows)
    return TaskResult.found([result], blocks=[table], searched=[file.name])


def resolve(locators: Sequence[CustomLocator], context: ResolveContext) -> list[Resolved | Unresolved]:
    """A quote stands where this very file was measured, and its receipt names the program that measured it."""
    files = {f.name: f.path for f in context.question.case.files if f.kind == KIND and f.path}
    out: list[Resolved | Unresolved] = []
    for where in locators:
        path = files.get(where.file)
        if path is None or file_hash(path) != where.where.get("sha256"):
            out.append(Unresolved("the file is another one than was measured"))
            continue
        program = str(where.where.get("program"))
        if not _HASH.fullmatch(program):
            out.append(Unresolved("it names no program"))
            continue
        try:
            receipt = receipt_of(context.services, program, file_hash(path))
            output = Output.model_validate_json(receipt.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            out.append(Unresolved("there is no receipt of the run"))
            continue
        source = Source(id="case", title=f"the program's result for {where.file}", licence="patient data")
        out.append(Resolved(output.sentence(), source))
    return out


def receipt_of(services: Services, program: str, content: str) -> Path:
    return services.workspace("ecg") / f"{program[:32]}-{content[:32]}.json"


def program_hash(command: Sequence[str]) -> str:
    """Of the command and of the files it names: another version of the program is another program."""
    parts = [file_hash(Path(part)) if Path(part).is_file() else part for part in command]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def recognises(name: str, head: bytes) -> bool:
    return head.startswith(b"# ecg: intervals")


@hookimpl
def bedside_case_kinds() -> list[CaseKind | LocatorKind]:
    return [CaseKind(KIND, "QT intervals (CSV)", recognises, KIND), LocatorKind(RESULT, resolve)]


@hookimpl
def bedside_tasks() -> list[Task]:
    return [
        Task(
            name="ecg.qtc",
            description="Measures QTc of the beats in a file of the case by an external program",
            run=run,
            needs=((KIND,),),
            timeout_s=120.0,
        )
    ]
