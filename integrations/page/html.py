"""An answer as one HTML page that stands alone: nothing is loaded from elsewhere, nothing runs, and it prints whole.

Every text is escaped, whoever it is from; of addresses only those of web pages become links; the policy in its head lets
nothing run or load but its own style and the pictures that it holds.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bedside.core import Evidence, GraphPath, Recommendation, TextSpan
from bedside.core.toolkit.printable import printable
from bedside.core.toolkit.references import reference_url
from bedside.core.types import RankedItem, Ranking
from bedside.core.wording import DEFAULT, knows, say

from .blocks import placed
from .facts import fact_rows
from .numbers import number_words, runs
from .paths import steps_of

if TYPE_CHECKING:
    from jinja2 import Environment, Template

_HERE = Path(__file__).parent


def html_page(answer: Recommendation) -> str:
    """The whole page."""
    number = {e.id: i for i, e in enumerate(answer.evidence, 1)}
    sentences, shown = [], set[str]()
    for sentence in answer.sentences:
        # each quote opens once, where it is cited first
        sentences.append((sentence, [id_ for id_ in dict.fromkeys(sentence.citations) if id_ not in shown]))
        shown.update(sentence.citations)
    style = page_style()
    return _template().render(
        answer=answer,
        language=DEFAULT,
        policy=page_policy(style),
        style=style,
        status=status_words(answer),
        problems=[notice for notice in answer.warnings if notice.partial],  # read before anything that they limit
        remarks=[notice for notice in answer.warnings if not notice.partial],
        facts=fact_rows(answer.facts),
        blocks=placed(answer),
        sentences=sentences,
        block_only=[e.id for e in answer.evidence if e.id not in shown],
        cited={e.id: e for e in answer.evidence},
        number=number,
        runs=lambda ids: list(runs(ids, number)),
    )


def status_words(answer: Recommendation) -> str:
    """What the status means; finding nothing is said otherwise where somebody could not look."""
    if answer.status == "abstained" and any(c.status == "failed" for c in answer.consulted):
        return say("status.could-not")
    return say(f"status.{answer.status}")


def stored_ids(evidence: Evidence) -> Sequence[str]:
    """What to open to read the quote where it stands."""
    if isinstance(evidence.locator, TextSpan):
        return [evidence.locator.passage_id]
    if isinstance(evidence.locator, GraphPath):
        return [edge.edge_id for edge in evidence.locator.edges]
    return [evidence.id]


def page_environment() -> Environment:
    """Where a page's text is escaped, and what no terminal or page can show is shown by number."""
    from jinja2 import Environment, StrictUndefined

    return Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined, finalize=_printable)


@cache
def _template() -> Template:
    environment = page_environment()
    environment.globals.update(
        word=_word, web=reference_url, score=number_words, bar=_share, steps=steps_of, stored_ids=stored_ids
    )
    environment.filters.update(pretty=lambda resource: json.dumps(resource, ensure_ascii=False, indent=2))
    return environment.from_string((_HERE / "answer.html.j2").read_text(encoding="utf-8"))


@cache
def page_style() -> str:
    from markupsafe import Markup

    return Markup((_HERE / "style.css.j2").read_text(encoding="utf-8"))


def page_policy(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"


def _word(key: str, **params: object) -> str:
    """The page's own words, else those of every answer."""
    return say(f"page.{key}" if knows(f"page.{key}") else f"answer.{key}", **params)


def _share(block: Ranking, item: RankedItem) -> float | None:
    """The length of its bar in percent: of 1 where all scores are shares, else of the greatest; None: no bar."""
    scores = [one.score for one in block.items]
    if min(scores) < 0 or max(scores) == 0:
        return None
    return round(100 * item.score / max(1.0, *scores), 2)


def _printable(value: Any) -> Any:
    """What a `{{ … }}` shows; text that is escaped already stays so."""
    return type(value)(printable(value)) if isinstance(value, str) else value
