"""What is known to treat what: the training file, without the diseases that are asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bedside.core.errors import SourceError, UsageError

from ..network.read import rows_of

if TYPE_CHECKING:
    from ..network import Network

_COLUMNS = ("doid_id", "drugbank_id")
_CATEGORIES = ("NOT", "SYM", "DM")
"""Of a pair that the file names twice the last of these counts. Without a column `category` each pair treats."""
_FORM = "a table with tabs: doid_id, drugbank_id, category (DM, SYM or NOT)"


@dataclass(frozen=True)
class Indications:
    """Pairs of the training file that the network knows: (disease, drug) → category; `unknown` counts the rows left out."""

    pairs: Mapping[tuple[str, str], str]
    unknown: int = 0

    def without(self, asked: Collection[str]) -> Indications:
        """The same without every pair of the diseases `asked`, whatever its category."""
        out = frozenset(asked)
        return Indications({pair: kind for pair, kind in self.pairs.items() if pair[0] not in out}, self.unknown)

    def diseases(self) -> Sequence[str]:
        """Those with a drug that treats (DM) them, sorted."""
        return sorted({disease for (disease, _), kind in self.pairs.items() if kind == "DM"})


def read_indications(path: Path, network: Network) -> Indications:
    """Raises `UsageError` for a file that is not there, holds no pair, lacks a column or has an unknown category."""
    if not path.is_file():
        raise UsageError(f"{path} does not exist or is no file", hint=f"--train names {_FORM}")
    try:
        rows = list(rows_of(path))
    except SourceError as error:
        raise UsageError(str(error), hint=f"--train names {_FORM}") from error
    if not rows:
        raise UsageError(f"{path} holds no indications", hint=f"--train names {_FORM}")
    if missing := [column for column in _COLUMNS if column not in rows[0]]:
        raise UsageError(f"{path} has no column {' and '.join(missing)}", hint=f"--train names {_FORM}")
    diseases, drugs = network.nodes["disease"].index, network.nodes["drug"].index
    pairs: dict[tuple[str, str], str] = {}
    unknown = 0
    for number, row in enumerate(rows, 2):
        kind = (row.get("category") or "").strip().upper() if "category" in row else "DM"
        if kind not in _CATEGORIES:
            raise UsageError(
                f"{path}, line {number}: the category {kind!r} is not DM, SYM or NOT", hint=f"--train names {_FORM}"
            )
        pair = (row["doid_id"] or "").strip(), (row["drugbank_id"] or "").strip()
        if pair[0] not in diseases or pair[1] not in drugs:
            unknown += 1
        elif _CATEGORIES.index(kind) >= _CATEGORIES.index(pairs.get(pair, "NOT")):
            pairs[pair] = kind
    return Indications(pairs, unknown)
