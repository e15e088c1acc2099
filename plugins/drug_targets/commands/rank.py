"""`bedside targets rank`: every drug of the network ranked for each disease of a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click
from bedside.core.toolkit.json_lines import digest

from .bulk import LEFT_OUT, NO_EDGES, Job, lists, report, row_of, switches

if TYPE_CHECKING:
    from bedside.core import CommandContext
    from bedside.core.toolkit.bulk import Row

    from ..repurposing.ranker import RankedDrug, Ranker

_AT_ONCE = 32
_NO_EDGES = NO_EDGES.format("drug")


@click.command()
@lists
@switches
@click.pass_obj
def rank(
    context: CommandContext, diseases: str, train: str, out: str, commercial: bool, as_json: bool, home: str | None
) -> int:
    """Every drug of the network ranked for each disease: how likely it treats it, beside what degree alone says.

    \b
    bedside targets rank --diseases ids.txt --train indications.tsv --out ranked.jsonl

    What the training file says of the diseases that are asked is left out before anything is learned. `score` is a
    probability; `prior` is the share of the training diseases that the drug treats, whatever the disease.
    """
    job = Job.of(diseases, train, out)
    with context.services(home) as services, context.progress() as progress:
        from ..network import open_network
        from ..repurposing.evidence import build_evidence
        from ..repurposing.ranker import MODEL_VERSION, Ranker
        from ..repurposing.training import read_indications

        network = open_network(services, commercial=commercial)
        known = read_indications(job.train, network)
        progress("targets", "learn", 0, None)
        ranker = Ranker(network, build_evidence(network), known, job.asked)
        about = {"diseases": digest(job.diseases), **job.about(network, MODEL_VERSION, commercial=commercial)}
        names = network.nodes["disease"].index
        summary = job.run(about, lambda ids: _rows(ranker, ids, names), progress, at_once=_AT_ONCE)
    summary |= {"trained_on": len(ranker.trained_on), "training_rows_left_out": known.unknown}
    return report(context, summary, LEFT_OUT, as_json=as_json)


def _rows(ranker: Ranker, ids: Sequence[str], known: dict[str, int]) -> Iterator[Row]:
    rankable = [id_ for id_ in ids if id_ in known and ranker.has_edges(id_)]
    ranked = dict(zip(rankable, ranker.rank_many(rankable), strict=True))
    for id_ in ids:
        yield row_of(id_, known, [_document(drug) for drug in ranked[id_]] if id_ in ranked else None, _NO_EDGES)


def _document(drug: RankedDrug) -> dict[str, Any]:
    score, prior = float(f"{drug.score:.6g}"), float(f"{drug.prior:.6g}")
    return {"drugbank_id": drug.drugbank_id, "name": drug.name, "score": score, "prior": prior}
