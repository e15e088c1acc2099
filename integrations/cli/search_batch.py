"""Many searches in one process. A run that was cut off goes on where it ended; the result appears whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import click
from bedside.core.config import Config
from bedside.core.errors import OutputError, UsageError

from .search import check_sources

_BATCH = 16
"""Questions embedded at a time: few enough that the embedder works as exactly as for a single one. Many at once may be
embedded in bfloat16, and then the hits of a question would depend on how many others are asked with it."""

Query = tuple[int, str | int | None, str, str]
"""(line number, id, text, why it can't be asked)"""


def run_batch(config: Config, source: Path, target: Path, k: int, how: dict[str, Any], *, as_json: bool) -> int:
    """Search every line of `source` into `target`. 0 when all could be asked, 1 when a line was broken.

    A broken line is told with its number and stands in the result with `error` and no hits.
    """
    if target.exists() and source.exists() and source.samefile(target):
        raise UsageError("--queries and --out name the same file", hint="write the hits elsewhere")
    if target.is_symlink() or (target.exists() and not target.is_file()):
        # The result takes the place of what is there; a device, or a link to one, must not be replaced.
        raise UsageError(f"--out {target} is no regular file", hint="name a file: --out OUT.jsonl")
    total = sum(1 for _ in queries(source))
    if not total:
        raise UsageError(f"{source} holds no questions", hint='one {"id", "text"} a line')
    from ..app import open_app
    from .progress import LoadBars

    broken: list[dict[str, Any]] = []
    with open_app(config, warm=True) as app, LoadBars() as bars:
        check_sources(app, how["source_ids"])
        loaded = [(info.id, info.version, info.loaded_at) for info in app.services.sources.all()]
        part = Part(target, json.dumps({"queries": _digest(source), "k": k, **how, "loaded": loaded}))
        notes: set[str] = set()
        with part:
            rest = queries(source)
            for line in islice(rest, part.done):  # asked by the run that was cut off
                _tell(source, line, broken)
            done = part.done
            while batch := list(islice(rest, _BATCH)):
                texts = [text for _, _, text, why in batch if not why]
                answered = app.services.search.find_many(texts, k, per_document=True, **how)
                for line in batch:
                    number, id_, _, why = line
                    if _tell(source, line, broken):
                        part.write({"id": id_, "line": number, "hits": [], "error": why})
                        continue
                    found = next(answered)
                    notes.update(found.notes)
                    part.write({"id": id_, "hits": [_hit(hit) for hit in found.hits]})
                part.flush()
                done += len(batch)
                bars("search", "questions", done, total)
        part.finish()
    for note in sorted(notes):
        click.echo(f"note: {note}", err=True)
    if as_json:
        click.echo(json.dumps({"out": str(target), "questions": total, "broken": broken, "notes": sorted(notes)}))
    else:
        said = f"; {len(broken)} broken lines" if broken else ""
        click.echo(f"{target}: {total - len(broken)} questions{said}", err=True)
    return 1 if broken else 0


class Part:
    """The result as far as it is, in `OUT.part` beside it. Its first line says what was asked of what."""

    def __init__(self, target: Path, header: str) -> None:
        self._target = target
        self._path = target.with_name(f"{target.name}.part")
        self._header = header.encode() + b"\n"
        self._file: Any = None
        self.done = 0
        """Answers that an earlier run with the same header left."""

    def __enter__(self) -> Part:
        try:
            whole = self._whole_lines()
            if whole is None:
                self._file = self._path.open("wb")
                self._file.write(self._header)
            else:
                self._file = self._path.open("r+b")
                self._file.truncate(whole)
                self._file.seek(whole)
        except OSError as error:
            raise self._unwritable(error) from error
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, answer: dict[str, Any]) -> None:
        try:
            self._file.write(json.dumps(answer).encode() + b"\n")
        except OSError as error:
            raise self._unwritable(error) from error

    def flush(self) -> None:
        try:
            self._file.flush()
        except OSError as error:
            raise self._unwritable(error) from error

    def finish(self) -> None:
        """Put the answers in the place of `target`, in one step."""
        whole = self._target.with_name(f"{self._target.name}.whole")
        try:
            with self._path.open("rb") as part, whole.open("wb") as out:
                part.readline()
                while block := part.read(1 << 20):
                    out.write(block)
                out.flush()
                os.fsync(out.fileno())
            whole.replace(self._target)
            self._path.unlink()
        except OSError as error:
            raise self._unwritable(error) from error

    def _whole_lines(self) -> int | None:
        """Bytes of an earlier run's part up to its last whole line, counting its answers; None when there is none to use."""
        if not self._path.is_file():
            return None
        with self._path.open("rb") as part:
            if part.readline() != self._header:
                return None
            end = part.tell()
            for line in part:
                if not line.endswith(b"\n"):
                    break
                end += len(line)
                self.done += 1
        return end

    def _unwritable(self, error: OSError) -> OutputError:
        return OutputError(
            f"{self._target} can't be written: {error.strerror}", hint="name another file with --out, or free some space"
        )


def queries(source: Path) -> Iterator[Query]:
    """Each line of `source` that is not blank. Raises `UsageError` when the file can't be read."""
    try:
        with source.open("rb") as file:
            for number, raw in enumerate(file, 1):
                if raw.strip():
                    yield (number, *_parse(raw))
    except OSError as error:
        raise UsageError(f"{source} can't be read: {error.strerror}", hint="check the path given to --queries") from error


def _parse(raw: bytes) -> tuple[str | int | None, str, str]:
    try:
        data = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return None, "", "is not UTF-8"
    except (ValueError, RecursionError):
        return None, "", "is not valid JSON"
    if not isinstance(data, dict):
        return None, "", 'is not an object with "id" and "text"'
    id_, text = data.get("id"), data.get("text")
    if isinstance(id_, bool) or not isinstance(id_, str | int):
        return None, "", 'has no "id" that is a string or a number'
    if not isinstance(text, str) or not text.strip():
        return id_, "", 'has no "text"'
    if any("\ud800" <= char <= "\udfff" for char in text):
        return id_, "", "holds half a character (a lone surrogate)"
    return id_, text, ""


def _tell(source: Path, line: Query, broken: list[dict[str, Any]]) -> bool:
    number, _, _, why = line
    if why:
        broken.append({"line": number, "error": why})
        click.echo(f"error: {source}, line {number}: {why}", err=True)
    return bool(why)


def _hit(hit: Any) -> dict[str, Any]:
    passage = hit.passage
    return {"doc_id": str(passage.fields.get("document") or passage.doc_id or passage.id), "score": round(hit.score, 6)}


def _digest(source: Path) -> str:
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
