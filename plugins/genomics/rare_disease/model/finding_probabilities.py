"""From annotations to P(finding | disease), for every finding and every disease that has anything to do with it.

A disease's frequency of a finding is that of its annotations at or below the finding, taken as independent (a person who has
any of them has the finding). Diseases with few findings of their own borrow from kin (`relatives`) and from their name. The
background of a finding is its mean frequency over all diseases: the likelihood ratio compares the two, as in LIRICAL
(Robinson et al. 2020, PMID:32755546), whose treatment of imprecision this takes further.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .annotations import Annotations
from .disease_similarity import repeated
from .ontology import Ontology
from .parameters import Parameters

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

SURE = 0.95
"""Annotations are combined as if none were surer than this."""
FORGET = 0.002
"""Frequencies below this are as good as none."""


@dataclass(frozen=True)
class Sparse:
    """A matrix by rows: `column[at[r]:at[r + 1]]` and `value[...]` are the entries of row `r`."""

    at: NDArray[np.int64]
    column: NDArray[np.int32]
    value: NDArray[np.float32]

    def row(self, r: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        a, b = self.at[r], self.at[r + 1]
        return self.column[a:b], self.value[a:b]

    def entries(self, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """Where the entries of several rows stand, one row after the other."""
        import numpy as np

        sizes = self.at[rows + 1] - self.at[rows]
        ends = np.cumsum(sizes)
        return np.arange(ends[-1] if len(ends) else 0) + np.repeat(self.at[rows] - (ends - sizes), sizes)  # type: ignore[no-any-return]

    def turned(self, columns: int) -> Sparse:
        """Rows as columns and columns as rows."""
        import numpy as np

        order = np.argsort(self.column, kind="stable")
        rows = np.repeat(np.arange(len(self.at) - 1, dtype=np.int32), np.diff(self.at))
        at = np.searchsorted(self.column[order], np.arange(columns + 1))
        return Sparse(at.astype(np.int64), rows[order], self.value[order])

    @classmethod
    def of(cls, matrix: csr_matrix) -> Sparse:
        import numpy as np

        matrix = matrix.tocsr()
        matrix.sort_indices()
        return cls(matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32), matrix.data.astype(np.float32))


@dataclass(frozen=True)
class Model:
    """What ranking needs.

    `frequency` has a row a term: the diseases in which it occurs and how often; `own` is the same without kin. `silence` has
    a row a disease: its most specific findings with log(1 - told · frequency). `kin` has a row a disease, as `relatives`
    gives it; `named` has one too: the findings that its name tells. `background` and `content` (-ln of it) are by term,
    `findings` counts a disease's own; `repeats` is the disease that an entry of another catalogue repeats, else -1.
    """

    frequency: Sparse
    own: Sparse
    silence: Sparse
    kin: Sparse
    named: Sparse
    background: NDArray[np.float64]
    content: NDArray[np.float64]
    findings: NDArray[np.int32]
    repeats: NDArray[np.int32]


def derive(ontology: Ontology, annotations: Annotations, kin: csr_matrix, named: list[set[int]], p: Parameters) -> Model:
    import numpy as np
    from scipy.sparse import csr_matrix

    diseases, terms = len(annotations.diseases), len(ontology)
    above = csr_matrix(
        (np.ones(len(ontology.above), dtype=np.float64), ontology.above, ontology.above_at), shape=(terms, terms)
    )
    owner, term, share = own_frequencies(annotations.owner, annotations, np.arange(len(annotations)), p)
    findings = np.bincount(owner, minlength=diseases).astype(np.int32)
    present = share > 0
    owner, term, share = owner[present], term[present], share[present]
    logs = csr_matrix((np.log1p(-np.minimum(share, SURE)), (owner, term)), shape=(diseases, terms))
    own = logs @ above
    own.data = np.minimum(-np.expm1(own.data), p.cap)

    names = csr_matrix(
        (
            np.full(sum(map(len, named)), p.named),
            ([d for d, found in enumerate(named) for _ in found], [t for found in named for t in found]),
        ),
        shape=(diseases, terms),
    )
    told_by_name = names @ above
    told_by_name.data[:] = p.named
    weights = _kin_weights(kin, findings, p)
    borrowed = (weights @ own).maximum(told_by_name)
    mixed = _rows_times(borrowed, p.kin * borrowing(findings, p)) + _rows_times(own, 1 - borrowing(findings, p))
    mixed.data[mixed.data < FORGET] = 0
    mixed.eliminate_zeros()
    background = np.maximum(np.asarray(mixed.mean(axis=0)).ravel(), p.background)
    return Model(
        frequency=Sparse.of(mixed.T),
        own=Sparse.of(own.T),
        silence=Sparse.of(_silence(owner, term, share, ontology, diseases, p)),
        kin=Sparse.of(kin),
        named=Sparse.of(told_by_name),
        background=background,
        content=-np.log(background),
        findings=findings,
        repeats=repeated(annotations, kin),
    )


def borrowing(findings: NDArray[np.int32], p: Parameters) -> NDArray[np.float64]:
    """How much of a disease's picture comes from kin: all of it without findings of its own, half at `own` findings."""
    import numpy as np

    return np.asarray(p.own / (p.own + findings), dtype=np.float64)


