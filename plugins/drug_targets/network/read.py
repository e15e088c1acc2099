"""From the tables to nodes and edges."""

from __future__ import annotations

import csv
import gzip
import io
import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from bedside.core.errors import SourceError

from .structure import DISEASE, Column, Edges, Network, Nodes
from .tables import CLOSED, NODES, SOURCE, STRUCTURES, TABLES, Table

_KINDS = {"Compound": "drug", "Gene": "gene", "Disease": "disease"}
"""Kinds of nodes as `node_names.tsv` writes them."""
Row = Mapping[str, str]


class _Numbering:
    """Ids of one kind as they are met; `closed`: no more than those it began with."""

    def __init__(self, kind: str, closed: bool) -> None:
        self.kind, self.closed = kind, closed
        self.rows: dict[str, int] = {}
        self.names: list[str] = []

    def add(self, id_: str, name: str = "") -> None:
        if self.rows.setdefault(id_, len(self.rows)) == len(self.names):
            self.names.append(name)
        elif name and not self.names[self.rows[id_]]:
            self.names[self.rows[id_]] = name

    def of(self, id_: str, name: str) -> int | None:
        if not self.closed:
            self.add(id_, name)
        return self.rows.get(id_)

    def nodes(self) -> Nodes:
        return Nodes(self.kind, tuple(self.rows), tuple(self.names))


def read_network(paths: Mapping[str, Path], key: str) -> Network:
    """The network of the files, by name. Raises `SourceError` for a file that can't be read or lacks a column."""
    numberings = _named_nodes(paths[NODES])
    edges = {table.name: _edges(table, paths[table.file], numberings) for table in TABLES}
    structures = {row["drugbank_id"]: row["smiles"] for row in _checked(paths[STRUCTURES], ("drugbank_id", "smiles"))}
    return Network(key, {kind: numbering.nodes() for kind, numbering in numberings.items()}, edges, structures)


def rows_of(path: Path) -> Iterator[Row]:
    """The rows of a table, plain or gzip. Raises `SourceError`."""
    try:
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode()
    except (OSError, EOFError, ValueError) as error:
        raise SourceError(f"{path} can't be read as a table: {error}", hint=f"bedside knowledge pull {SOURCE}") from error
    return csv.DictReader(io.StringIO(text, newline=""), delimiter="\t", quoting=csv.QUOTE_NONE)


def _named_nodes(path: Path) -> dict[str, _Numbering]:
    kinds = {*_KINDS.values(), *(kind for table in TABLES for kind in (table.source, table.target))}
    numberings = {kind: _Numbering(kind, kind in CLOSED) for kind in sorted(kinds)}
    for row in _checked(path, ("id", "name", "kind")):
        if kind := _KINDS.get(row["kind"]):
            numberings[kind].add(row["id"].partition("::")[2], row["name"])
    if not all(numberings[kind].rows for kind in (*CLOSED, DISEASE)):
        raise SourceError(f"{path} names no drugs, genes or diseases", hint=f"bedside knowledge pull {SOURCE}")
    return numberings


def _checked(path: Path, columns: tuple[str, ...]) -> Iterator[Row]:
    rows = rows_of(path)
    first = next(rows, {})
    if missing := [column for column in columns if column not in first]:
        raise SourceError(f"{path} has no rows, or no column {', '.join(missing)}", hint=f"bedside knowledge pull {SOURCE}")
    yield first
    yield from rows


def _edges(table: Table, path: Path, numberings: Mapping[str, _Numbering]) -> Edges:
    import numpy as np

    sources, targets = numberings[table.source], numberings[table.target]
    named = (table.licence_column, table.source_name, table.target_name)
    wanted = (table.source_column, table.target_column, *table.numbers, *table.texts, *filter(None, named))
    ends: list[tuple[int, int]] = []
    numbers: dict[str, list[float]] = {name: [] for name in table.numbers}
    texts: dict[str, list[str]] = {name: [] for name in ("licence", *table.texts)}
    for row in _checked(path, wanted):
        source = sources.of(row[table.source_column], row.get(table.source_name) or "")
        for id_ in (row[table.target_column] or "").split("|"):
            target = targets.of(id_, row.get(table.target_name) or "") if id_ else None
            if source is None or target is None:
                continue
            ends.append((source, target))
            for name, values in numbers.items():
                values.append(_number(row[name]))
            for name in table.texts:
                texts[name].append(row[name] or "")
            texts["licence"].append((row[table.licence_column] or "") if table.licence_column else table.licence)
    pairs = np.array(ends, dtype=np.int32).reshape(-1, 2)
    columns = {name: _column(values) for name, values in texts.items()}
    return Edges(
        table.name,
        table.source,
        table.target,
        np.ascontiguousarray(pairs[:, 0]),
        np.ascontiguousarray(pairs[:, 1]),
        columns.pop("licence"),
        {name: np.array(values, dtype=np.float32) for name, values in numbers.items()},
        columns,
    )


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return math.nan


def _column(values: list[str]) -> Column:
    import numpy as np

    codes: dict[str, int] = {}
    array = np.array([codes.setdefault(value, len(codes)) for value in values], dtype=np.int32)
    return Column(array, tuple(codes))
