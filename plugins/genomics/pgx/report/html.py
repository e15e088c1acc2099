"""The assessment as one HTML file: nothing is loaded from elsewhere, no script, fit for a screen reader and for paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bedside.core.errors import OutputError
from bedside.core.toolkit.atomic_files import write_whole
from bedside.core.toolkit.printable import printable_data
from bedside.core.toolkit.references import reference_url

from .wording import GROUPS, gene_words, grouped, line_ranges, of_genes, possible_words, ranked_lower

TEMPLATE = "report.html.j2"


def write_report(data: dict[str, Any], path: Path) -> None:
    """Raises `OutputError` when the file can't be written; what was there before then stays."""
    text = report(data)
    try:
        write_whole(path, text)
    except OSError as error:
        raise OutputError(f"{path} can't be written: {error.strerror}", hint="name another file with --html") from error


def report(data: dict[str, Any]) -> str:
    """The whole page for what `document` gives. Every value is escaped."""
    from jinja2 import Environment, StrictUndefined

    data = printable_data(data)
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    environment.filters.update(web=_web, reference=reference_url)
    template = environment.from_string((Path(__file__).parent / TEMPLATE).read_text(encoding="utf-8"))
    assessed = [g for g in data["genes"] if g["status"] != "not_assessed" or g["phenotype_from"]]
    return template.render(
        data=data,
        groups=grouped(data),
        marks=GROUPS,
        assessed=assessed,
        missed=[g for g in data["genes"] if g["status"] == "not_assessed"],
        others={g: d for g, d in data["not_assessed_drugs"].items() if g not in {x["gene"] for x in data["genes"]}},
        of_genes=of_genes,
        gene_words=gene_words,
        possible_words=possible_words,
        line_ranges=line_ranges,
        ranked_lower=ranked_lower,
    )


def _web(url: str | None) -> str:
    """Only what leads to a page: a source can't bring a script."""
    return url if url and url.startswith(("https://", "http://")) else ""
