"""The assessment as one HTML file: nothing is loaded from elsewhere, no script, fit for a screen reader and for paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bedside.core.errors import OutputError
from bedside.core.toolkit.atomic_files import write_whole
from bedside.core.toolkit.printable import printable
from bedside.core.toolkit.references import reference_url

from .types import PgxDocument
from .wording import GROUPS, gene_words, grouped, line_ranges, of_genes, people, possible_words, ranked_lower

TEMPLATE = "report.html.j2"


def write_report(data: PgxDocument, path: Path) -> None:
    """Raises `OutputError` when the file can't be written; what was there before then stays."""
    text = report(data)
    try:
        write_whole(path, text)
    except OSError as error:
        raise OutputError(f"{path} can't be written: {error.strerror}", hint="name another file with --html") from error


def report(data: PgxDocument) -> str:
    """The whole page. Every value is escaped, and without characters that turn text around or hide it."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined, finalize=_printable
    )
    environment.filters.update(web=_web, reference=reference_url)
    template = environment.from_string((Path(__file__).parent / TEMPLATE).read_text(encoding="utf-8"))
    reported = {gene.gene for gene in data.genes}
    return template.render(
        data=data,
        groups=grouped(data),
        marks=GROUPS,
        assessed=[gene for gene in data.genes if gene.assessed],
        missed=[gene for gene in data.genes if gene.status == "not_assessed"],
        others={gene: drugs for gene, drugs in data.not_assessed_drugs.items() if gene not in reported},
        of_genes=of_genes,
        gene_words=gene_words,
        people=people,
        possible_words=possible_words,
        line_ranges=line_ranges,
        ranked_lower=ranked_lower,
    )


def _printable(value: Any) -> Any:
    """What a `{{ … }}` shows; text that is escaped already stays so."""
    if not isinstance(value, str):
        return value
    return type(value)(printable(value))


def _web(url: str | None) -> str:
    """Only what leads to a page: a source can't bring a script."""
    return url if url and url.startswith(("https://", "http://")) else ""
