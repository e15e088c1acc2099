"""What is known of the patient besides findings, as likelihood ratios of diseases."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .results import Reason

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .score import Scorer


@dataclass
class Ratios:
    """Natural-log likelihood ratios by disease, with a reason for each that is not 0."""

    log: NDArray[np.float64] | None = None
    why: dict[int, list[Reason]] = field(default_factory=dict)

    def total(self, diseases: int) -> NDArray[np.float64]:
        import numpy as np

        return np.zeros(diseases) if self.log is None else self.log

    def reasons(self, disease: int) -> tuple[Reason, ...]:
        return tuple(self.why.get(disease, ()))


@dataclass(frozen=True)
class Context:
    """Nothing that is not given is guessed."""

    def ratios(self, scorer: Scorer) -> tuple[Ratios, tuple[str, ...]]:
        """The ratios, and what could not be used and why."""
        return Ratios(), ()
