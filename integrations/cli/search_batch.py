"""`bedside knowledge search --queries`: many searches in one process."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from bedside.core.config import Config
from bedside.core.toolkit.bulk import BulkResult, Row, check_bulk_target, worked
from bedside.core.toolkit.json_lines import BrokenLine, BrokenLines, Line, count, digest, halved, is_id, numbered, parsed

from .search_filters import check_sources

if TYPE_CHECKING:
    from bedside.core import Hit

    from ..app import App

_BATCH = 16
"""Questions embedded at a time: few enough that the embedder works as exactly as for a single one. Many at once may be
embedded in bfloat16, and then the hits of a question would depend on how many others are asked with it."""


def run_batch(config: Config, source: Path, target: Path, k: int, how: dict[str, Any], *, as_json: bool) -> int:
    """Search every line of `source` into `target`. 0 when all could be asked, 1 when a line was broken.

    A broken line is reported with its number and stands in the result with `error` and no hits.
    """
    total = count(source, option="--queries", holds="questions", form='{"id", "text"}')
    check_bulk_target("--out", target, [source], read_by="--queries")
    from ..app import open_app
    from .progress import LoadBars

    broken = BrokenLines(source)
    notes: set[str] = set()
    with open_app(config, warm=True) as app, LoadBars() as bars:
        check_sources(app, how["source_ids"])
        loaded = [(info.id, info.version, info.loaded_at) for info in app.services.sources.all()]
        about = {"queries": digest(source), "k": k, **how, "loaded": loaded}
        with BulkResult(target, about) as out:
            rows = worked(numbered(source), out, lambda lines: _found(app, lines, k, how), at_once=_BATCH)
            for done, ((number, _), row) in enumerate(rows, 1):
                notes.update(row.notes)
                if row.error:
                    broken.report(number, row.error)
                if done % _BATCH == 0 or done == total:
                    bars("search", "questions", done, total)
    for note in sorted(notes):
        click.echo(f"note: {note}", err=True)
    if as_json:
        click.echo(json.dumps({"out": str(target), "questions": total, "broken": broken, "notes": sorted(notes)}))
    else:
        said = f"; {len(broken)} broken lines" if broken else ""
        click.echo(f"{target}: {total - len(broken)} questions{said}", err=True)
    return 1 if broken else 0


def query(raw: bytes) -> tuple[str | int, str]:
    """(id, text) of one line. Raises `BrokenLine`."""
    data = parsed(raw, fields='"id" and "text"')
    id_, text = data.get("id"), data.get("text")
    if not is_id(id_):
        raise BrokenLine('has no "id" that is a string or a number')
    if not isinstance(text, str) or not text.strip():
        raise BrokenLine('has no "text"', id_)
    if halved(text):
        raise BrokenLine("contains half a character (a lone surrogate)", id_)
    return id_, text


def _found(app: App, lines: Sequence[Line], k: int, how: dict[str, Any]) -> Iterator[Row]:
    asked: list[tuple[str | int, str] | BrokenLine] = []
    for _, raw in lines:
        try:
            asked.append(query(raw))
        except BrokenLine as error:
            asked.append(error)
    texts = [one[1] for one in asked if not isinstance(one, BrokenLine)]
    answered = app.services.search.find_many(texts, k, per_document=True, **how)
    for (number, _), one in zip(lines, asked, strict=True):
        if isinstance(one, BrokenLine):
            why = str(one)
            yield Row((json.dumps({"id": one.id, "line": number, "hits": [], "error": why}),), why)
            continue
        found = next(answered)
        hits = [_hit(hit) for hit in found.hits]
        yield Row((json.dumps({"id": one[0], "hits": hits}),), notes=tuple(found.notes))


def _hit(hit: Hit) -> dict[str, Any]:
    passage = hit.passage
    return {"doc_id": str(passage.fields.get("document") or passage.doc_id or passage.id), "score": round(hit.score, 6)}
