"""The four hooks. A hook registers objects; nothing clinical runs inside a hook call.

from bedside.core import hookimpl, Task

@hookimpl
def bedside_tasks():
    return [Task(name="mine.lookup", description="…", run=run)]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from ..task import Task
    from ..toolkit.lazy_commands import CommandGroup
    from .registered import CdsService, KnowledgeSource

PROJECT = "bedside"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def bedside_tasks() -> list[Task]:
    """The tasks this plugin can be consulted for."""
    raise AssertionError("a specification, never called")


@hookspec
def bedside_sources() -> list[KnowledgeSource]:
    """The knowledge sources this plugin brings."""
    raise AssertionError("a specification, never called")


@hookspec
def bedside_cds_services() -> list[CdsService]:
    """Which task answers which CDS Hook."""
    raise AssertionError("a specification, never called")


@hookspec
def bedside_commands(cli: CommandGroup) -> Any:
    """Add this plugin's own sub-commands to `cli`, the group `bedside`: `cli.lazy(name, help, "package.module:attribute")`
    imports each when it is called. Called once."""
    raise AssertionError("a specification, never called")
