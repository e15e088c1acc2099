"""Blocks of output: markers, what is left out, and what may differ from run to run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import doc_blocks
from tools.doc_blocks import DocError, blocks, fields_of, same, shorten, wrong_fields

PAGE = """# A page

<!-- output: bedside ask "x" --limit 2
     leave out: ^b until ^d -->
```text
a
```

```bash
bedside ask "x"
```

<!-- fields: bedside ask "x" --json -->
| field | means |
|---|---|
| `a`, `a.b` | `c` |
"""


@pytest.fixture
def page(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(doc_blocks, "ROOT", tmp_path)
    (tmp_path / "page.md").write_text(PAGE)
    return tmp_path / "page.md"


def test_markers_belong_to_the_block_under_them(page):
    output, commands, table = blocks(page)
    assert (output.marker, output.command, output.rules) == ("output", 'bedside ask "x" --limit 2', (("^b", "^d"),))
    assert (output.text, output.language, output.where) == ("a\n", "text", "page.md:6")
    assert PAGE[output.start : output.end] == "a\n"
    assert (commands.marker, commands.language) == ("", "bash")
    assert (table.marker, wrong_fields(table.text, {"a", "a.b"})) == ("fields", [])


NOT_A_RULE = "<!-- output: x\n  leave something out -->\n```\n```\n"
NOT_ABOVE_A_BLOCK = "<!-- output: x -->\n\n```\n```\n"


@pytest.mark.parametrize("marker", [NOT_A_RULE, NOT_ABOVE_A_BLOCK])
def test_a_marker_that_rules_nothing_is_an_error(page, marker):
    page.write_text(marker)
    with pytest.raises(DocError):
        list(blocks(page))


def test_what_is_left_out_is_marked():
    text = "\n\na\n  b1\n  b2\nc\n  b3\nc\nz\n\n"
    assert shorten(text, ()) == "a\n  b1\n  b2\nc\n  b3\nc\nz\n"
    assert shorten(text, (("b", "c"), ("b", "c"))) == "a\n  …\nc\n  …\nc\nz\n"
    assert shorten(text, (("b2", "end"),)) == "a\n  b1\n  …\n"
    assert shorten("a\n\nb\n\nc\n", (("a", "c"),)) == "…\n\nc\n"
    for rule in (("x", "end"), ("a", "x")):
        with pytest.raises(DocError):
            shorten(text, (rule,))


def test_only_times_may_differ():
    assert same("Done in 9 s at 2026-01-01T00:00:00Z", "Done in 12.5 s at 2026-02-01T10:00:00+00:00")
    assert not same("63 %", "78 %")
    assert not same("version 2025-01-16", "version 2025-01-17")
    assert not same("12 samples", "13 samples")


def test_fields_of_json():
    assert fields_of({"a": [{"b": 1}, {"c": {"d": None}}], "e": [1]}) == {"a", "a[].b", "a[].c", "a[].c.d", "e"}


def test_a_table_names_every_field_and_no_other():
    table = "| f | m |\n|---|---|\n| `a`, `a[].*` | `x` |\n| `b` | P(a \\| `c`) |\n"
    assert not wrong_fields(table, {"a", "a[].b", "a[].c.d", "b"})
    assert wrong_fields(table, {"a", "a[].b", "d"}) == ["add d", "there is no b"]
    assert wrong_fields(table, {"a", "b"}) == ["there is no a[].*"]


def test_a_command_that_fails_is_an_error(tmp_path):
    with pytest.raises(DocError, match="ended with 2"):
        doc_blocks.run('bedside ask ""', tmp_path / "home", tmp_path)
    with pytest.raises(DocError, match="documentation is made by"):
        doc_blocks.run("rm x", tmp_path / "home", tmp_path)
