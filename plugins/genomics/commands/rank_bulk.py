"""`bedside genomics rank --cases`: a line for each case, in their order. A broken line costs that line only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from bedside.core.toolkit.bulk import BulkResult, Row, check_bulk_target, json_line, worked
from bedside.core.toolkit.json_lines import BrokenLine, BrokenLines, Line, count, digest, halved, is_id, numbered, parsed
from bedside.core.toolkit.references import any_pmid

from ..rare_disease.scoring.ranker import SHOWN, Patient

if TYPE_CHECKING:
    from bedside.core import CommandContext

    from ..rare_disease.scoring.ranker import Ranker
    from ..rare_disease.scoring.results import DiseaseRanking

_SHOW_EVERY = 25
"""Cases between two looks at the progress bar."""
_FIELDS = ("observed", "excluded", "pmids")
_COUNTS = ("cases", "ranked", "unread_ids")


def run_bulk(
    context: CommandContext, source: Path, target: Path, *, home: str | None, leave_out: bool, as_json: bool
) -> int:
    """0 when every line could be ranked, else 1."""
    total = count(source, option="--cases", holds="cases", form='{"case_id", "observed", "excluded"}')
    check_bulk_target("--out", target, [source], read_by="--cases", stream=True)
    broken = BrokenLines(source)
    counts: Counter[str] = Counter()
    with context.services(home) as services, context.progress() as progress:
        from ..rare_disease.model.load_annotations import knowledge
        from ..rare_disease.scoring.ranker import Ranker

        ranker = Ranker.open(services, lambda stage, done, total: progress("diseases", stage, done, total))
        about = {
            "cases": digest(source),
            "leave_out": leave_out,
            "loaded": knowledge(services),
            "parameters": asdict(ranker.scorer.p),
        }
        with BulkResult(target, about) as out:
            rows = worked(numbered(source), out, lambda lines: _ranked(ranker, lines, leave_out))
            for done, ((number, _), row) in enumerate(rows, 1):
                counts.update(row.counts)
                if row.error:
                    broken.report(number, row.error)
                if done % _SHOW_EVERY == 0 or done == total:
                    progress("rank", "cases", done, total)
    _report(context, target, {name: counts[name] for name in _COUNTS}, broken, as_json)
    return 1 if broken else 0


def _ranked(ranker: Ranker, lines: Sequence[Line], leave_out: bool) -> Iterator[Row]:
    for _, raw in lines:
        try:
            case_id, patient = _patient(raw, leave_out)
        except BrokenLine as error:
            line = json_line({"case_id": error.id, "ranking": [], "error": str(error)})
            yield Row((line,), str(error), {"cases": 1})
            continue
        ranking = ranker.rank(patient, top=SHOWN)
        counts = {"cases": 1, "ranked": int(bool(ranking.diseases)), "unread_ids": len(ranking.unread)}
        yield Row((json_line(_document(case_id, ranking)),), counts=counts)


def _document(case_id: str | int, ranking: DiseaseRanking) -> dict[str, Any]:
    document: dict[str, Any] = {
        "case_id": case_id,
        "ranking": [
            {"disease_id": d.disease_id, "name": d.name, "posterior": float(f"{d.posterior:.6g}")} for d in ranking.diseases
        ],
    }
    if ranking.unread:
        document["unread"] = list(ranking.unread)
    if ranking.notes:
        document["note"] = "; ".join(ranking.notes)
    return document


def _patient(raw: bytes, leave_out: bool) -> tuple[str | int, Patient]:
    """The case's id and what is ranked. Raises `BrokenLine`."""
    data = parsed(raw, fields='"case_id" and "observed"')
    case_id = data.get("case_id")
    if not is_id(case_id) or halved(case_id):
        raise BrokenLine('has no "case_id" that is a string or a number')
    if "observed" not in data:
        raise BrokenLine('has no "observed"', case_id)
    given: dict[str, list[str]] = {}
    for name in _FIELDS:
        values = data.get(name) or []
        if not isinstance(values, list) or not all(isinstance(v, str) and not halved(v) for v in values):
            raise BrokenLine(f'has an "{name}" that is not a list of strings', case_id)
        given[name] = [v.strip() for v in values]
    without = [_pmid(text, case_id) for text in given["pmids"]] if leave_out else []
    return case_id, Patient(given["observed"], given["excluded"], str(case_id), without=without)


def _pmid(text: str, case_id: str | int) -> str:
    """`PMID:123` of what names a publication in PubMed. Raises `BrokenLine`: a paper that is not left out makes the
    judgement too good, and nobody would see it."""
    found = any_pmid(text)
    if not found:
        raise BrokenLine('has an entry in "pmids" that is no PubMed id', case_id)
    return found


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
