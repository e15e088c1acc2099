"""What is known of each disease: its annotated findings with frequencies and references, its genes, its inheritance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CLASSES = {
    "HP:0040280": 1.0,
    "HP:0040281": 0.895,
    "HP:0040282": 0.545,
    "HP:0040283": 0.17,
    "HP:0040284": 0.025,
    "HP:0040285": 0.0,
}
"""Midpoints of HPO's frequency classes (https://hpo.jax.org/browse/term/HP:0040279)."""


@dataclass(frozen=True)
class Annotations:
    """One entry a line of the annotation file, sorted by disease; `at[d]:at[d + 1]` are those of disease `d`.

    Of `have` of `seen` patients with the disease the finding was reported; `seen` is 0 where the line has no count, and
    `share` is then the frequency it states (the midpoint of a class), NaN where it states none. `negated`: the line says
    that the finding does not belong to the disease. `reference_at`/`reference` are the publications, as numbers into
    `references`. `edge` is the id under which the line can be opened.
    """

    diseases: tuple[str, ...]
    disease_names: tuple[str, ...]
    at: NDArray[np.int64]
    term: NDArray[np.int32]
    have: NDArray[np.float32]
    seen: NDArray[np.float32]
    share: NDArray[np.float32]
    negated: NDArray[np.bool_]
    reference_at: NDArray[np.int64]
    reference: NDArray[np.int32]
    references: tuple[str, ...]
    edge: tuple[str, ...]
    genes: tuple[tuple[str, ...], ...]
    inheritance: tuple[tuple[str, ...], ...]
    onset: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        return len(self.term)

    @property
    def owner(self) -> NDArray[np.int32]:
        """The disease of each line."""
        import numpy as np

        return np.repeat(np.arange(len(self.diseases), dtype=np.int32), np.diff(self.at))

    def references_of(self, line: int) -> tuple[str, ...]:
        return tuple(self.references[r] for r in self.reference[self.reference_at[line] : self.reference_at[line + 1]])


def frequency(text: str) -> tuple[float, float, float]:
    """`(have, seen, share)` of the frequency column: `3/7`, `45%`, a class id, or nothing."""
    text = text.strip()
    if text in CLASSES:
        return 0.0, 0.0, CLASSES[text]
    try:
        if "/" in text:
            have, seen = (float(part) for part in text.split("/"))
            if 0 <= have <= seen and seen > 0:
                return have, seen, float("nan")
        elif text.endswith("%"):
            share = float(text[:-1]) / 100
            if 0 <= share <= 1:
                return 0.0, 0.0, share
    except ValueError:
        pass
    return 0.0, 0.0, float("nan")
