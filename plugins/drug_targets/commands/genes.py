"""`bedside targets genes`: genes ranked as targets for each disease of a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from bedside.core.toolkit.bulk import BulkResult, Row, check_bulk_target, json_line, worked
from bedside.core.toolkit.json_lines import digest
from bedside.core.toolkit.printable import printable

from .rank import read_ids

if TYPE_CHECKING:
    from bedside.core import CommandContext

    from ..targets.ranker import GeneRanker, RankedGene

_LEAST = 1000
_COUNTS = ("diseases", "ranked", "without_edges", "unknown")
_NO_EDGES = "the network has no gene, symptom, anatomy or co-occurring disease of it; that is no evidence of no target"
_UNKNOWN = "is no disease of the network: ids are those of the Disease Ontology (DOID:1612)"


@click.command()
@click.option("--diseases", required=True, metavar="IDS.txt", help="Ids of diseases (DOID:…), one a line.")
@click.option("--train", required=True, metavar="INDICATIONS.tsv", help="What is known: doid_id, drugbank_id, category.")
@click.option(
    "--out", required=True, metavar="OUT.jsonl", help='Where {"disease_id", "ranking": […]} is written, one a line.'
)
@click.option("--top", default=_LEAST, show_default=True, type=click.IntRange(_LEAST), help="Genes a disease.")
@click.option("--commercial", is_flag=True, help="Leave out edges whose licence does not permit commercial use.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.option("--home", metavar="FOLDER", help="Data folder, instead of BEDSIDE_HOME.")
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
    asked_path, train_path, target = Path(diseases), Path(train), Path(out)
    asked, repeated = read_ids(asked_path)
    check_bulk_target("--out", target, [asked_path, train_path], stream=True)
    failed: list[dict[str, str]] = []
    counts: Counter[str] = Counter()
    with context.services(home) as services, context.progress() as progress:
        from ..network import open_network
        from ..repurposing.training import read_indications
        from ..targets.features import Evidence
        from ..targets.ranker import MODEL_VERSION, GeneRanker

        network = open_network(services, commercial=commercial)
        known = read_indications(train_path, network)
        progress("targets", "learn", 0, None)
        ranker = GeneRanker(network, Evidence(network), known, asked)
        about = {
            "genes_of": digest(asked_path),
            "train": digest(train_path),
            "network": network.key,
            "commercial": commercial,
            "top": top,
            "model": MODEL_VERSION,
        }
        with BulkResult(target, about) as result:
            rows = worked(asked, result, lambda ids: _rows(ranker, ids, top))
            for done, (disease, row) in enumerate(rows, 1):
                counts.update(row.counts)
                if row.error:
                    failed.append({"disease_id": disease, "error": row.error})
                    click.echo(printable(f"error: {asked_path}: {disease} {row.error}"), err=True)
                progress("targets", "diseases", done, len(asked))
    summary: dict[str, Any] = {"out": str(target), **{name: counts[name] for name in _COUNTS}, "repeated": repeated}
    summary |= {"trained_on": len(ranker.trained_on), "training_rows_left_out": known.unknown, "failed": failed}
    summary["training_pairs_of_asked_left_out"] = sum(disease in set(asked) for disease, _ in known.pairs)
    _report(context, summary, as_json)
    return 1 if failed else 0


def _rows(ranker: GeneRanker, ids: Sequence[str], top: int) -> Iterator[Row]:
    index = ranker.network.nodes["disease"].index
    for id_ in ids:
        if id_ not in index:
            line = json_line({"disease_id": id_, "ranking": [], "reason": f"{id_} {_UNKNOWN}"})
            yield Row((line,), _UNKNOWN, {"diseases": 1, "unknown": 1})
        elif not ranker.evidence.described(index[id_]):
            line = json_line({"disease_id": id_, "ranking": [], "reason": _NO_EDGES})
            yield Row((line,), counts={"diseases": 1, "without_edges": 1})
        else:
            line = json_line({"disease_id": id_, "ranking": [_document(gene) for gene in ranker.rank(id_, top)]})
            yield Row((line,), counts={"diseases": 1, "ranked": 1})


def _document(gene: RankedGene) -> dict[str, Any]:
    return {
        "gene": gene.gene,
        "entrez_gene_id": gene.entrez_gene_id,
        "score": float(f"{gene.score:.6g}"),
        "prior": float(f"{gene.prior:.6g}"),
        "evidence": gene.evidence,
    }


def _report(context: CommandContext, summary: dict[str, Any], as_json: bool) -> None:
    if as_json:
        context.json(summary)
        return
    text = f"{summary['out']}: {summary['ranked']} of {summary['diseases']} diseases ranked"
    text += f", learned from {summary['trained_on']} others"
    for name, words in (
        ("without_edges", "without edges"),
        ("unknown", "unknown ids"),
        ("repeated", "repeated ids"),
        ("training_rows_left_out", "training rows name a disease or drug that the network has not"),
        ("training_pairs_of_asked_left_out", "training pairs of the asked diseases left out"),
    ):
        if summary[name]:
            text += f"; {summary[name]} {words}"
    click.echo(text, err=True)
