"""What a plugin's own command works with: the `obj` of its click context (`@click.pass_obj`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from ..protocols import Services
    from ..types import Case

Progress = Callable[[str, str, int, int | None], None]
"""(what is worked on, stage, done, total)"""


@runtime_checkable
class CommandContext(Protocol):
    """The same data folder, case files and looks as Bedside's own commands."""

    def services(self, home: str | None = None) -> AbstractContextManager[Services]:
        """The shared services over the data folder, or the folder `home`; closed at the end of the `with` block."""
        ...

    def case(self, paths: Sequence[str]) -> Case:
        """One case from its files. Raises `CaseError` at the first that can't be used."""
        ...

    def progress(self) -> AbstractContextManager[Progress]:
        """A bar for a person, plain lines for a log file; on standard error."""
        ...

    def json(self, data: Any) -> None:
        """Print `data` for machines."""
        ...

    def table(self, columns: Sequence[str], rows: Sequence[Mapping[str, Any]], title: str = "") -> None:
        """Print a table for a person; a value that is missing leaves its cell empty."""
        ...
