"""Where the data files of the packages lie. The packages themselves are never imported: they are heavy, and some write to
the home folder."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from bedside.core.errors import SourceError


def data_file(package: str, distribution: str, name: str) -> Path:
    """The file `name` of an installed package; SourceError when either is not there."""
    spec = find_spec(package)
    root = Path(spec.origin).parent if spec and spec.origin else None
    path = root / name if root else None
    if path is None or not path.is_file():
        what = f"the file {name} of the package {distribution}" if root else f"the package {distribution}"
        raise SourceError(
            f"{what} is not installed", hint=f"uv pip install --reinstall {distribution}", supplier=distribution
        )
    return path


def version_of(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError as error:
        raise SourceError(
            f"the package {distribution} is not installed", hint=f"uv pip install {distribution}", supplier=distribution
        ) from error


def csv_rows(path: Path, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """The rows of a CSV file, every value as the text it is ('None' and 'N/A' are values); SourceError without `columns`."""
    with path.open(newline="", encoding="utf-8") as lines:
        reader = csv.DictReader(lines)
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            raise SourceError(f"{path.name} has no column {', '.join(missing)}", hint="reinstall the package it comes from")
        for row in reader:
            if any(row[column] is None for column in columns):
                raise SourceError(f"{path.name} line {reader.line_num}: too few values")
            yield row