def own_frequencies(
    owner: NDArray[np.int32], a: Annotations, lines: NDArray[np.int64], p: Parameters
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    """(disease, term, frequency) of these annotation lines, each pair once.

    Counts of several studies are added up and drawn towards what an uncounted line states, or `expected`, by `study`
    patients. A line that negates a finding counts as five patients without it. Where nobody counted had it: 0.
    """
    import numpy as np

    key = owner[lines].astype(np.int64) * (int(a.term.max(initial=0)) + 1) + a.term[lines]
    unique, inverse = np.unique(key, return_inverse=True)
    have = np.bincount(inverse, weights=np.where(a.negated[lines], 0, a.have[lines]), minlength=len(unique))
    seen = np.bincount(inverse, weights=np.where(a.negated[lines], 5, a.seen[lines]), minlength=len(unique))
    counted = a.negated[lines] | (a.seen[lines] > 0)
    stated = np.full(len(unique), -1.0)
    share = np.where(np.isnan(a.share[lines]), p.unstated, a.share[lines])
    np.maximum.at(stated, inverse[~counted], share[~counted])
    prior = np.where(stated >= 0, stated, p.expected)
    out = np.where(seen > 0, np.where(have > 0, (have + p.study * prior) / (seen + p.study), 0.0), np.maximum(stated, 0))
    width = int(a.term.max(initial=0)) + 1
    return (unique // width).astype(np.int32), (unique % width).astype(np.int32), out


def _kin_weights(kin: csr_matrix, findings: NDArray[np.int32], p: Parameters) -> csr_matrix:
    """Rows add up to 1, less where all kin are distant. Kin of which nothing is known teach nothing."""
    import numpy as np

    weights = kin.multiply((findings > 0).astype(np.float64)[None, :]).tocsr()
    weights.eliminate_zeros()
    total = np.maximum(np.asarray(weights.sum(axis=1)).ravel(), p.kin_mass)
    return _rows_times(weights, 1 / total)


def _rows_times(matrix: csr_matrix, factors: NDArray[np.float64]) -> csr_matrix:
    from scipy.sparse import diags

    return (diags(factors) @ matrix).tocsr()


def _silence(
    owner: NDArray[np.int32],
    term: NDArray[np.int32],
    share: NDArray[np.float64],
    ontology: Ontology,
    diseases: int,
    p: Parameters,
) -> csr_matrix:
    """Only a disease's most specific findings: the others are reported along with them."""
    import numpy as np
    from scipy.sparse import csr_matrix

    keep = np.zeros(len(owner), dtype=bool)
    starts = np.searchsorted(owner, np.arange(diseases + 1))
    for d in range(diseases):
        own = term[starts[d] : starts[d + 1]]
        if len(own):
            implied = {int(x) for t in own for x in ontology.ancestors(int(t)) if x != t}
            keep[starts[d] : starts[d + 1]] = [int(t) not in implied for t in own]
    values = np.log1p(-p.told * share[keep])
    return csr_matrix((values, (owner[keep], term[keep])), shape=(diseases, len(ontology)))
