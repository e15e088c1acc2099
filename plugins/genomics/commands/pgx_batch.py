"""`bedside genomics pgx --batch`: a line for each file and sample. A broken file costs its line only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from bedside.core.errors import BedsideError, CaseError, UsageError

from .part import Part, part_of
from .pgx_output import check_target

if TYPE_CHECKING:
    from bedside.core import CommandContext

SUFFIXES = (".vcf", ".vcf.gz", ".vcf.bgz", ".bcf")


def run_batch(
    context: CommandContext,
    source: Path,
    target: Path,
    *,
    home: str | None,
    missing_is_reference: bool,
    recommend: bool,
    as_json: bool,
) -> int:
    """0 when every file could be read, else 1. A run that was cut off goes on with the file that it was at."""
    files = variant_files(source)
    for written in (target, part_of(target)):
        check_target("--out", written, files)
    broken: list[dict[str, str]] = []
    samples = 0
    with context.services(home) as services, context.progress() as progress:
        from ..pgx.pipeline import Assessor
        from ..pgx.report.document import document

        assessor = Assessor(services)
        if recommend and assessor.problem:
            click.echo(f"note: there are no recommendations: {assessor.problem}", err=True)
        about = {
            "files": [(f.name, *_state(f)) for f in files],
            "pharmcat": assessor.files.version,
            "cpic": assessor.tables.info.model_dump(mode="json") if assessor.tables else None,
            "missing_is_reference": missing_is_reference,
            "recommend": recommend,
        }
        with Part(target, json.dumps(about)) as part:
            for lines in part.done:
                samples += sum("error" not in line for line in lines)
                broken += [{"file": line["file"], "error": line["error"]} for line in lines if "error" in line]
            for number, path in enumerate(files[len(part.done) :], len(part.done) + 1):
                lines = []
                try:
                    if not path.is_file():  # a pipe would wait for ever
                        raise CaseError(f"{path.name} is no regular file, or a link to nothing", hint="check the file")
                    for calls in assessor.calls(path, missing_is_reference=missing_is_reference):
                        assessment = assessor.assess(
                            calls, missing_is_reference=missing_is_reference, recommendations=recommend
                        )
                        lines.append(document(assessment, assessor, services))
                except BedsideError as error:
                    lines = [_failed(path, str(error), error.hint)]
                except Exception as error:  # unforeseen: costs this file only; its text may quote the patient
                    lines = [_failed(path, f"unforeseen {type(error).__name__}; this is a fault of Bedside", "")]
                part.write(lines)
                samples += sum("error" not in line for line in lines)
                broken += [{"file": line["file"], "error": line["error"]} for line in lines if "error" in line]
                progress("batch", "files", number, len(files))
            part.finish()
    for one in broken:
        click.echo(f"error: {one['file']}: {one['error']}", err=True)
    if as_json:
        click.echo(json.dumps({"out": str(target), "files": len(files), "samples": samples, "broken": broken}))
    else:
        said = f"; {len(broken)} files could not be read" if broken else ""
        click.echo(f"{target}: {samples} samples of {len(files)} files{said}", err=True)
    return 1 if broken else 0


def variant_files(source: Path) -> list[Path]:
    """The variant files of a folder, by name, or the one file. Raises `UsageError` when there is none."""
    if not source.exists():
        raise UsageError(f"{source} does not exist", hint="check the path given to --batch")
    if source.is_file():
        return [source]
    try:
        found = sorted(p for p in source.iterdir() if p.name.lower().endswith(SUFFIXES) and not p.is_dir())
    except OSError as error:
        raise UsageError(f"{source} can't be read: {error.strerror}") from error
    if not found:
        raise UsageError(f"{source} holds no variant file ({', '.join(SUFFIXES)})", hint="name the folder that has them")
    return found


def _state(path: Path) -> tuple[int, int]:
    """Size and time of change; zeros for a link to nothing."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_size, found.st_mtime_ns


def _failed(path: Path, error: str, hint: str) -> dict[str, Any]:
    return {"file": path.name, "sample": None, "genes": [], "recommendations": [], "error": error, "hint": hint}
