"""pyhpo's similarity ranking ("ic" of Li et al. 2010, combined by funSimAvg), the peer of `rank.py`.

pyhpo takes about 5 ms to compare one disease, so 44 s for one case. The same numbers are worked out here for all diseases at
once from pyhpo's own information contents and terms; `check` compares them with pyhpo's method, `timed` times that.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np


class PyhpoRanking:
    def __init__(self) -> None:
        from pyhpo import Ontology

        Ontology()
        self.ontology = Ontology
        self.terms = {t.id: t for t in Ontology}
        self.ids = list(self.terms)
        self.number = {id_: i for i, id_ in enumerate(self.ids)}
        self.content = np.array([t.information_content["omim"] for t in self.terms.values()])
        self.above = [[self.number[p.id] for p in (t.all_parents | {t})] for t in self.terms.values()]
        self.below: list[list[int]] = [[] for _ in self.ids]
        for t, above in enumerate(self.above):
            for a in above:
                self.below[a].append(t)
        self.diseases = {f"OMIM:{int(d.id):06d}": d for d in Ontology.omim_diseases}
        self.names = sorted(self.diseases)
        # HPOSet as pyhpo makes it from a disease
        self.sets = {n: [self.number[t.id] for t in self.diseases[n].hpo_set()] for n in self.names}
        self._rows: dict[int, Any] = {}
        self._flat()

    def _flat(self) -> None:
        self.at = np.concatenate([[0], np.cumsum([len(self.sets[n]) for n in self.names])])
        self.flat = np.array([t for n in self.names for t in self.sets[n]])

    def row(self, term: int) -> Any:
        """Similarity of a term with every other: lin * (1 - 1 / (1 + resnik))."""
        if term not in self._rows:
            shared = np.zeros(len(self.ids))
            for a in sorted(self.above[term], key=lambda a: self.content[a]):
                shared[self.below[a]] = self.content[a]
            total = self.content[term] + self.content
            lin = np.divide(2 * shared, total, out=np.zeros_like(total), where=total > 0)
            self._rows[term] = (lin * (1 - 1 / (1 + shared))).astype(np.float32)
        return self._rows[term]

    def scores(self, observed: Sequence[str], changed: Mapping[str, Sequence[str]] = {}) -> tuple[list[str], Any]:
        """Similarity to every OMIM disease; `changed` are the remaining terms of diseases that lost some."""
        rows = [self.row(self.number[o]) for o in observed if o in self.number]
        if not rows:
            return self.names, np.zeros(len(self.names))
        matrix = np.stack([r[self.flat] for r in rows])
        full = self.at[1:] > self.at[:-1]
        starts = self.at[:-1][full]
        scores = np.zeros(len(self.names))
        per_row = np.maximum.reduceat(matrix, starts, axis=1).mean(axis=0)
        columns = np.add.reduceat(matrix.max(axis=0), starts) / np.diff(self.at)[full]
        scores[full] = (per_row + columns) / 2
        for name, left in changed.items():
            terms = [self.number[t] for t in left if t in self.number]
            part = np.stack([r[terms] for r in rows]) if terms else np.zeros((1, 0))
            scores[self.names.index(name)] = (part.max(1).mean() + part.max(0).mean()) / 2 if terms else 0.0
        return self.names, scores

    def check(self, cases: Sequence[Sequence[str]], pairs: int = 200) -> float:
        """The largest difference from pyhpo's own `similarity` over random pairs of case and disease."""
        from pyhpo.set import HPOSet

        chosen = random.Random(0)
        worst = 0.0
        for _ in range(pairs):
            case, name = chosen.choice(cases), chosen.choice(self.names)
            known = [o for o in case if o in self.number]
            theirs = HPOSet.from_queries(known).similarity(self.diseases[name].hpo_set(), "omim", "ic", "funSimAvg")
            ours = self.scores(known)[1][self.names.index(name)]
            worst = max(worst, abs(float(theirs) - float(ours)))
        return worst

    def timed(self, case: Sequence[str], diseases: int = 150) -> float:
        """Seconds of pyhpo's own method for one case, from a sample of the diseases."""
        from pyhpo.set import HPOSet

        query = HPOSet.from_queries([o for o in case if o in self.number])
        names = random.Random(1).sample(self.names, diseases)
        sets = [self.diseases[n].hpo_set() for n in names]
        started = time.perf_counter()
        for one in sets:
            query.similarity(one, "omim", "ic", "funSimAvg")
        return (time.perf_counter() - started) * len(self.names) / diseases
