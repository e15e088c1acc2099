"""What was read of a text, as a page that stands alone: the text with coloured spans, each with its words beside it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bedside.core import Facts, Question
from bedside.core.errors import OutputError
from bedside.core.toolkit.atomic_files import write_whole
from bedside.core.toolkit.printable import escaped, printable
from bedside.core.wording import DEFAULT, say

from .facts import fact_rows
from .html import page_policy, page_style
from .marks import runs_of, what_it_is

if TYPE_CHECKING:
    from jinja2 import Template

_HERE = Path(__file__).parent
_HINT = "name another folder: --out DIR"
_LEGEND = ("present", "denied", "unused", "named", "cue")


def reading_page(question: Question, facts: Facts) -> str:
    """The whole page. Nothing in it is loaded from elsewhere, nothing runs; every text is escaped."""
    texts = [("question", question.text), *((t.origin, t.text) for t in question.case.texts)]
    style = page_style()
    return _template().render(
        language=DEFAULT,
        style=style,
        policy=page_policy(style),
        texts=[(origin, list(runs_of(text, origin, facts))) for origin, text in texts if text.strip()],
        mentions=[(m, what_it_is(m)) for m in facts.mentions],
        facts=[
            row for row in fact_rows(facts) if row.label not in (say("page.names"), say("page.denied"), say("page.not-used"))
        ],
        legend=[(kind, say(f"read.legend-{kind}")) for kind in _LEGEND],
        word=lambda key: say(f"read.{key}"),
    )


def write_reading(question: Question, facts: Facts, folder: Path) -> list[Path]:
    """`reading.json` and `reading.html` in `folder`, which exists. Raises `OutputError`."""
    files = {
        folder / "reading.html": reading_page(question, facts).encode("utf-8", "replace"),
        folder / "reading.json": (escaped(facts.model_dump_json(indent=2)) + "\n").encode(),
    }
    try:
        for path, content in files.items():
            write_whole(path, content)
    except OSError as error:
        raise OutputError(f"--out {folder} can't be written: {error.strerror}", hint=_HINT) from error
    return list(files)


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=lambda value: type(value)(printable(value)) if isinstance(value, str) else value,
    )
    return environment.from_string((_HERE / "reading.html.j2").read_text(encoding="utf-8"))
