"""What `check_plugin` says of a plugin."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PluginReport:
    """`checked` says what passed, `problems` what did not, `remarks` what its author should look at; `ok` when there is no
    problem."""

    plugin: str
    checked: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.problems
