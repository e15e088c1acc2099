"""`bedside`: the command line. Exit codes: 0 done, 1 could not, 2 wrong use."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Sequence
from typing import Any, NoReturn

import click
from bedside.core.errors import BedsideError

from .command_context import CliDesk
from .lazy import LazyGroup

_HERE = "bedside.integrations.cli"
COMMANDS = {
    "ask": (f"{_HERE}.ask:ask", "Answer a clinical question with quotes you can open."),
    "chat": (f"{_HERE}.chat:chat", "Ask one question after another."),
    "demo": (f"{_HERE}.demo:demo", "Build the starter knowledge and answer three questions."),
    "doctor": (f"{_HERE}.doctor:doctor", "Check this installation and say what to type."),
    "knowledge": (f"{_HERE}.knowledge:knowledge", "List, load, search and show what answers rest on."),
    "models": (f"{_HERE}.models:models", "List language and embedding models."),
    "plugins": (f"{_HERE}.plugins:plugins", "List and check the installed specialists."),
}


class _Cli(LazyGroup):
    """Plugins add their own sub-commands; they are loaded only when help is shown or one of theirs is called."""

    def _with_plugins(self) -> None:
        if self.__dict__.setdefault("_asked_plugins", False):
            return
        self.__dict__["_asked_plugins"] = True
        from bedside.core.host import PluginHost

        try:
            allow, deny = _plugin_lists()
            PluginHost.load(allow, deny).add_commands(self)
        except BedsideError as error:  # help must work with a broken configuration; commands will report the error in full
            click.echo(f"warning: plugin commands are left out: {error}", err=True)

    def list_commands(self, ctx: click.Context) -> list[str]:
        self._with_plugins()
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.targets:
            self._with_plugins()
        return super().get_command(ctx, cmd_name)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] in self.targets:  # nothing of the plugins is needed for a command of our own
            return click.Group.resolve_command(self, ctx, args)
        return super().resolve_command(ctx, args)


def _plugin_lists() -> tuple[Sequence[str] | None, Sequence[str]]:
    """`plugins.allow` and `plugins.deny`. Reading the configuration costs as much as all of `--help`, so only where there
    is any."""
    from bedside.core.paths import has_configuration

    if not has_configuration():
        return None, ()
    from bedside.core.config import load_config

    config = load_config()
    return config.plugins.allow, config.plugins.deny


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
    context.obj = CliDesk()


def main(argv: Sequence[str] | None = None) -> None:
    """Entry point."""
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
    except Exception as error:
        if os.environ.get("BEDSIDE_LOG", "").lower() == "debug":
            raise
        # the type only: the text of an unforeseen error may quote the case
        hint = "this is a bug in Bedside; BEDSIDE_LOG=debug shows where (the output may quote the case)"
        _tell({"type": "InternalError", "message": f"unexpected {type(error).__name__}", "hint": hint}, wants_json)
        return 1


def _tell(error: dict[str, Any], as_json: bool) -> None:
    if as_json:
        import json

        click.echo(json.dumps({"error": error}, ensure_ascii=False))
        return
    click.echo(f"error: {error['message']}", err=True)
    if error["hint"]:
        click.echo(f"  try: {error['hint']}", err=True)


def _quiet() -> None:
    """Neither we nor a library log anything unless asked to; no library may contact a server."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    level = os.environ.get("BEDSIDE_LOG", "error").upper()
    logging.basicConfig(level=level if level in logging.getLevelNamesMapping() else "ERROR", format="%(name)s: %(message)s")


def _end(code: int) -> NoReturn:
    sys.stdout.flush()
    sys.stderr.flush()
    if threading.active_count() > 1:
        # a task that was given up may sit in native code, which aborts when the interpreter is torn down under it
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    main()
