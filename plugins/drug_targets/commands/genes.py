"""`bedside targets genes`: genes ranked as targets for each disease of a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click
from bedside.core.toolkit.json_lines import digest

from .bulk import LEFT_OUT, NO_EDGES, Job, lists, report, row_of, switches

if TYPE_CHECKING:
    from bedside.core import CommandContext
    from bedside.core.toolkit.bulk import Row

    from ..targets.ranker import GeneRanker, RankedGene

_LEAST = 1000
_NO_EDGES = NO_EDGES.format("target")


@click.command()
@lists
@click.option("--top", default=_LEAST, show_default=True, type=click.IntRange(_LEAST), help="Genes a disease.")
@switches
@click.pass_obj
def genes(
    context: CommandContext,
    diseases: str,
    train: str,
    out: str,
    top: int,
    commercial: bool,
    as_json: bool,
    home: str | None,
) -> int:
    """Genes ranked as targets for each disease, with the kinds of evidence apart, beside how often each is aimed at anyway.

    \b
    bedside targets genes --diseases ids.txt --train indications.tsv --out genes.jsonl

    What the training file says of the diseases that are asked is left out before anything is learned. `score` orders the
    genes of one disease and is no probability; `prior` counts the training diseases with a drug that acts through the gene.
    """
    job = Job.of(diseases, train, out)
    with context.services(home) as services, context.progress() as progress:
        from ..network import open_network
        from ..repurposing.training import read_indications
        from ..targets.features import Evidence
        from ..targets.ranker import MODEL_VERSION, GeneRanker

        network = open_network(services, commercial=commercial)
        known = read_indications(job.train, network)
        progress("targets", "learn", 0, None)
        ranker = GeneRanker(network, Evidence(network), known, job.asked)
        about = {"genes_of": digest(job.diseases), "top": top, **job.about(network, MODEL_VERSION, commercial=commercial)}
        summary = job.run(about, lambda ids: _rows(ranker, ids, top), progress)
    asked = set(job.asked)
    summary |= {"trained_on": len(ranker.trained_on), "training_rows_left_out": known.unknown}
    summary["training_pairs_of_asked_left_out"] = sum(disease in asked for disease, _ in known.pairs)
    told = {
        **LEFT_OUT,
        "repeated": "repeated ids",
        "training_pairs_of_asked_left_out": "training pairs of the asked diseases left out",
    }
    return report(context, summary, told, as_json=as_json)


def _rows(ranker: GeneRanker, ids: Sequence[str], top: int) -> Iterator[Row]:
    index = ranker.network.nodes["disease"].index
    for id_ in ids:
        described = id_ in index and ranker.evidence.described(index[id_])
        yield row_of(id_, index, [_document(gene) for gene in ranker.rank(id_, top)] if described else None, _NO_EDGES)


def _document(gene: RankedGene) -> dict[str, Any]:
    return {
        "gene": gene.gene,
        "entrez_gene_id": gene.entrez_gene_id,
        "score": float(f"{gene.score:.6g}"),
        "prior": float(f"{gene.prior:.6g}"),
        "evidence": gene.evidence,
    }
