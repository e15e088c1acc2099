"""Functions whose results can be cited: a score, a calculated value. The engine computes them again when it verifies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..types.knowledge import Scalar


@dataclass(frozen=True, slots=True)
class Computed:
    """What a function gives: its `output`, and the `sentence` that states it, which is what is quoted."""

    output: Scalar
    sentence: str


@dataclass(frozen=True)
class ComputedFunction:
    """A function whose results can be cited. Registered through `bedside_case_kinds()`.

    `name` is `plugin.function`, `version` changes whenever its results may. `run` takes the inputs by name (None: not
    known) and gives the same for the same inputs, always and everywhere: no clock, no file, no chance. `title` says what it
    is ("CHA₂DS₂-VASc score"), `url` and `references` where its formula is published, `licence` whose it is."""

    name: str
    version: str
    title: str
    run: Callable[[Mapping[str, Scalar | None]], Computed]
    url: str = ""
    references: tuple[str, ...] = ()
    licence: str = ""
