"""A click group whose sub-commands are imported when they are called, so that `--help` stays fast."""

from __future__ import annotations

import importlib
import re
from typing import Any

import click
from bedside.core.errors import PluginError


class LazyGroup(click.Group):
    """`targets` maps a command's name to ("module:attribute", one-line help). Keeps `core.toolkit.lazy_commands`."""

    def __init__(self, *args: Any, targets: dict[str, tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.targets = dict(targets or {})

    def lazy(self, name: str, help: str, target: str) -> None:
        self._check_free(name)
        if not re.fullmatch(r"[\w.]+:\w+", target):
            raise PluginError(
                f"the command {name!r} can't be found as {target!r}", hint="write it as package.module:attribute"
            )
        self.targets[name] = (target, help)

    def lazy_group(self, name: str, help: str) -> LazyGroup:
        group = LazyGroup(name, help=help)
        self.add_command(group)
        return group

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        self._check_free(name or cmd.name or "")
        super().add_command(cmd, name)

    def _check_free(self, name: str) -> None:
        if name in self.targets or name in self.commands:
            raise PluginError(f"there is a command {name!r} already", hint="give yours another name")

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.targets, *sorted(super().list_commands(ctx))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.targets:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = self.targets[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, help_) for name, (_, help_) in self.targets.items()]
        for name in sorted(super().list_commands(ctx)):
            command = super().get_command(ctx, name)
            if command and not command.hidden:
                rows.append((name, command.get_short_help_str()))
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name and name not in self.list_commands(ctx) and not name.startswith("-"):
            from difflib import get_close_matches

            known = self.list_commands(ctx)
            # letters that changed places are the likeliest slip
            near = [one for one in known if sorted(one) == sorted(name)] or get_close_matches(name, known, n=1)
            ctx.fail(f"there is no command {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
        return super().resolve_command(ctx, args)
