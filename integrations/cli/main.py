"""`bedside`: the command line. Exit codes: 0 done, 1 could not, 2 wrong use."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

import click
from bedside.core.errors import BedsideError, PluginError

from .command_context import CliDesk
from .lazy import LazyGroup
from .plugin_commands import BUNDLED, only_bundled, plugin_lists, short_help

if TYPE_CHECKING:
    from bedside.core.host import PluginHost

_HERE = "bedside.integrations.cli"
COMMANDS = {
    "ask": (f"{_HERE}.ask:ask", "Answer a clinical question with quotes you can open."),
    "chat": (f"{_HERE}.chat:chat", "Ask one question after another."),
    "demo": (f"{_HERE}.demo:demo", "Build the starter knowledge and answer three questions."),
    "doctor": (f"{_HERE}.doctor:doctor", "Check this installation and say what to type."),
    "knowledge": (f"{_HERE}.knowledge:knowledge", "List, load, search and show what answers rest on."),
    "models": (f"{_HERE}.models:models", "List language and embedding models."),
    "plugins": (f"{_HERE}.plugins:plugins", "List and check the installed specialists."),
    "read": (f"{_HERE}.read:read", "Show what is read of a text, whose it is, and the cues."),
    "tasks": (f"{_HERE}.tasks:tasks", "List what the specialists can be asked, and run one with JSON."),
}


class _Cli(LazyGroup):
    """Plugins add their own sub-commands; the plugins are loaded only when one of theirs is called, and for help only where
    there are more than Bedside's own."""

    host: PluginHost | None = None
    called = ""
    program = False
    """Is this the program `bedside`, whose standard output is its own?"""

    def with_plugins(self) -> None:
        """Add the commands of the plugins, once."""
        if self.host is not None:
            return
        self.guard_output()
        from bedside.core.host import PluginHost

        self.host = PluginHost()
        try:
            allow, deny = plugin_lists()
            self.host = PluginHost.load(allow, deny)
            self.host.add_commands(self, own=COMMANDS)
        except BedsideError as error:  # help must work with a broken configuration; commands will report it in full
            click.echo(f"warning: plugin commands are left out: {error}", err=True)

    def guard_output(self) -> None:
        """Before any plugin's code runs, and not for `--help` without."""
        if self.program:
            from .streams import guard_streams

            guard_streams()

    def supplier(self, name: str) -> str:
        """The plugin behind a command, with its distribution and version; empty for one of Bedside's."""
        if name in COMMANDS or self.host is None or not name or name not in _commands(self):
            return ""
        return self.host.supplier(self.host.owner(name))

    def list_commands(self, ctx: click.Context) -> list[str]:
        self.with_plugins()
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS:
            return super().get_command(ctx, cmd_name)
        self.with_plugins()
        from bedside.core.plugin_code import PluginCode

        with PluginCode(f"the command {cmd_name!r}", self.supplier(cmd_name)):
            return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, help_) for name, (_, help_) in COMMANDS.items()]
        with formatter.section("Commands"):
            formatter.write_dl([*rows, *(BUNDLED.items() if only_bundled() else self._plugin_rows())])

    def _plugin_rows(self) -> list[tuple[str, str]]:
        from bedside.core.plugin_code import PluginCode, plain

        self.with_plugins()
        rows = []
        for name, command in sorted(_commands(self).items()):
            if name in COMMANDS:
                continue
            with suppress(PluginError), PluginCode(f"the command {name!r}"):  # its help may be worked out by its own code
                hidden, text = (False, command[1]) if isinstance(command, tuple) else (command.hidden, short_help(command))
                if not hidden:
                    rows.append((name, plain(text, 200)))
        return rows

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        self.called = args[0] if args else ""
        if self.called in COMMANDS:  # nothing of the plugins is needed for a command of our own
            return click.Group.resolve_command(self, ctx, args)
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            for info in self.host.failed if self.host else ():  # it may be a command of one of these
                package = f"{info.distribution} {info.version}".strip()
                click.echo(f"warning: the plugin {info.name} ({package}) could not be loaded: {info.reason}", err=True)
            raise


def _commands(group: LazyGroup) -> dict[str, Any]:
    return {**group.commands, **group.targets}


@click.group(
    cls=_Cli,
    targets=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Exit codes: 0 done, 1 could not, 2 wrong use. BEDSIDE_HOME names the data folder. Not a medical device.",
)
@click.version_option(package_name="bedside", prog_name="bedside")
@click.pass_context
def cli(context: click.Context) -> None:
    """Clinical decision support on this machine: every sentence is backed by a quote you can open."""
    cli.guard_output()
    context.obj = CliDesk()


def main(argv: Sequence[str] | None = None) -> None:
    """Entry point."""
    cli.program = True
    for stream in (sys.stdout, sys.stderr):  # a terminal of few letters (PYTHONIOENCODING=ascii) shows "\u201c" for the rest
        if getattr(stream, "errors", "") == "strict" and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    _end(run(argv))


def run(argv: Sequence[str] | None = None) -> int:
    """The exit code. Turns every error into one line, a hint and a code; never shows a traceback unasked."""
    _quiet()
    args = list(sys.argv[1:] if argv is None else argv)
    wants_json = "--json" in args
    try:
        code = cli.main(args=args, prog_name="bedside", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except BedsideError as error:
        _tell({"type": type(error).__name__, "message": str(error), "hint": error.hint}, wants_json)
        return error.exit_code
    except click.ClickException as error:
        if wants_json:
            _tell({"type": "UsageError", "message": error.format_message(), "hint": "bedside --help"}, True)
        else:
            error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except SystemExit as error:  # of a plugin's command
        if isinstance(error.code, str):
            from bedside.core.plugin_code import plain

            click.echo(plain(error.code), err=True)
        return error.code if isinstance(error.code, int) else 1 if error.code else 0
    except BaseException as error:
        if os.environ.get("BEDSIDE_LOG", "").lower() == "debug":
            raise
        from bedside.core.plugin_code import type_name

        supplier = cli.supplier(cli.called)
        whose = f"the {supplier}" if supplier else "Bedside"
        # the type only: the text of an unforeseen error may quote the case
        hint = f"this is a fault of {whose}; BEDSIDE_LOG=debug shows where it happened (its text may quote the case)"
        _tell({"type": "InternalError", "message": f"unforeseen {type_name(error)}", "hint": hint}, wants_json)
        return 1


def _tell(error: dict[str, Any], as_json: bool) -> None:
    from bedside.core.toolkit.printable import escaped, printable

    if as_json:
        import json

        click.echo(escaped(json.dumps({"error": error}, ensure_ascii=False)))
        return
    click.echo(printable(f"error: {error['message']}"), err=True)
    if error["hint"]:
        click.echo(printable(f"  try: {error['hint']}"), err=True)


def _quiet() -> None:
    """Neither we nor a library log anything unless asked to; no library may contact a server."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    level = os.environ.get("BEDSIDE_LOG", "error").upper()
    logging.basicConfig(level=level if level in logging.getLevelNamesMapping() else "ERROR", format="%(name)s: %(message)s")


def _end(code: int) -> NoReturn:
    if streams := sys.modules.get(f"{_HERE}.streams"):
        streams.end_streams()
    sys.stdout.flush()
    sys.stderr.flush()
    if threading.active_count() > 1:
        # a task that was given up may sit in native code, which aborts when the interpreter is torn down under it
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    main()
