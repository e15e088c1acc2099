"""An answer for people: what was found, each sentence with its quotes, who was asked, warnings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bedside.core import Evidence, Facts, Mention, Notice, Recommendation
from bedside.core.toolkit.printable import one_line, printable
from bedside.core.types import Figure
from bedside.core.wording import say

from ..page.blocks import placed
from ..page.html import status_words, stored_ids
from ..page.numbers import marks
from ..page.paths import path_words
from .render_blocks import print_block

if TYPE_CHECKING:
    from rich.text import Text

_COLOURS = {"answered": "green", "partial": "yellow", "abstained": "yellow"}


def _names_read(facts: Facts) -> list[str]:
    """Each thing that was read, once; a product with its substances: "Vicodin (hydrocodone + acetaminophen)"."""
    places: dict[tuple[str, str, int, int], list[Mention]] = {}
    for m in facts.mentions:
        if m.used and not m.negated:
            places.setdefault((m.kind, m.origin, m.start, m.end), []).append(m)
    names: dict[str, None] = {}
    for found in places.values():
        parts = [m.name for m in found]
        product = found[0].kind == "drug" and len(parts) > 1
        names |= dict.fromkeys([f"{found[0].text} ({' + '.join(parts)})"] if product else parts)
    return list(names)


def print_answer(answer: Recommendation, pictures: Sequence[Path] = ()) -> None:
    """`pictures` are where the figures of the answer were written, in their order."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    console = Console(soft_wrap=False, highlight=False, markup=False)
    console.print(Text(status_words(answer), style=f"bold {_COLOURS[answer.status]}"))
    if read := _names_read(answer.facts):
        console.print(Text(one_line(say("answer.read", names=", ".join(read))), style="dim"))
    number = {e.id: i for i, e in enumerate(answer.evidence, 1)}
    by_id = {e.id: e for e in answer.evidence}
    figures = [block for block in answer.blocks if isinstance(block, Figure)]
    drawn = {id(figure): path for figure, path in zip(figures, pictures, strict=False)}
    blocks = placed(answer)
    for block in blocks.first:
        print_block(console, block, number, drawn.get(id(block)))
    beside = dict.fromkeys(e.id for e in answer.evidence)
    for sentence in answer.sentences:
        verbatim = sentence.support.verdict == "verbatim"
        shown = printable(f"“{sentence.text}”" if verbatim else sentence.text)
        console.print()
        console.print(Text.assemble((shown, "bold"), " ", (marks(sentence.citations, number), "cyan")))
        for id_ in sentence.citations:
            quote = _quote(by_id[id_], number[id_], repeat=not verbatim)
            console.print(Padding(quote, (0, 0, 0, 4)))
            beside.pop(id_, None)
        ids = " ".join(i for c in sentence.citations for i in stored_ids(by_id[c]))
        console.print(Padding(Text(f"bedside knowledge show {ids}", style="dim"), (0, 0, 0, 4)))

    for block in blocks.further:
        print_block(console, block, number, drawn.get(id(block)))
    if beside:
        console.print(f"\n{say('answer.also-cited')}", style="bold")
        for id_ in beside:
            console.print(Padding(_quote(by_id[id_], number[id_], repeat=True), (0, 0, 0, 4)))
        ids = " ".join(i for id_ in beside for i in stored_ids(by_id[id_]))
        console.print(Padding(Text(f"bedside knowledge show {ids}", style="dim"), (0, 0, 0, 4)))

    console.print()
    table = Table(title=say("answer.asked"), title_justify="left", box=None, pad_edge=False)
    for column in (say("answer.specialist"), say("answer.result"), say("answer.searched")):
        table.add_column(column, overflow="fold")
    for c in answer.consulted:
        style = {"found": "green", "none": "", "failed": "red"}[c.status]
        result = say(f"answer.result-{c.status}") + (f" ({c.evidence})" if c.evidence else "")
        table.add_row(one_line(c.task), Text(result, style=style), one_line(c.message or "; ".join(c.searched)))
    console.print(table)
    if not answer.consulted:
        console.print(say("answer.nobody"))
    for w in answer.warnings:
        console.print(Text.assemble(("! ", "yellow"), _warning(w)))
    console.print(Text(say("answer.disclaimer"), style="dim"))


def _warning(notice: Notice) -> str:
    """On one line, so that it looks like no other, and marked with the plugin that says it, so that it passes for no word of
    Bedside's."""
    text = one_line(notice.text)
    return text if not notice.who or text.startswith(f"{notice.who}.") else f"{notice.who}: {text}"


def _quote(evidence: Evidence, number: int, *, repeat: bool) -> Text:
    """The quote (unless it is the sentence itself), its source, and where to open it there and here."""
    from rich.text import Text

    source = evidence.source
    refs = [r for r in source.references if r.split(":")[-1] not in source.url]
    more = f" · {', '.join(refs[:6])}" + (f" and {len(refs) - 6} more" if len(refs) > 6 else "") if refs else ""
    where = " · ".join(filter(None, (", ".join(filter(None, (source.title, source.version))), evidence.strength)))
    text = Text(f"[{number}] ", style="not bold")
    if repeat:
        text.append(f"“{printable(evidence.quote)}”\n", style="italic")
    if path := path_words(evidence):
        text.append(f"{printable(say('answer.path', nodes=path))}\n")
    text.append(printable(" · ".join(filter(None, (where, source.url))) + more), style="dim")
    for notice in source.notices:
        text.append(f"\n{printable(notice)}", style="yellow")
    return text
