"""The blocks of output in README.md and docs/: each is written by the command that its marker names, never by hand.

A marker is an HTML comment above a fenced block, so that readers do not see it:

    <!-- output: bedside ask "…" --limit 2
         leave out: ^    \\[2\\] until ^    bedside knowledge -->

`leave out: START until END` (regular expressions) puts one line `…` in the place of the lines from the first that START
matches to the one before the next that END matches; `until end` leaves out the rest. Rules apply in their order, each from
where the last one ended. `<!-- fields: COMMAND --json -->` stands above a table whose first column names every field of that
JSON: `a[].b`, or `a[].*` for all below. Under `<!-- run -->` the test runs the commands of a block, not only parses them.

Commands run in a copy of docs/examples. `make docs` (python tools/doc_blocks.py) rewrites stale blocks;
tests/e2e/test_docs.py fails for them.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
EXAMPLES = ROOT / "docs" / "examples"
INPUT = ("bash", "toml", "python", "formula")
"""Languages of blocks that people type or read as code; a block of any other, or of none, is output."""

_MARKER = re.compile(r"<!-- (output|fields|run)(?:: (.*?))? ?-->\n", re.DOTALL)
_RULE = re.compile(r"leave out: (.+) until (.+)")
_VARIES = (
    (re.compile(r"\b\d+(\.\d+)? (s|ms|seconds|minutes)\b"), r"N \2"),
    (re.compile(r"\b\d{4}-\d\d-\d\dT[\d:.+Z-]+"), "TIME"),
)


class DocError(Exception):
    """A marker that can't be read, or a command that fails."""


