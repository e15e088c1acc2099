"""The model on disk: worked out once from the loaded knowledge, then read in a moment."""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bedside.core.toolkit.atomic_files import replacing

from ..scoring.score import DiseaseScorer
from .annotations import Annotations
from .finding_probabilities import Model, Sparse
from .load_annotations import Progress, knowledge
from .ontology import Ontology
from .parameters import Parameters

if TYPE_CHECKING:
    from bedside.core import Services

_LAYOUT = 3
"""Raised when the arrays, or how they are worked out, change."""
_SPARSE = ("frequency", "own", "silence", "kin", "named")
_OF_MODEL = ("background", "findings", "repeats")
_TEXTS = ("diseases", "disease_names", "references", "edge")
_GROUPS = ("genes", "inheritance", "onset")
_ARRAYS = ("at", "term", "have", "seen", "share", "negated", "reference_at", "reference")


def open_scorer(services: Services, progress: Progress, parameters: Parameters | None = None) -> DiseaseScorer:
    """The ranker's model of what is loaded; worked out (about half a minute) where it has not been yet.

    Raises `StoreError` when the ontology or the annotations are not loaded.
    """
    p = parameters or Parameters()
    path = services.workspace("genomics") / f"rank-{_key(services, p)}.npz"
    with contextlib.suppress(OSError, ValueError, KeyError):
        return DiseaseScorer(*_load(path), p)
    scorer = _work_out(services, p, progress)
    with contextlib.suppress(OSError):  # a full disk costs time at the next start, not this answer
        _save(path, scorer)
    return scorer


def _key(services: Services, p: Parameters) -> str:
    """Changes with every load of what the model rests on, and with its parameters."""
    text = json.dumps([_LAYOUT, knowledge(services), asdict(p)])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _work_out(services: Services, p: Parameters, progress: Progress) -> DiseaseScorer:
    from .disease_similarity import findings_in_names, relatives, simple, vocabulary
    from .finding_probabilities import derive
    from .load_annotations import annotated, terms

    ontology, synonyms = terms(services, progress)
    known = annotated(services, ontology, progress)
    progress("kinship", 0, None)
    words: dict[str, set[int]] = {}
    for number, id_ in enumerate(ontology.ids):
        for name in (ontology.names[number], *synonyms.get(id_, ())):
            words.setdefault(simple(name), set()).add(number)
    single = {w: next(iter(n)) for w, n in words.items() if len(n) == 1 and len(w) > 3}
    named = findings_in_names(known.disease_names, single)
    kin = relatives(known, vocabulary(ontology.names), name_power=p.name_power, gene_weight=p.gene_weight)
    progress("model", 0, None)
    model = derive(ontology, known, kin, named, p)
    progress("done", len(known), len(known))
    return DiseaseScorer(ontology, known, model, p)


def _save(path: Path, scorer: DiseaseScorer) -> None:
    import numpy as np

    t, a, m = scorer.ontology, scorer.annotations, scorer.model
    arrays: dict[str, Any] = {"t_ids": _text(t.ids), "t_names": _text(t.names), "t_at": t.above_at, "t_above": t.above}
    arrays["t_other"] = _text([f"{old} {new}" for old, new in t.other.items()])
    arrays |= {f"a_{name}": _text(getattr(a, name)) for name in _TEXTS}
    arrays |= {f"a_{name}": _text([" ".join(one) for one in getattr(a, name)]) for name in _GROUPS}
    arrays |= {f"a_{name}": getattr(a, name) for name in _ARRAYS}
    for name in _SPARSE:
        sparse: Sparse = getattr(m, name)
        arrays |= {f"m_{name}_at": sparse.at, f"m_{name}_column": sparse.column, f"m_{name}_value": sparse.value}
    arrays |= {f"m_{name}": getattr(m, name) for name in _OF_MODEL}
    with replacing(path) as out:
        np.savez(out, **arrays)
    for old in path.parent.glob("rank-*.npz"):  # of releases that are no longer loaded
        if old != path:
            old.unlink(missing_ok=True)


def _load(path: Path) -> tuple[Ontology, Annotations, Model]:
    import zipfile

    import numpy as np

    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as z:
            ontology = Ontology(
                ids=_texts(z["t_ids"]),
                names=_texts(z["t_names"]),
                above_at=z["t_at"],
                above=z["t_above"],
                other={old: int(new) for old, _, new in (line.partition(" ") for line in _texts(z["t_other"]))},
            )
            parts: dict[str, Any] = {name: _texts(z[f"a_{name}"]) for name in _TEXTS}
            parts |= {name: tuple(tuple(one.split()) for one in _texts(z[f"a_{name}"])) for name in _GROUPS}
            parts |= {name: z[f"a_{name}"] for name in _ARRAYS}
            annotations = Annotations(**parts)
            sparse: dict[str, Any] = {n: Sparse(z[f"m_{n}_at"], z[f"m_{n}_column"], z[f"m_{n}_value"]) for n in _SPARSE}
            own = {name: z[f"m_{name}"] for name in _OF_MODEL}
            model = Model(**sparse, **own, content=-np.log(own["background"]))
    except (zipfile.BadZipFile, EOFError) as error:
        raise ValueError(f"{path.name} is damaged") from error
    return ontology, annotations, model


def _text(lines: Any) -> Any:
    import numpy as np

    return np.frombuffer("\n".join(lines).encode(), dtype=np.uint8)


def _texts(array: Any) -> tuple[str, ...]:
    text = array.tobytes().decode()
    return tuple(text.split("\n")) if text else ()
