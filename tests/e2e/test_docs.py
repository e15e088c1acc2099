"""What the documentation shows is what the program says. `make docs` writes the stale blocks again."""

from __future__ import annotations

import difflib
import os
import shlex
import shutil
from pathlib import Path

import pytest

from tools.doc_blocks import EXAMPLES, PAGES, Block, blocks, fresh, run, same, wrong_fields

ALL = [block for page in PAGES for block in blocks(page)]
MADE = [b for b in ALL if b.marker in ("output", "fields")]
RUN = [(b.where, line) for b in ALL if b.marker == "run" for line in b.text.splitlines() if line.startswith("bedside ")]


@pytest.fixture
def example_files(tmp_path) -> Path:
    """A copy of docs/examples to work in."""
    return shutil.copytree(EXAMPLES, tmp_path / "examples")


def needs_mirror(command: str) -> None:
    """Star alleles are called by definitions that are pulled, in tests from the mirror."""
    if " pgx " in command and not os.environ.get("BEDSIDE_MIRROR"):
        pytest.skip("needs the real data: BEDSIDE_MIRROR=../shared/data")


@pytest.mark.slow
@pytest.mark.parametrize("block", MADE, ids=lambda b: b.where)
def test_a_block_is_what_its_command_writes(block: Block, starter_home, example_files):
    needs_mirror(block.command)
    text = fresh(block, starter_home, example_files)
    if block.marker == "fields":
        assert not wrong_fields(block.text, set(text.split())), f"{block.where}: change the table"
        return
    diff = "".join(difflib.unified_diff(block.text.splitlines(True), text.splitlines(True), block.where, block.command))
    assert same(text, block.text), f"stale: type `make docs`\n{diff}"


@pytest.mark.slow
@pytest.mark.parametrize(("where", "command"), RUN, ids=lambda v: v)
def test_commands_run(where, command, starter_home, example_files):
    """Those marked `run`: each ends with 0 and writes something, to standard output or to the file it names."""
    needs_mirror(command)
    written = run(command, starter_home, example_files)
    words = shlex.split(command, comments=True)
    outputs = [words[i + 1] for i, word in enumerate(words) if word in ("--out", "--html", "--plot")]
    assert all((example_files / name).stat().st_size for name in outputs)
    assert written.strip() or outputs
