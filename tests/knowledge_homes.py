"""Data folders that many tests read, each made once a test session (see `conftest.py`).

`python tests/knowledge_homes.py FOLDER KIND…` makes them, each in `FOLDER/KIND`, and prints a line for each. All are made in
one process, which embeds no text twice. `starter_home` is the whole starter knowledge as a user loads it;
`small_home` the real CPIC and drug names with a cut of HPO (every phenotype's node and names, some 200 diseases, the
definitions of Marfan syndrome's findings), for tests of anything but what is in it; `cpic_home` only CPIC and drug names.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

KINDS = ("starter_home", "small_home", "cpic_home")
MACHINE = Path("derived", "machine.json")
MARFAN = "OMIM:154700"
_EVERY = 60
"""One in so many diseases is kept besides Marfan syndrome."""


def build(kind: str, folder: Path, models: Any) -> None:
    from bedside.core.config import load_config
    from bedside.integrations.app import catalogue, open_app

    known = catalogue()
    if kind == "starter_home":
        chosen = [source for source in known.values() if source.starter]
    else:
        chosen = [known["cpic"], known["drug-names"]]
        if kind == "small_home":
            chosen += _small(known)
    with open_app(load_config(folder, env={}), "write", models=models) as app:
        app.load(*chosen)
    if (measured := folder.parent / MACHINE).exists():  # as if its own models had measured the machine
        (folder / MACHINE).parent.mkdir(exist_ok=True)
        shutil.copy(measured, folder / MACHINE)


class _Remembering:
    """The models of all the homes: the embedder gives a text that it had before the same vector, without computing it."""

    def __init__(self, folder: Path) -> None:
        from bedside.core.config import load_config
        from bedside.integrations.app import shared_models

        self._models = shared_models(load_config(folder, env={}))
        self._known: dict[str, Any] = {}

    @property
    def embedder(self) -> Any:
        return self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._models.embedder, name)  # fingerprint, dimensions

    def embed(self, texts: Sequence[str]) -> Any:
        import numpy

        new = list(dict.fromkeys(text for text in texts if text not in self._known))
        self._known.update(zip(new, self._models.embedder.embed(new), strict=True))
        return numpy.stack([self._known[text] for text in texts]) if texts else self._models.embedder.embed(texts)

    def close(self) -> None:
        self._models.close()


def _small(known: dict[str, Any]) -> list[Any]:
    from bedside.core.types import GraphEdge, GraphNode, Passage, Term

    annotations = list(known["hpo-annotations"].records())
    diseases = [one.id for one in annotations if isinstance(one, GraphNode) and one.kind == "Disease"]
    kept = {MARFAN, *diseases[::_EVERY]}
    findings = {one.end for one in annotations if isinstance(one, GraphEdge) and one.start == MARFAN}

    def annotated() -> Iterator[Any]:
        for one in annotations:
            of = one.start if isinstance(one, GraphEdge) else one.id
            if of in kept or (isinstance(one, GraphNode) and one.kind != "Disease"):
                yield one

    def phenotypes() -> Iterator[Any]:
        for one in known["hpo"].records():
            if not isinstance(one, Passage) or one.doc_id in findings:
                yield one

    assert any(isinstance(one, Term) and one.id == MARFAN for one in annotations)
    return [_with(known["hpo"], phenotypes), _with(known["hpo-annotations"], annotated)]


def _with(source: Any, records: Callable[[], Iterator[Any]]) -> Any:
    return replace(source, records=records)


if __name__ == "__main__":
    models = _Remembering(Path(sys.argv[1]))
    for one in sys.argv[2:]:
        began = time.monotonic()
        build(one, Path(sys.argv[1], one), models)
        print(f"{one}: made in {time.monotonic() - began:.0f} s", flush=True)
    models.close()
