"""An answer as a person reads it: what was found, each sentence with its quotes, who was asked, what to beware of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedside.core import Evidence, GraphPath, Recommendation, TextSpan

if TYPE_CHECKING:
    from rich.text import Text

_COLOURS = {"answered": "green", "partial": "yellow", "abstained": "yellow"}
_MEANS = {
    "answered": "Answered: every sentence is backed by the quotes under it.",
    "partial": "Partial: what is shown is backed, but something could not be looked at (see below).",
    "abstained": "Abstained: nothing that was searched supports an answer.",
}


def print_answer(answer: Recommendation) -> None:
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    console = Console(soft_wrap=False, highlight=False)
    console.print(Text(_MEANS[answer.status], style=f"bold {_COLOURS[answer.status]}"))
    number = {e.id: i for i, e in enumerate(answer.evidence, 1)}
    for sentence in answer.sentences:
        marks = "".join(f"[{number[c]}]" for c in sentence.citations)
        console.print()
        console.print(Text.assemble((sentence.text, "bold"), " ", (marks, "cyan")))
        for id_ in sentence.citations:
            evidence = next(e for e in answer.evidence if e.id == id_)
            console.print(Padding(_quote(evidence, number[id_]), (0, 0, 0, 4)))

    console.print()
    table = Table(title="Who was asked", title_justify="left", box=None, pad_edge=False)
    for column in ("specialist", "result", "searched"):
        table.add_column(column, overflow="fold")
    for c in answer.consulted:
        style = {"found": "green", "none": "", "failed": "red"}[c.status]
        result = f"{c.status}" + (f" ({c.evidence})" if c.evidence else "")
        table.add_row(c.task, Text(result, style=style), c.message or "; ".join(c.searched))
    console.print(table)
    if not answer.consulted:
        console.print("No specialist fits this question.")
    for w in answer.warnings:
        console.print(Text.assemble(("! ", "yellow"), w.text))
    console.print(Text("Bedside supports a clinician's decision; it is not a medical device.", style="dim"))


def _quote(evidence: Evidence, number: int) -> Text:
    from rich.text import Text

    source = evidence.source
    refs = [r for r in source.references if r not in source.url]
    lines = [
        f"[{number}] “{evidence.quote}”",
        f"{source.title}, {source.version}" + (f" · {evidence.strength}" if evidence.strength else ""),
        source.url + (f" · {', '.join(refs[:6])}" if refs else ""),
        f"bedside knowledge show {' '.join(_stored_ids(evidence))}",
    ]
    text = Text(lines[0], style="italic")
    for line in lines[1:]:
        text.append(f"\n    {line}", style="not italic dim")
    return text


def _stored_ids(evidence: Evidence) -> list[str]:
    """What to open to read the quote where it stands."""
    if isinstance(evidence.locator, TextSpan):
        return [evidence.locator.passage_id]
    if isinstance(evidence.locator, GraphPath):
        return [e.edge_id for e in evidence.locator.edges]
    return [evidence.id]
