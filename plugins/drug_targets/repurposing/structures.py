"""Likeness of drugs by structure: LINGO (Vidal, Thormann and Pons 2005), pieces of four characters of the SMILES text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scipy import sparse

    from ..network import Nodes

_PIECE = 4
_IGNORED = re.compile(r"[@/\\\[\]H+-]")
"""Stereo, charge and hydrogens: the same drug is written with and without them."""


def pieces(smiles: str) -> Counter[str]:
    """Ring numbers count as one; Cl and Br are one character each."""
    text = _IGNORED.sub("", re.sub(r"\d", "0", smiles.replace("Cl", "L").replace("Br", "R")))
    return Counter(text[start : start + _PIECE] for start in range(len(text) - _PIECE + 1))


def piece_counts(smiles: Mapping[str, str], drugs: Nodes) -> sparse.csr_array:
    """Square roots of the counts of pieces; shape (n_drugs, n_pieces). A drug without a structure has none."""
    import numpy as np
    from scipy import sparse

    column: dict[str, int] = {}
    entries = [
        (drugs.index[drug], column.setdefault(piece, len(column)), count**0.5)
        for drug, text in smiles.items()
        if drug in drugs.index
        for piece, count in pieces(text).items()
    ]
    rows, columns, values = np.array(entries, dtype=float).reshape(-1, 3).T
    shape = (len(drugs), max(len(column), 1))
    return sparse.csr_array((values, (rows.astype(int), columns.astype(int))), shape=shape)
