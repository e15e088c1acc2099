"""What `bedside_commands(cli)` is handed: the group `bedside`, to which a plugin adds its own sub-commands.

The group itself lives where click may be imported (`integrations.cli.lazy`); a plugin needs no group class of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import click


class CommandGroup(Protocol):
    """A group of commands that are imported when they are called, so that `bedside --help` costs nothing.

    A name that is taken is refused: a plugin can displace no command of Bedside or of another plugin.
    """

    def lazy(self, name: str, help: str, target: str) -> None:
        """Add the command `name`, found as `target` ("package.module:attribute", a click command); `help` is one line.

        Raises `PluginError` when the name is taken or `target` is not of that form.
        """
        ...

    def lazy_group(self, name: str, help: str) -> CommandGroup:
        """Add a group of that name, and return it to be filled in the same way. Raises `PluginError` as `lazy` does."""
        ...

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Add a click command that is there already. Raises `PluginError` when the name is taken."""
        ...
