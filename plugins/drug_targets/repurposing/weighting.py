"""Degree weighting: what is rare counts for more, and a hub for less."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from scipy import sparse

DAMPING = 0.5
"""Exponent of the degree in a degree-weighted path count (Himmelstein and Baranzini 2015 found 0.4)."""


def profiles(matrix: sparse.csr_array) -> sparse.csr_array:
    """Rows of length 1, each column weighted by log((rows + 1) / (rows that have it + 1)). A row of zeros stays."""
    import numpy as np
    from scipy import sparse

    having = np.asarray((matrix > 0).sum(axis=0)).ravel()
    weighted = sparse.csr_array(matrix @ sparse.diags_array(np.log((matrix.shape[0] + 1) / (having + 1))))
    length = np.sqrt(np.asarray((weighted * weighted).sum(axis=1)).ravel())
    length[length == 0] = 1.0
    return sparse.csr_array(sparse.diags_array(1 / length) @ weighted)


def damped(matrix: sparse.csr_array, exponent: float = DAMPING) -> sparse.csr_array:
    """Each edge times (degree of its row · degree of its column) ^ -exponent: products of such matrices are
    degree-weighted path counts."""
    from scipy import sparse

    rows, columns = _powers(matrix, 1, exponent), _powers(matrix, 0, exponent)
    return sparse.csr_array(sparse.diags_array(rows) @ matrix @ sparse.diags_array(columns))


def _powers(matrix: sparse.csr_array, axis: int, exponent: float) -> np.ndarray:
    import numpy as np

    degree = np.asarray(matrix.sum(axis=axis)).ravel()
    return np.where(degree > 0, np.maximum(degree, 1e-12) ** -exponent, 0.0)
