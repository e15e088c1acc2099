"""What plugins' own commands are handed: `core.toolkit.command_context.Desk` for the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # this module is imported for every command, `--help` too
    from bedside.core.protocols import Services
    from bedside.core.toolkit.command_context import Progress
    from bedside.core.types import Case


class CliDesk:
    """The `obj` of the click context of `bedside`."""

    @contextmanager
    def services(self, home: str | None = None) -> Iterator[Services]:
        from ..app import open_app
        from .options import config_of

        with open_app(config_of(home)) as app:
            yield app.services

    def case(self, paths: Sequence[str]) -> Case:
        from ..app import load_plugins
        from ..case_files import read_case
        from .options import config_of

        return read_case(paths, load_plugins(config_of(None)).case_kinds if paths else ())

    def progress(self) -> AbstractContextManager[Progress]:
        from .progress import LoadBars

        return LoadBars()

    def json(self, data: Any) -> None:
        from .options import echo_json

        echo_json(data)

    def table(self, columns: Sequence[str], rows: Sequence[Mapping[str, Any]], title: str = "") -> None:
        from .tables import table

        table(tuple(columns), [dict(row) for row in rows], title=title)
