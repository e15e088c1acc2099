"""`bedside genomics pgx --batch`: a line for each file and sample. A broken file costs its line only."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from bedside.core.errors import BedsideError, CaseError, UsageError
from bedside.core.toolkit.bulk import BulkResult, Row, check_bulk_target, json_line, worked

if TYPE_CHECKING:
    from bedside.core import CommandContext, Services

    from ..pgx.pipeline import Assessor

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
    check_bulk_target("--out", target, files)
    broken: list[dict[str, str]] = []
    samples = 0
    with context.services(home) as services, context.progress() as progress:
        from ..pgx.pipeline import Assessor

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
        assessed = _Assessed(assessor, services, missing_is_reference, recommend)
        with BulkResult(target, about) as out:
            for done, (path, row) in enumerate(worked(files, out, assessed), 1):
                samples += row.counts.get("samples", 0)
                if row.error:
                    broken.append({"file": path.name, "error": row.error})
                progress("batch", "files", done, len(files))
    for one in broken:
        click.echo(f"error: {one['file']}: {one['error']}", err=True)
    if as_json:
        click.echo(json.dumps({"out": str(target), "files": len(files), "samples": samples, "broken": broken}))
    else:
        said = f"; {len(broken)} files could not be read" if broken else ""
        click.echo(f"{target}: {samples} samples of {len(files)} files{said}", err=True)
    return 1 if broken else 0


class _Assessed:
    """The row of each file: a line for each sample, or one that says why the file could not be read."""

    def __init__(self, assessor: Assessor, services: Services, missing_is_reference: bool, recommend: bool) -> None:
        self._assessor = assessor
        self._services = services
        self._missing_is_reference = missing_is_reference
        self._recommend = recommend

    def __call__(self, paths: Sequence[Path]) -> Iterator[Row]:
        for path in paths:
            try:
                lines = tuple(self._lines(path))
            except BedsideError as error:
                yield _failed(path, str(error), error.hint)
            except Exception as error:  # unforeseen: costs this file only; its text may quote the patient
                yield _failed(path, f"unforeseen {type(error).__name__}; this is a fault of Bedside", "")
            else:
                yield Row(lines, counts={"samples": len(lines)})

    def _lines(self, path: Path) -> Iterator[str]:
        from ..pgx.report.document import document
        from ..plain import plain

        if not path.is_file():  # a pipe would wait for ever
            raise CaseError(f"{path.name} is no regular file, or a link to nothing", hint="check the file")
        as_reference = self._missing_is_reference
        for calls in self._assessor.calls(path, missing_is_reference=as_reference):
            assessment = self._assessor.assess(calls, missing_is_reference=as_reference, recommendations=self._recommend)
            yield json_line(plain(document(assessment, self._assessor, self._services)))


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


def _failed(path: Path, error: str, hint: str) -> Row:
    line: dict[str, Any] = {"file": path.name, "sample": None, "genes": [], "recommendations": []}
    return Row((json_line({**line, "error": error, "hint": hint}),), error)