@dataclass(frozen=True)
class Block:
    """A fenced block or, under a `fields` marker, a table: `text` is characters `start` to `end` of the page.

    `marker` is "output", "fields", "run" or "" where there is none.
    """

    page: Path
    line: int
    language: str
    text: str
    start: int
    end: int
    marker: str = ""
    command: str = ""
    rules: tuple[tuple[str, str], ...] = ()

    @property
    def where(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> Iterator[Block]:
    """Every fenced block of a page and every table under a `fields` marker, in their order."""
    content = page.read_text(encoding="utf-8")
    fence = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
    markers = {m.end(): m for m in _MARKER.finditer(content)}
    for found in fence.finditer(content):
        marker = markers.pop(found.start(), None)
        yield _block(page, content, marker, found[1], *found.span(2))
    for end, marker in markers.items():
        table = re.compile(r"(?:\|.*\n)+").match(content, end)
        if marker[1] != "fields" or not table:
            raise DocError(f"{page.name}: nothing stands under the marker {marker[0].strip()}")
        yield _block(page, content, marker, "", *table.span())


def _block(page: Path, content: str, marker: re.Match[str] | None, language: str, start: int, end: int) -> Block:
    line = content.count("\n", 0, start) + 1
    command, rules = "", []
    if marker and marker[2]:
        command, *others = (part.strip() for part in marker[2].strip().split("\n"))
        for other in others:
            rule = _RULE.fullmatch(other)
            if not rule:
                raise DocError(f"{page.name}: the marker says {other!r}; a rule reads: leave out: START until END")
            rules.append((rule[1], rule[2]))
    return Block(page, line, language, content[start:end], start, end, marker[1] if marker else "", command, tuple(rules))


def run(command: str, home: Path, folder: Path) -> str:
    """What a command writes to standard output, 100 columns wide. `folder` is the working folder, `home` the data folder.

    Raises DocError when it is no `bedside …` or `python …`, or fails.
    """
    program, *arguments = shlex.split(command, comments=True)
    if program not in ("bedside", "python"):
        raise DocError(f"{command}: documentation is made by `bedside` and `python` only")
    module = ["-m", "bedside.integrations.cli.main"] if program == "bedside" else []
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BEDSIDE_") or k == "BEDSIDE_MIRROR"}
    environment = {**kept, "BEDSIDE_HOME": str(home), "COLUMNS": "100"}
    if mirror := kept.get("BEDSIDE_MIRROR"):
        environment["BEDSIDE_MIRROR"] = str((ROOT / mirror).resolve())
    done = subprocess.run(
        [sys.executable, *module, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        check=False,
    )
    if done.returncode:
        raise DocError(f"{command}\nended with {done.returncode}:\n{done.stdout[-500:]}\n{done.stderr[-2000:]}")
    return done.stdout.replace(str(home), "~/.local/share/bedside")


def shorten(text: str, rules: tuple[tuple[str, str], ...]) -> str:
    """`text` without its outer blank lines and what the rules leave out. Raises DocError for a rule that matches nothing."""
    lines = [line.rstrip() for line in text.strip("\n").splitlines()]
    at = 0
    for start, end in rules:
        first = next((i for i in range(at, len(lines)) if re.search(start, lines[i])), None)
        if first is None:
            raise DocError(f"no line is left that matches {start!r}")
        until = (
            len(lines) if end == "end" else next((i for i in range(first + 1, len(lines)) if re.search(end, lines[i])), None)
        )
        if until is None:
            raise DocError(f"no line after that of {start!r} matches {end!r}")
        indent = re.match(r" *", lines[first])
        blank = [""] if not lines[until - 1] else []
        lines[first:until] = [f"{indent[0] if indent else ''}…", *blank]
        at = first + 1
    return "\n".join(lines) + "\n"


def same(one: str, other: str) -> bool:
    """Whether two outputs differ at most in what differs from run to run: times taken and times of day."""
    return without_varying(one) == without_varying(other)


def without_varying(text: str) -> str:
    for pattern, fixed in _VARIES:
        text = pattern.sub(fixed, text)
    return text


def fields_of(value: Any, path: str = "") -> set[str]:
    """The paths of all fields of a JSON value: `a`, `a[].b`. Of a list, those of any of its items."""
    if isinstance(value, list):
        return {f for item in value for f in fields_of(item, f"{path}[]")}
    if not isinstance(value, dict):
        return set()
    inner = {f for key, item in value.items() for f in fields_of(item, f"{path}.{key}" if path else key)}
    return inner | {f"{path}.{key}" if path else key for key in value}


def wrong_fields(table: str, fields: set[str]) -> list[str]:
    """Which fields of a JSON the first column of a table lacks, and which it has too many. `a[].*` is all below `a[]`."""
    rows = [re.split(r"(?<!\\)\|", row)[1] for row in table.splitlines()]
    named = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    below = tuple(name[:-1] for name in named if name.endswith(".*"))
    missing = sorted(f for f in fields - named if not f.startswith(below))
    unknown = sorted(n for n in named - fields if not (n.endswith(".*") and any(f.startswith(n[:-1]) for f in fields)))
    return [f"add {name}" for name in missing] + [f"there is no {name}" for name in unknown]


def fresh(block: Block, home: Path, folder: Path) -> str:
    """What should stand in a block, or for a table which fields it should name, one a line."""
    output = run(block.command, home, folder)
    if block.marker == "fields":
        return "".join(f"{name}\n" for name in sorted(fields_of(json.loads(output))))
    return shorten(output, block.rules)


def main() -> int:
    home = Path(os.environ.get("BEDSIDE_TEST_HOME") or os.environ.get("BEDSIDE_HOME") or "")
    if not (home / "current").is_file():
        print("Set BEDSIDE_HOME to a folder with only the starter knowledge in it:", file=sys.stderr)
        print("bedside knowledge load --home FOLDER", file=sys.stderr)
        return 2
    made = [block for page in PAGES for block in blocks(page) if block.marker in ("output", "fields")]
    problems = [_renew(block, home) for block in reversed(made)]  # from the end, so that the places of earlier blocks hold
    for problem in filter(None, reversed(problems)):
        print(problem, file=sys.stderr)
    return 1 if any(problems) else 0


def _renew(block: Block, home: Path) -> str:
    """Write a stale block again. What a person must do instead, "" where nothing."""
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(EXAMPLES, Path(folder) / "examples")
        try:
            text = fresh(block, home, copy)
        except DocError as error:
            return f"{block.where}: {error}"
    if block.marker == "fields":
        wrong = wrong_fields(block.text, set(text.split()))
        return f"{block.where}: {'; '.join(wrong)}" if wrong else ""
    if not same(text, block.text):
        content = block.page.read_text(encoding="utf-8")
        block.page.write_text(content[: block.start] + text + content[block.end :], encoding="utf-8")
        print(f"{block.where}: written again")
    return ""


if __name__ == "__main__":
    sys.exit(main())
