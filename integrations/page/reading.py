"""What was read of a text, as a page that stands alone: the text with coloured spans, each with its words beside it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bedside.core import Facts, Question
from bedside.core.toolkit.printable import escaped
from bedside.core.wording import DEFAULT, say

from .facts import fact_rows
from .folder import write_files
from .html import page_environment, page_policy, page_style
from .marks import runs_of, texts_of, what_it_is

if TYPE_CHECKING:
    from jinja2 import Template

_HERE = Path(__file__).parent
_LEGEND = ("present", "denied", "unused", "named", "cue")


def reading_page(question: Question, facts: Facts) -> str:
    """The whole page. Nothing in it is loaded from elsewhere, nothing runs; every text is escaped."""
    style = page_style()
    return _template().render(
        language=DEFAULT,
        style=style,
        policy=page_policy(style),
        texts=[(origin, list(runs_of(text, origin, facts))) for origin, text in texts_of(question)],
        mentions=[(m, what_it_is(m)) for m in facts.mentions],
        facts=fact_rows(facts, names=False),
        legend=[(kind, say(f"read.legend-{kind}")) for kind in _LEGEND],
        word=lambda key: say(f"read.{key}"),
    )


def write_reading(question: Question, facts: Facts, folder: Path) -> list[Path]:
    """`reading.json` and `reading.html` in `folder`, which exists. Raises `OutputError`."""
    files = {
        folder / "reading.html": reading_page(question, facts).encode("utf-8", "replace"),
        folder / "reading.json": (escaped(facts.model_dump_json(indent=2)) + "\n").encode(),
    }
    write_files(folder, files)
    return list(files)


@cache
def _template() -> Template:
    return page_environment().from_string((_HERE / "reading.html.j2").read_text(encoding="utf-8"))
