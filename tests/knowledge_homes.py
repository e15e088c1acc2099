"""Data folders that many tests read, each made once a test session before the first test (see `conftest.py`).

`python tests/knowledge_homes.py KIND FOLDER` makes one: `starter_home` is the whole starter knowledge as a user loads it;
`small_home` the real CPIC and drug names with a cut of HPO (every phenotype's node and names, some 200 diseases, the
definitions of Marfan syndrome's findings), for tests of anything but what is in it; `cpic_home` only CPIC and drug names.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

KINDS = ("starter_home", "small_home", "cpic_home")
MARFAN = "OMIM:154700"
_EVERY = 60
"""One in so many diseases is kept besides Marfan syndrome."""


def build(kind: str, folder: Path) -> None:
    from bedside.core.config import load_config
    from bedside.integrations.app import catalogue, open_app

    known = catalogue()
    if kind == "starter_home":
        chosen = [source for source in known.values() if source.starter]
    else:
        chosen = [known["cpic"], known["drug-names"]]
        if kind == "small_home":
            chosen += _small(known)
    with open_app(load_config(folder, env={}), "write") as app:
        app.load(*chosen)


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
    build(sys.argv[1], Path(sys.argv[2]))
