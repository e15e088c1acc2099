"""Many questions in one process. A broken line costs that line: its number is told, the rest is answered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from bedside.core import Question
from bedside.core.config import Config
from bedside.core.errors import BedsideError, OutputError, UsageError

Line = tuple[int, Question | None, str]
"""(line number, question, why there is none)"""


def run_batch(config: Config, source: Path, target: Path, *, as_json: bool) -> int:
    """Answer every line of `source` into `target` as they come. 0 when all were answered, 1 when a line was broken."""
    total = _count_lines(source)
    if target.exists() and source.resolve() == target.resolve():
        raise UsageError("--batch and --out name the same file", hint="write the answers elsewhere")
    from ..app import ensure_starter, open_app
    from .progress import LoadBars

    broken: list[dict[str, Any]] = []
    counts = {"answered": 0, "partial": 0, "abstained": 0}
    try:
        out = target.open("wb", buffering=0)  # each answer is on the disk before the next question
    except OSError as error:
        raise OutputError(f"{target} can't be written: {error.strerror}", hint="name another file with --out") from error
    with out, LoadBars() as bars:
        ensure_starter(config, bars)
        with open_app(config, warm=True) as app:
            for number, question, why in _lines(source):
                if question:
                    try:
                        answer = app.engine.ask(question)
                        text = answer.model_dump_json()
                    except BedsideError as error:
                        why = str(error)
                    except Exception as error:  # unforeseen: costs this line only; its text may quote the case
                        why = f"unforeseen {type(error).__name__}; this is a fault of Bedside"
                    else:
                        _write(out, target, text)
                        counts[answer.status] += 1
                if why:
                    broken.append({"line": number, "error": why})
                    click.echo(f"error: {source}, line {number}: {why}", err=True)
                bars("batch", "questions", number, total)
    if as_json:
        click.echo(json.dumps({"out": str(target), **counts, "broken": broken}, ensure_ascii=False))
    else:
        said = ", ".join(f"{n} {status}" for status, n in counts.items())
        click.echo(f"{target}: {said}" + (f"; {len(broken)} broken lines" if broken else ""), err=True)
    return 1 if broken else 0


def _write(out: Any, target: Path, text: str) -> None:
    try:
        out.write(text.encode() + b"\n")
    except OSError as error:
        raise OutputError(
            f"{target} can't be written any further: {error.strerror}", hint="the answers so far are in it"
        ) from error


def _count_lines(source: Path) -> int:
    try:
        if source.is_dir():
            raise UsageError(f"{source} is a folder", hint="name a JSON Lines file with --batch")
        with source.open("rb") as file:
            total = sum(1 for _ in file)
    except FileNotFoundError:
        raise UsageError(f"{source} does not exist", hint="check the path given to --batch") from None
    except OSError as error:
        raise UsageError(f"{source} can't be read: {error.strerror}") from error
    if not total:
        raise UsageError(f"{source} is empty", hint='one {"id", "text"} a line')
    return total


def _lines(source: Path) -> Iterator[Line]:
    with source.open("rb") as file:
        for number, raw in enumerate(file, 1):
            if raw.strip():
                yield (number, *_parse(raw))


def _parse(raw: bytes) -> tuple[Question | None, str]:
    try:
        data = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return None, "is not UTF-8"
    except (ValueError, RecursionError):
        return None, "is not valid JSON"
    if not isinstance(data, dict):
        return None, 'is not an object with "id" and "text"'
    text, id_ = data.get("text"), data.get("id")
    if not isinstance(text, str):
        return None, 'has no "text" that is a string'
    if id_ is not None and (isinstance(id_, bool) or not isinstance(id_, (str, int))):
        return None, 'has an "id" that is neither a string nor a number'
    return Question(text=text, id=None if id_ is None else str(id_)), ""
