"""A recording of one forced expiration (CSV): how it is recognised, read, and quoted region by region.

    # spirometry: forced expiration
    # bronchodilator: post
    time (s),volume (L)
    0.00,0.00
    …

Lines that begin with `#` are remarks `key: value`; of them only `bronchodilator` (`pre` or `post`) is used.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bedside.core import (
    CaseError,
    CaseFile,
    CaseKind,
    CustomLocator,
    LocatorKind,
    ResolveContext,
    Resolved,
    Source,
    Unresolved,
)
from bedside.core.types import Scalar

KIND, REGION = "spirometry:csv", "spirometry:region"
TIME, VOLUME = "time (s)", "volume (L)"
MAX_BYTES = 5_000_000
SLOPE_S = 0.08
"""The steepest part is found over 80 ms, as ATS and ERS lay down."""
_NUMBER = re.compile(r"-?\d{1,9}(?:\.\d{1,9})?", re.ASCII)
_MARK = re.compile(r"#\s*spirometry\b", re.IGNORECASE)
_REMARK = re.compile(r"#\s*(?P<key>\w+)\s*:\s*(?P<value>.*?)\s*")


@dataclass(frozen=True)
class Recording:
    """`lines` as they stand in the file; `rows` are the numbers (from 1) of those with data, `times` (s) and `volumes` (L)
    what stands in them; `remarks` are (line number, value) by key."""

    lines: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[int, ...]
    times: tuple[float, ...]
    volumes: tuple[float, ...]
    remarks: dict[str, tuple[int, str]]


def recognises(name: str, head: bytes) -> bool:
    """By its first bytes: the mark in its first line, or a line that heads a time and a volume."""
    text = head.decode("utf-8-sig", errors="replace")
    heading = next((line.lower() for line in text.splitlines() if line.strip() and not line.startswith("#")), "")
    cells = [cell.strip() for cell in heading.split(",")]
    return bool(_MARK.match(text)) or all(any(cell.startswith(word) for cell in cells) for word in ("time", "volume"))


def read(path: Path, name: str) -> Recording:
    """Raises `CaseError` that says what is wrong with the file, never what stands in it."""
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        text = raw.decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise CaseError(f"{name} can't be read as spirometry ({type(error).__name__})") from None
    if len(raw) > MAX_BYTES:
        raise CaseError(f"{name} is larger than {MAX_BYTES:,} bytes: no recording of one expiration")
    lines = text.splitlines()
    remarks = {m["key"].lower(): (n, m["value"]) for n, line in enumerate(lines, 1) if (m := _REMARK.fullmatch(line))}
    filled = [n for n, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]
    columns = tuple(cell.strip() for cell in lines[filled[0] - 1].split(",")) if filled else ()
    for wanted in (TIME, VOLUME):
        if columns.count(wanted) != 1:
            word = wanted.partition(" ")[0]
            unit = any(cell.lower().startswith(word) for cell in columns)
            what = f"its column {word!r} has another unit or none" if unit else f"it has no column {word!r}"
            raise CaseError(f"{name}: {what}", hint=f"name the columns {TIME!r} and {VOLUME!r}")
    if remarks.get("bronchodilator", (0, "pre"))[1] not in ("pre", "post"):
        raise CaseError(f"{name}: the remark 'bronchodilator' is neither pre nor post")
    times: list[float] = []
    volumes: list[float] = []
    for n in filled[1:]:
        cells = [cell.strip() for cell in lines[n - 1].split(",")]
        if len(cells) != len(columns):
            raise CaseError(f"{name}: line {n} has {len(cells)} cells, not {len(columns)}")
        for column, values in ((TIME, times), (VOLUME, volumes)):
            if not _NUMBER.fullmatch(cell := cells[columns.index(column)]):
                raise CaseError(f"{name}: line {n}: {column} is no plain number")
            values.append(float(cell))
        if len(times) > 1 and times[-1] <= times[-2]:
            raise CaseError(f"{name}: line {n}: the time does not go on")
    recording = Recording(tuple(lines), columns, tuple(filled[1:]), tuple(times), tuple(volumes), remarks)
    try:
        landmarks(recording)
    except ValueError as error:
        raise CaseError(f"{name}: {error}") from None
    return recording


def time_zero(time: float, volume: float, later: float, more: float, start: float) -> float:
    """Where the line through the steepest part meets the volume at the start: back-extrapolation."""
    return time - (volume - start) * (later - time) / (more - volume)


def landmarks(r: Recording) -> dict[str, int]:
    """The places (from 0, among the data rows) that decide FEV1 and FVC. Raises `ValueError` where it has none."""
    if len(r.times) < 3:
        raise ValueError("it has fewer than three rows of data")
    segments: list[tuple[float, int, int]] = []
    j = 0
    for i in range(len(r.times)):
        while j < len(r.times) and r.times[j] - r.times[i] < SLOPE_S - 1e-9:
            j += 1
        if j == len(r.times):
            break
        segments.append(((r.volumes[j] - r.volumes[i]) / (r.times[j] - r.times[i]), -i, j))
    steepest, negative, upper = max(segments, default=(0.0, 0, 0))
    if steepest <= 0:
        raise ValueError("its volume never rises: no expiration")
    lower = -negative
    second = 1 + time_zero(r.times[lower], r.volumes[lower], r.times[upper], r.volumes[upper], r.volumes[0])
    after = next((k for k, time in enumerate(r.times) if time >= second), 0)
    if after == 0:
        raise ValueError("it does not reach from the start of the expiration to 1 s behind it")
    highest = max(range(len(r.volumes)), key=lambda k: r.volumes[k])
    return {
        "start": 0,
        "steepest from": lower,
        "steepest to": upper,
        "before 1 s": after - 1,
        "after 1 s": after,
        "highest": highest,
    }


# --- regions ----------------------------------------------------------------------------------------------------------


def region(file: str, first: int, last: int, columns: str, *, every: int = 1, landmark: str = "") -> CustomLocator:
    """Lines `first` to `last`, every so many, of the named columns; `landmark` claims what the row is."""
    where: dict[str, Scalar] = {"first_row": first, "last_row": last, "columns": columns}
    if every > 1:
        where["every"] = every
    if landmark:
        where["landmark"] = landmark
    return CustomLocator(kind=REGION, file=file, where=where)


def quote(r: Recording, where: CustomLocator) -> str:
    """What stands in a region: the cells of a row joined by a comma, rows by a semicolon; of a remark its value. Raises
    `LookupError` where there is no such region, or the row is not the landmark it is said to be."""
    at = where.where
    first, last, every = at.get("first_row"), at.get("last_row"), at.get("every", 1)
    if not (isinstance(first, int) and isinstance(last, int) and isinstance(every, int) and every > 0):
        raise LookupError("its rows are no whole numbers")
    columns = str(at.get("columns", "")).split(",")
    remark = r.remarks.get(columns[0])
    if remark and columns == [columns[0]] and remark[0] == first == last:
        return remark[1]
    rows = [n for n in range(first, last + 1, every) if n in r.rows]
    if not rows or rows[0] != first or not set(columns) <= set(r.columns):
        raise LookupError("the file has no such rows or columns")
    if (landmark := at.get("landmark")) and rows != [r.rows[landmarks(r).get(str(landmark), -1)]]:
        raise LookupError(f"that row is not the one called {landmark}")
    cells = [[cell.strip() for cell in r.lines[n - 1].split(",")] for n in rows]
    return "; ".join(",".join(row[r.columns.index(column)] for column in columns) for row in cells)


def resolve(locators: Sequence[CustomLocator], context: ResolveContext) -> list[Resolved | Unresolved]:
    """The regions, read from the files again."""
    files: dict[str, Recording] = {}
    return [_resolve(where, context.question.case.files, files) for where in locators]


def _resolve(where: CustomLocator, given: Sequence[CaseFile], files: dict[str, Recording]) -> Resolved | Unresolved:
    named = [file for file in given if file.name == where.file and file.kind == KIND]
    if len(named) != 1 or named[0].path is None:
        return Unresolved(f"not exactly one recording of the case is at hand as {where.file}")
    try:
        if where.file not in files:
            files[where.file] = read(named[0].path, where.file)
        said = quote(files[where.file], where)
    except (CaseError, LookupError) as error:
        return Unresolved(f"{where.file} could not be read again: {error}")
    return Resolved(said, Source(id="case", title=where.file, licence="patient data"))


def check(path: Path) -> None:
    read(path, path.name)


REGISTERED = (CaseKind(KIND, "spirometry (CSV)", recognises, KIND, check), LocatorKind(REGION, resolve))
