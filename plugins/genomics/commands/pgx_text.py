"""The assessment for a terminal: medications that matter now, other drugs by urgency, then every gene."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
from bedside.core.toolkit.printable import printable

from ..pgx.report.wording import (
    GROUPS,
    gene_words,
    grouped,
    line_ranges,
    of_genes,
    people,
    possible_words,
    ranked_lower,
    source_words,
)

if TYPE_CHECKING:
    from ..pgx.report.types import GeneReport, PgxDocument
    from ..pgx.report.wording import SameOfDrugs

_WIDTH = 110
_COLOURS = {"change": "red", "review": "yellow", "other": "cyan", "standard": "green"}


def lines(data: PgxDocument) -> Iterator[str]:
    """Every line to print, safe for a terminal."""
    versions = " · ".join(f"{s.title}, {s.version}" for s in data.sources.values())
    yield _bold(printable(data.file + (f" · sample {data.sample}" if data.sample else "")))
    yield from _wrapped(versions, 0)
    for warning in data.warnings:
        yield from _wrapped(f"! {warning}", 0, "yellow")
    for title, recommendations in grouped(data):
        yield ""
        yield _bold(title)
        for same in recommendations:
            yield from _recommendation(same, data)
    yield ""
    yield _bold("Genes")
    for gene in data.genes:
        if gene.assessed:
            yield from _gene(gene)
    yield ""
    yield _bold("Genes that were not assessed: nothing can be said of them, nor of these drugs by them")
    drugs = dict(data.not_assessed_drugs)
    for gene in data.genes:
        if gene.status == "not_assessed":
            yield from _wrapped(f"{gene.gene}: {gene.reason}", 2)
            if names := drugs.pop(gene.gene, []):
                yield from _wrapped(f"no statement by {gene.gene} on {', '.join(names)}", 4)
    for name, names in drugs.items():
        yield from _wrapped(f"{name}: no result was given; no statement by it on {', '.join(names)}", 2)
    yield ""
    yield from _wrapped(data.notice, 0)


def _recommendation(same: SameOfDrugs, data: PgxDocument) -> Iterator[str]:
    r = same.said
    mark = click.style(GROUPS[r.urgency].mark.ljust(9), fg=_COLOURS[r.urgency])
    told = f"  [{printable(', '.join(r.given))}]" if r.given else ""
    drugs = textwrap.wrap(printable(", ".join(same.drugs)), _WIDTH - 11)
    yield f"  {mark}{_bold(drugs[0])}{told}"
    yield from (f"{' ' * 11}{_bold(more)}" for more in drugs[1:])
    yield from _wrapped(of_genes(r, data), 11)
    if r.reason:
        yield from _wrapped(r.reason, 11)
    for line in r.lines:
        yield from _wrapped(f"{source_words(line)}: {line.text}", 11)
        where = " · ".join(filter(None, (line.url, ", ".join(line.references[:4]))))
        if where:
            yield click.style(f"{' ' * 13}{printable(where)}", dim=True)
    for step in r.chart:
        strength = f", {step.strength}" if step.strength else ""
        yield from _wrapped(f"– {step.chart}, box {step.box}{strength} [{step.person}]: {step.text}", 13)
    for one in r.possible:
        whose = ", ".join(filter(None, (one.publisher, people(one.population))))
        yield from _wrapped(f"– not advice for this person; {possible_words(one.conditions)} ({whose}): {one.text}", 13)
    for note in r.notes:
        yield from _wrapped(f"! {note}", 11, "yellow")
    if not r.lines and (where := " · ".join(filter(None, (r.strength, r.guideline, ", ".join(r.references[:4]))))):
        yield click.style(f"{' ' * 11}{printable(where)}", dim=True)


def _gene(gene: GeneReport) -> Iterator[str]:
    yield from _wrapped(f"{gene.gene}  {gene_words(gene)}", 2)
    if gene.status == "ambiguous" and gene.reason:
        yield from _wrapped(f"ambiguous: {gene.reason}", 4)
    if gene.phenotype_reason:
        yield from _wrapped(gene.phenotype_reason, 4)
    if gene.alternatives:
        yield from _wrapped(f"fits as well, ranked lower: {ranked_lower(gene)}", 4)
    if gene.records:
        yield from _wrapped(f"VCF lines {line_ranges(gene.records)}", 4)
    if gene.missing_positions:
        places = ", ".join(p.rsid or f"{p.chrom}:{p.pos}" for p in gene.missing_positions)
        yield from _wrapped(f"positions missing ({len(gene.missing_positions)}): {places}", 4, "yellow")
    if gene.uncallable_alleles:
        yield from _wrapped(f"could not have been seen: {', '.join(gene.uncallable_alleles)}", 4, "yellow")
    for one in gene.undocumented:
        line = f", line {one.line}" if one.line else ""
        yield from _wrapped(f"undocumented alleles {'/'.join(one.alleles)} at {one.chrom}:{one.pos}{line}", 4)
    for warning in gene.warnings:
        yield from _wrapped(f"! {warning}", 4, "yellow")


def _wrapped(text: str, indent: int, colour: str | None = None) -> Iterator[str]:
    """Blocks of a line's text stay on lines of their own."""
    for number, block in enumerate(text.split("\n")):
        yield from _block(block, indent + (2 if number else 0), colour)


def _block(text: str, indent: int, colour: str | None) -> Iterator[str]:
    hanging = "  " if indent else ""
    for line in textwrap.wrap(printable(text), _WIDTH - indent, subsequent_indent=hanging, break_on_hyphens=False):
        yield " " * indent + (click.style(line, fg=colour) if colour else line)


def _bold(text: str) -> str:
    return click.style(text, bold=True)
