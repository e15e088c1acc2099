"""The documentation by itself: no output without its command, no command, path or link that does not exist.

Whether the output is what the program says today is in tests/e2e/test_docs.py.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from bedside.integrations.cli.main import cli

from tools.doc_blocks import INPUT, PAGES, ROOT, Block, blocks

ALL = [block for page in PAGES for block in blocks(page)]
FOLDERS = ("bench", "core", "docs", "examples", "integrations", "knowledge", "plugins", "tests", "tools")


def prose(page: Path) -> str:
    """A page without its fenced blocks and comments, of the same number of lines."""
    text = page.read_text(encoding="utf-8")
    return re.sub(r"^```.*?^```|<!--.*?-->", lambda m: "\n" * m[0].count("\n"), text, flags=re.DOTALL | re.MULTILINE)


def commands(block: Block) -> Iterator[tuple[int, list[str]]]:
    """Every `bedside …` of a block of commands with its line: also after `&&`, `|` or a variable."""
    for number, line in enumerate(block.text.splitlines(), block.line):
        lexer = shlex.shlex(line, posix=True, punctuation_chars="&|;")
        lexer.whitespace_split = True
        one: list[str] = []
        for word in [*lexer, ";"]:
            if set(word) <= set("&|;"):
                while one and re.fullmatch(r"[A-Z_]+=.*", one[0]):
                    one.pop(0)
                if one and Path(one[0]).name == "bedside":
                    yield number, one[1:]
                one = []
            else:
                one.append(word)


def walk(words: list[str]) -> tuple[click.Command, click.Context, list[str]]:
    """The command that words name, and what is left for it. Raises click.UsageError where there is no such command."""
    command, context = cli, click.Context(cli, info_name="bedside")
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        name, inner, rest = command.resolve_command(context, words)
        assert name and inner
        command, context, words = inner, click.Context(inner, info_name=name, parent=context), rest
    return command, context, words


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_output_names_the_command_that_writes_it(page):
    for block in blocks(page):
        assert block.language in INPUT or block.marker in ("output", "fields"), (
            f"{block.where} is output without a marker: put <!-- output: COMMAND --> above it (tools/doc_blocks.py), "
            f"or name its language if it is typed: {', '.join(INPUT)}"
        )
        assert block.marker != "output" or block.command, block.where


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_code_is_fenced(page):
    """A block that is only indented would escape the other tests."""
    lines = ["", *prose(page).splitlines()]
    loose = [number for number in range(1, len(lines)) if not lines[number - 1] and lines[number][:4] == "    "]
    assert not loose, f"{page.name}: fence the code at lines {loose}"


COMMANDS = [(b, n, c) for b in ALL if b.language == "bash" for n, c in commands(b)]


@pytest.mark.parametrize(("block", "line", "words"), COMMANDS, ids=lambda v: " ".join(v)[:60] if isinstance(v, list) else "")
def test_commands_are_used_rightly(block, line, words):
    """The command exists and takes these arguments."""
    command, context, rest = walk(words)
    assert not isinstance(command, click.Group) or not rest or command.invoke_without_command
    command.make_context(context.info_name, list(rest), parent=context.parent)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_commands_in_the_text_exist(page):
    for found in re.findall(r"`bedside( [^`]*)?`", prose(page)):
        words = found.replace("…", " ").split()
        while words and not re.fullmatch(r"[a-z-]+", words[-1]) and not words[-1].startswith("--"):
            words.pop()
        command, context, rest = walk(words)
        options = {o for c in (command, cli) for p in c.get_params(context) for o in p.opts}
        assert {w for w in rest if w.startswith("--")} <= options, f"{page.name}: bedside{found}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_paths_and_links_exist(page):
    text = prose(page)
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (page.parent / link).exists(), f"{page.name} links to {link}"
    for path in re.findall(rf"`((?:{'|'.join(FOLDERS)})/[\w./-]*)`", text):
        assert (ROOT / path).exists() or "out/" in path, f"{page.name} names {path}"


def test_python_blocks_are_python():
    for block in ALL:
        if block.language == "python":
            compile(block.text, block.where, "exec")


def test_there_is_something_to_check():
    assert sum(b.marker == "output" for b in ALL) >= 3
    assert len(COMMANDS) >= 30


def test_the_glossary_knows_where_names_are():
    """Each row names a file or folder of the code and, after it, identifiers that are written there."""
    page = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    rows = [row.split(" | ") for row in page.splitlines() if " | `" in row]
    assert len(rows) > 50
    for row in rows:
        path, *names = re.findall(r"`([^`]+)`", row[-2])
        place = ROOT / path
        assert place.exists(), f"{row[0]} is not in {path}"
        for name in names:
            assert re.search(rf"\b{name}\b", place.read_text(encoding="utf-8")), f"{row[0]}: {path} has no {name}"
        assert len(row) == 4 and row[1].endswith("."), row
