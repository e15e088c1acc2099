"""`bedside tasks`: what the specialists can be asked, and one of them run with JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from bedside.core.errors import UsageError
from bedside.core.toolkit.printable import escaped, printable
from bedside.core.wording import say

from .options import answer_options, config_of, echo_json, home_option, json_option
from .tables import block

if TYPE_CHECKING:
    from bedside.core import PluginHost, Task

_RUN = "bedside tasks run NAME JSON"
MAX_BYTES = 1_000_000


@click.command()
@click.argument("words", nargs=-1, metavar="[NAME | run NAME JSON]")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the arguments of NAME, or of all tasks.")
@click.option("--case", "cases", multiple=True, metavar="FILE", help="Case file for a task that is run; repeatable.")
@answer_options
@json_option
@home_option
def tasks(
    words: tuple[str, ...],
    schema: bool,
    cases: tuple[str, ...],
    as_json: bool,
    home: str | None,
    no_llm: bool,
    limit: int | None,
    timeout: float | None,
) -> int:
    """List the tasks of all specialists, show one, or run one with its arguments as JSON.

    \b
    bedside tasks
    bedside tasks genomics.pgx
    bedside tasks genomics.pgx --schema
    bedside tasks run genomics.pgx '{"drugs": ["codeine"], "results": [{"gene": "CYP2D6", "result": "*4/*4"}]}'
    bedside tasks run genomics.pgx @arguments.json      (a file; - is standard input)
    """
    from ..app import load_plugins

    config = config_of(home, no_llm=no_llm, limit=limit, timeout=timeout)
    if words[:1] == ("run",):
        if len(words) != 3 or schema:
            raise UsageError("a task is run with its name and its arguments as JSON", hint=_RUN)
        return _run(config, words[1], _arguments(words[2]), cases, as_json=as_json)
    if len(words) > 1 or cases:
        raise UsageError("a case and arguments go with a task that is run", hint=_RUN)
    host = load_plugins(config)
    if words:
        _show(host, _task(host, words[0]), schema=schema, as_json=as_json)
    elif schema:
        echo_json({name: task.schema() for name, task in host.tasks.items()})
    else:
        _list(host, as_json=as_json)
    return 1 if host.failed else 0


def _list(host: PluginHost, *, as_json: bool) -> None:
    if as_json:
        echo_json([_about(host, task) for task in host.tasks.values()])
        return
    for task in host.tasks.values():
        fields = ", ".join(_fields(task))
        block(
            task.name,
            printable(task.description),
            say("task.arguments", names=fields) if fields else say("task.no-arguments"),
        )
    for info in host.failed:
        click.echo(say("task.plugin-not-loaded", name=info.name, reason=printable(info.reason)), err=True)


def _show(host: PluginHost, task: Task, *, schema: bool, as_json: bool) -> None:
    if schema:
        echo_json(task.schema() or {"type": "object", "properties": {}, "additionalProperties": False})
    elif as_json:
        echo_json({**_about(host, task), "schema": task.schema()})
    else:
        needs = " or ".join(" and ".join(group) for group in task.needs)
        lines = [printable(task.description), say("task.of", supplier=host.supplier(host.owner(task.name)))]
        lines.append(say("task.always") if task.always else say("task.needs", needs=needs))
        lines += [say("task.example", text=printable(text)) for text in task.examples]
        block(task.name, *lines)
        for name, about in _fields(task).items():
            click.echo(f"  {name}: {about}")
        click.echo(f"\nbedside tasks {task.name} --schema\nbedside tasks run {task.name} JSON")


def _about(host: PluginHost, task: Task) -> dict[str, Any]:
    return {
        "name": task.name,
        "plugin": host.owner(task.name),
        "description": task.description,
        "needs": [list(group) for group in task.needs],
        "examples": list(task.examples),
        "always": task.always,
        "arguments": list(_fields(task)),
    }


def _fields(task: Task) -> dict[str, str]:
    """{argument: what it is for}, those that must be given marked."""
    model = task.arguments_model()
    out = {}
    for name, field in (model.model_fields if model else {}).items():
        what = printable(field.description or "")
        out[name] = say("task.required", what=what) if field.is_required() else what
    return out


def _task(host: PluginHost, name: str) -> Task:
    task = host.tasks.get(name)
    if task is None:
        from difflib import get_close_matches

        near = get_close_matches(name, host.tasks, n=1)
        mean = f"; did you mean {near[0]}?" if near else ""
        raise UsageError(f"there is no task {name!r}{mean}", hint="bedside tasks lists them")
    return task


def _run(config: Any, name: str, arguments: Mapping[str, Any], cases: tuple[str, ...], *, as_json: bool) -> int:
    from ..app import ensure_starter, load_plugins, open_app
    from ..case_files import read_case
    from .progress import LoadBars, Status

    host = load_plugins(config)
    task = _task(host, name)
    case = read_case(cases, host.case_kinds)
    if task.arguments is not None:
        task.parse(arguments)  # before anything slow
    with LoadBars() as bars:
        ensure_starter(config, bars)
    from bedside.core.engine import answer_of

    with open_app(config, host=host) as app, Status() as status:
        answer = answer_of(app.engine.call(name, arguments, case=case), status)
    if as_json:
        click.echo(escaped(answer.model_dump_json(indent=2)))
    else:
        from .render import print_answer

        print_answer(answer)
    sys.stdout.flush()
    return 1 if any(c.status == "failed" for c in answer.consulted) else 0


def _arguments(given: str) -> Mapping[str, Any]:
    """Raises `UsageError` for what is no JSON object; nothing of it is quoted, since it may be the patient's."""
    text = given
    try:
        if given == "-":
            text = sys.stdin.read(MAX_BYTES + 1)
        elif given.startswith("@"):
            with Path(given[1:]).open(encoding="utf-8") as file:
                text = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"the file of arguments can't be read: {error.strerror}", hint=_RUN) from None
    except UnicodeDecodeError:
        raise UsageError("the arguments are not UTF-8 text", hint=_RUN) from None
    if len(text) > MAX_BYTES:
        raise UsageError(f"the arguments are longer than {MAX_BYTES:,} characters")
    try:
        data = json.loads(text, object_pairs_hook=_each_once)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise UsageError(f"the arguments are not JSON: {error.msg} ({where})", hint=_RUN) from None
    except RecursionError:
        raise UsageError("the arguments are nested too deeply", hint=_RUN) from None
    if not isinstance(data, dict):
        raise UsageError('the arguments are not a JSON object like {"name": "value"}', hint=_RUN)
    return data


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of a field that is given twice neither may be preferred in silence."""
    out = dict(pairs)
    if len(out) < len(pairs):
        raise UsageError("a field of the arguments is given twice", hint=_RUN)
    return out
