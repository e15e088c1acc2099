"""`bedside genomics rank --cases`: a line for each case, in their order. A broken line costs that line only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from bedside.core.errors import OutputError, UsageError
from bedside.core.toolkit.references import any_pmid

from ..rare_disease.scoring.ranker import SHOWN, Patient

if TYPE_CHECKING:
    from bedside.core import CommandContext

    from ..rare_disease.scoring.results import DiseaseRanking

_TOLD = 25
"""Cases between two looks at the progress bar."""
_FIELDS = ("observed", "excluded", "pmids")


class _Broken(Exception):
    """Why a line is no case; `case_id` as far as it could be read."""

    def __init__(self, why: str, case_id: str | int | None = None) -> None:
        super().__init__(why)
        self.case_id = case_id


def run_bulk(
    context: CommandContext, source: Path, target: Path, *, home: str | None, leave_out: bool, as_json: bool
) -> int:
    """0 when every line could be ranked, else 1. Each line of the result is written whole, as soon as it is known."""
    total = _count(source)
    if target.exists() and source.samefile(target):
        raise UsageError("--cases and --out name the same file", hint="write the ranking elsewhere")
    broken: list[dict[str, Any]] = []
    counts = {"cases": 0, "ranked": 0, "unread_ids": 0}
    with ExitStack() as open_, context.services(home) as services, context.progress() as progress:
        from ..rare_disease.scoring.ranker import Ranker

        ranker = Ranker.open(services, lambda stage, done, total: progress("diseases", stage, done, total))
        write = open_.enter_context(_opened(target))  # only now: what is there is lost
        for number, raw in _lines(source):
            counts["cases"] += 1
            try:
                patient = _patient(raw, leave_out)
            except _Broken as error:
                broken.append({"line": number, "error": str(error)})
                click.echo(f"error: {source}, line {number}: {error}", err=True)
                write({"case_id": error.case_id, "ranking": [], "error": str(error)})
                continue
            ranking = ranker.rank(patient[1], top=SHOWN)
            counts["ranked"] += bool(ranking.diseases)
            counts["unread_ids"] += len(ranking.unread)
            write(_row(patient[0], ranking))
            if number % _TOLD == 0 or number == total:
                progress("rank", "cases", number, total)
    _report(context, target, counts, broken, as_json)
    return 1 if broken else 0


def _row(case_id: str | int, ranking: DiseaseRanking) -> dict[str, Any]:
    row: dict[str, Any] = {
        "case_id": case_id,
        "ranking": [
            {"disease_id": d.disease_id, "name": d.name, "posterior": float(f"{d.posterior:.6g}")} for d in ranking.diseases
        ],
    }
    if ranking.unread:
        row["unread"] = list(ranking.unread)
    if ranking.notes:
        row["note"] = "; ".join(ranking.notes)
    return row


def _patient(raw: bytes, leave_out: bool) -> tuple[str | int, Patient]:
    """The case's id and what is ranked. Raises `_Broken`."""
    try:
        data = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise _Broken("is not UTF-8") from None
    except (ValueError, RecursionError):
        raise _Broken("is not valid JSON") from None
    if not isinstance(data, dict):
        raise _Broken('is not an object with "case_id" and "observed"')
    case_id = data.get("case_id")
    if isinstance(case_id, bool) or not isinstance(case_id, str | int) or _halved(case_id):
        raise _Broken('has no "case_id" that is a string or a number')
    if "observed" not in data:
        raise _Broken('has no "observed"', case_id)
    given: dict[str, list[str]] = {}
    for name in _FIELDS:
        values = data.get(name) or []
        if not isinstance(values, list) or not all(isinstance(v, str) and not _halved(v) for v in values):
            raise _Broken(f'has an "{name}" that is not a list of strings', case_id)
        given[name] = [v.strip() for v in values]
    without = [_pmid(text, case_id) for text in given["pmids"]] if leave_out else []
    return case_id, Patient(given["observed"], given["excluded"], str(case_id), without=without)


def _pmid(text: str, case_id: str | int) -> str:
    """`PMID:123` of what names a publication in PubMed. Raises `_Broken`: a paper that is not left out makes the judgement
    too good, and nobody would see it."""
    found = any_pmid(text)
    if not found:
        raise _Broken('has an entry in "pmids" that is no PubMed id', case_id)
    return found


def _halved(text: object) -> bool:
    """Half a character (a lone surrogate) can't be written again."""
    return isinstance(text, str) and any("\ud800" <= char <= "\udfff" for char in text)


def _count(source: Path) -> int:
    """Lines in all; a file without any case is refused before anything slow is done."""
    try:
        with source.open("rb") as file:
            total, cases = 0, 0
            for raw in file:
                total += 1
                cases += bool(raw.strip())
    except FileNotFoundError:
        raise UsageError(f"{source} does not exist", hint="check the path given to --cases") from None
    except OSError as error:
        raise UsageError(f"{source} can't be read: {error.strerror}", hint="check the path given to --cases") from error
    if not cases:
        raise UsageError(f"{source} holds no cases", hint='one {"case_id", "observed", "excluded"} a line')
    return total


def _lines(source: Path) -> Iterator[tuple[int, bytes]]:
    with source.open("rb") as file:
        yield from ((number, raw) for number, raw in enumerate(file, 1) if raw.strip())


@contextmanager
def _opened(target: Path) -> Iterator[Any]:
    """A function that writes one line, whole and at once."""
    try:
        out = target.open("wb", buffering=0)
    except OSError as error:
        raise OutputError(f"{target} can't be written: {error.strerror}", hint="name another file with --out") from error

    def write(row: dict[str, Any]) -> None:
        line = json.dumps(row, ensure_ascii=False).encode() + b"\n"
        try:
            while line:  # a disk that is nearly full takes a part of it
                line = line[out.write(line) :]
        except OSError as error:
            hint = "the cases so far are in it"
            raise OutputError(f"{target} can't be written any further: {error.strerror}", hint=hint) from error

    with out:
        yield write


def _report(
    context: CommandContext, target: Path, counts: dict[str, int], broken: list[dict[str, Any]], as_json: bool
) -> None:
    if as_json:
        context.json({"out": str(target), **counts, "broken": broken})
        return
    said = f"{target}: {counts['ranked']} of {counts['cases']} cases ranked"
    if counts["unread_ids"]:
        said += f"; {counts['unread_ids']} ids are no findings that are loaded (`unread`)"
    click.echo(said + (f"; {len(broken)} broken lines" if broken else ""), err=True)
