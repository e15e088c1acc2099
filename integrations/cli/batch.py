"""`bedside ask --batch`: many questions in one process. A broken line costs that line only: its number is reported."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from bedside.core import Question
from bedside.core.config import Config
from bedside.core.errors import BedsideError
from bedside.core.toolkit.bulk import BulkResult, Row, check_bulk_target, worked
from bedside.core.toolkit.json_lines import BrokenLine, BrokenLines, Line, count, digest, is_id, numbered, parsed
from bedside.core.toolkit.printable import escaped

if TYPE_CHECKING:
    from ..app import App

_STATUSES = ("answered", "partial", "abstained")


def run_batch(config: Config, source: Path, target: Path, *, as_json: bool) -> int:
    """Answer every line of `source` into `target`. 0 when all were answered, 1 when a line was broken."""
    total = count(source, option="--batch", holds="questions", form='{"id", "text"}')
    check_bulk_target("--out", target, [source], read_by="--batch", stream=True)
    from ..app import ensure_starter, open_app
    from .progress import LoadBars

    broken = BrokenLines(source)
    counts: Counter[str] = Counter()
    with LoadBars() as bars:
        ensure_starter(config, bars)
        with open_app(config, warm=True) as app, BulkResult(target, _about(source, config, app)) as out:
            rows = worked(numbered(source), out, lambda lines: _answers(app, lines))
            for done, ((number, _), row) in enumerate(rows, 1):
                counts.update(row.counts)
                if row.error:
                    broken.report(number, row.error)
                bars("batch", "questions", done, total)
    shown = {status: counts[status] for status in _STATUSES}
    if as_json:
        click.echo(json.dumps({"out": str(target), **shown, "broken": broken}, ensure_ascii=False))
    else:
        said = ", ".join(f"{n} {status}" for status, n in shown.items())
        click.echo(f"{target}: {said}" + (f"; {len(broken)} broken lines" if broken else ""), err=True)
    return 1 if broken else 0


def _about(source: Path, config: Config, app: App) -> dict[str, object]:
    """Everything that the answers depend on."""
    settings = config.public()
    return {
        "questions": digest(source),
        "settings": {name: settings[name] for name in ("engine", "llm", "plugins")},
        "plugins": [info.model_dump(mode="json") for info in app.host.plugins],
        "loaded": [(info.id, info.version, info.loaded_at) for info in app.services.sources.all()],
    }


def _answers(app: App, lines: Sequence[Line]) -> Iterator[Row]:
    for _, raw in lines:
        try:
            answer = app.engine.ask(_question(raw))
            yield Row((escaped(answer.model_dump_json()),), counts={answer.status: 1})
        except (BrokenLine, BedsideError) as error:
            yield Row(error=str(error))
        except Exception as error:  # unforeseen: costs this line only; its text may quote the case
            yield Row(error=f"unexpected {type(error).__name__}; this is a bug in Bedside")


def _question(raw: bytes) -> Question:
    """Raises `BrokenLine`."""
    data = parsed(raw, fields='"id" and "text"')
    text, id_ = data.get("text"), data.get("id")
    if not isinstance(text, str):
        raise BrokenLine('has no "text" that is a string')
    if id_ is not None and not is_id(id_):
        raise BrokenLine('has an "id" that is neither a string nor a number')
    return Question(text=text, id=None if id_ is None else str(id_))
