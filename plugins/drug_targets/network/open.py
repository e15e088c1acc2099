"""The network of what is pulled (or lies in the mirror), made once for each release and then mapped from the workspace."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bedside.core.errors import SourceError
from bedside.core.toolkit.atomic_files import aside_of

from .read import read_network
from .structure import Column, Edges, Network, Nodes
from .tables import FILES, SOURCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bedside.core import Services

_LAYOUT = 2
"""Raised when what is kept changes."""
_INDEX = "network.json"


def open_network(services: Services, *, commercial: bool = False) -> Network:
    """The network of the source `drug-network`.

    commercial: leave out the edges whose licence forbids commercial use. Raises `SourceError` when the files are not there.
    """
    paths = services.files(SOURCE).paths
    if missing := [name for name in FILES if name not in paths]:
        raise SourceError(
            f"of {SOURCE} these tables are not there: {', '.join(missing[:3])}"
            + (f" and {len(missing) - 3} more" if len(missing) > 3 else ""),
            hint="they are taken from a mirror: set BEDSIDE_MIRROR to its folder",
        )
    key = content_key(paths)
    folder = services.workspace("drug_targets") / f"network-{key[:16]}"
    network = _kept(folder, key)
    if network is None:
        network = read_network(paths, key)
        _keep(network, folder)
    return replace(network, commercial=commercial)


def content_key(paths: Mapping[str, Path]) -> str:
    """A hash of the content of the tables."""
    whole = hashlib.sha256(f"layout {_LAYOUT}\n".encode())
    for name in sorted(FILES):
        try:
            with paths[name].open("rb") as file:
                whole.update(f"{name} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
        except OSError as error:
            raise SourceError(
                f"{paths[name]} can't be read: {error.strerror}", hint=f"bedside knowledge pull {SOURCE}"
            ) from error
    return whole.hexdigest()


def _keep(network: Network, folder: Path) -> None:
    """Written aside, then moved into place; whoever else was first has kept the same."""
    import numpy as np

    aside = aside_of(folder)
    aside.mkdir()
    index: dict[str, Any] = {"key": network.key, "nodes": {}, "edges": {}, "structures": dict(network.structures)}
    for kind, nodes in network.nodes.items():
        index["nodes"][kind] = {"ids": nodes.ids, "names": nodes.names}
    for name, edges in network.edges.items():
        columns = {"licence": edges.licence, **edges.texts}
        index["edges"][name] = {
            "source": edges.source,
            "target": edges.target,
            "numbers": list(edges.numbers),
            "texts": {text: column.categories for text, column in columns.items()},
        }
        arrays = {"rows": edges.rows, "columns": edges.columns}
        arrays |= {f"number.{number}": values for number, values in edges.numbers.items()}
        arrays |= {f"text.{text}": column.codes for text, column in columns.items()}
        for array, values in arrays.items():
            np.save(aside / f"{name}.{array}.npy", values)
    (aside / _INDEX).write_text(json.dumps(index), encoding="utf-8")
    try:
        aside.rename(folder)
    except OSError:
        shutil.rmtree(aside, ignore_errors=True)


def _kept(folder: Path, key: str) -> Network | None:
    """None when it was never kept, or not as a whole."""
    import numpy as np

    try:
        index = json.loads((folder / _INDEX).read_text(encoding="utf-8"))
        if index["key"] != key:
            return None
        edges = {}
        for name, of in index["edges"].items():

            def array(part: str, name: str = name) -> np.ndarray:
                return np.load(folder / f"{name}.{part}.npy", mmap_mode="r")

            texts = {text: Column(array(f"text.{text}"), tuple(values)) for text, values in of["texts"].items()}
            numbers = {number: array(f"number.{number}") for number in of["numbers"]}
            rows, columns, licence = array("rows"), array("columns"), texts.pop("licence")
            edges[name] = Edges(name, of["source"], of["target"], rows, columns, licence, numbers, texts)
        structures = dict(index["structures"])
        nodes = {kind: Nodes(kind, tuple(of["ids"]), tuple(of["names"])) for kind, of in index["nodes"].items()}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        shutil.rmtree(folder, ignore_errors=True)  # damaged: made anew
        return None
    return Network(key, nodes, edges, structures)
