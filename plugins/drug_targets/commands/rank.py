"""`bedside targets rank`: every drug of the network ranked for each disease of a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from bedside.core.errors import UsageError
from bedside.core.toolkit.bulk import BulkResult, Row, check_bulk_target, json_line, worked
from bedside.core.toolkit.json_lines import digest
from bedside.core.toolkit.printable import printable

if TYPE_CHECKING:
    from bedside.core import CommandContext

    from ..repurposing.ranker import RankedDrug, Ranker

_AT_ONCE = 32
_COUNTS = ("diseases", "ranked", "without_edges", "unknown")
_NO_EDGES = "the network has no gene, symptom, anatomy or co-occurring disease of it; that is no evidence of no drug"
_UNKNOWN = "is no disease of the network: ids are those of the Disease Ontology (DOID:1612)"


@click.command()
@click.option("--diseases", required=True, metavar="IDS.txt", help="Ids of diseases (DOID:…), one a line.")
@click.option("--train", required=True, metavar="INDICATIONS.tsv", help="What is known: doid_id, drugbank_id, category.")
@click.option(
    "--out", required=True, metavar="OUT.jsonl", help='Where {"disease_id", "ranking": […]} is written, one a line.'
)
@click.option("--commercial", is_flag=True, help="Leave out edges whose licence does not permit commercial use.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.option("--home", metavar="FOLDER", help="Data folder, instead of BEDSIDE_HOME.")
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
    asked_path, train_path, target = Path(diseases), Path(train), Path(out)
    asked, repeated = read_ids(asked_path)
    check_bulk_target("--out", target, [asked_path, train_path], stream=True)
    failed: list[dict[str, str]] = []
    counts: Counter[str] = Counter()
    with context.services(home) as services, context.progress() as progress:
        from ..network import open_network
        from ..repurposing.evidence import build_evidence
        from ..repurposing.ranker import MODEL_VERSION, Ranker
        from ..repurposing.training import read_indications

        network = open_network(services, commercial=commercial)
        known = read_indications(train_path, network)
        progress("targets", "learn", 0, None)
        ranker = Ranker(network, build_evidence(network), known, asked)
        about = {
            "diseases": digest(asked_path),
            "train": digest(train_path),
            "network": network.key,
            "commercial": commercial,
            "model": MODEL_VERSION,
        }
        names = network.nodes["disease"].index
        with BulkResult(target, about) as result:
            rows = worked(asked, result, lambda ids: _rows(ranker, ids, names), at_once=_AT_ONCE)
            for done, (disease, row) in enumerate(rows, 1):
                counts.update(row.counts)
                if row.error:
                    failed.append({"disease_id": disease, "error": row.error})
                    click.echo(printable(f"error: {asked_path}: {disease} {row.error}"), err=True)
                if done % _AT_ONCE == 0 or done == len(asked):
                    progress("targets", "diseases", done, len(asked))
    summary: dict[str, Any] = {"out": str(target), **{name: counts[name] for name in _COUNTS}, "repeated": repeated}
    summary |= {"trained_on": len(ranker.trained_on), "training_rows_left_out": known.unknown, "failed": failed}
    _report(context, summary, as_json)
    return 1 if failed else 0


def read_ids(path: Path) -> tuple[list[str], int]:
    """The ids, each once, and how many lines repeat one. Blank lines and what follows `#` do not count.

    Raises `UsageError` for a file that can't be read or holds none.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise UsageError(f"{path} can't be read: {why}", hint="--diseases names a text file with one DOID a line") from error
    ids = [id_ for line in lines if (id_ := line.partition("#")[0].strip())]
    if not ids:
        raise UsageError(f"{path} holds no diseases", hint="write one id a line: DOID:1612")
    once = list(dict.fromkeys(ids))
    return once, len(ids) - len(once)


def _rows(ranker: Ranker, ids: Sequence[str], known: dict[str, int]) -> Iterator[Row]:
    rankable = [id_ for id_ in ids if id_ in known and ranker.has_edges(id_)]
    ranked = dict(zip(rankable, ranker.rank_many(rankable), strict=True))
    for id_ in ids:
        if id_ not in known:
            line = json_line({"disease_id": id_, "ranking": [], "reason": f"{id_} {_UNKNOWN}"})
            yield Row((line,), _UNKNOWN, {"diseases": 1, "unknown": 1})
        elif id_ not in ranked:
            line = json_line({"disease_id": id_, "ranking": [], "reason": _NO_EDGES})
            yield Row((line,), counts={"diseases": 1, "without_edges": 1})
        else:
            line = json_line({"disease_id": id_, "ranking": [_document(drug) for drug in ranked[id_]]})
            yield Row((line,), counts={"diseases": 1, "ranked": 1})


def _document(drug: RankedDrug) -> dict[str, Any]:
    score, prior = float(f"{drug.score:.6g}"), float(f"{drug.prior:.6g}")
    return {"drugbank_id": drug.drugbank_id, "name": drug.name, "score": score, "prior": prior}


def _report(context: CommandContext, summary: dict[str, Any], as_json: bool) -> None:
    if as_json:
        context.json(summary)
        return
    text = f"{summary['out']}: {summary['ranked']} of {summary['diseases']} diseases ranked"
    text += f", learned from {summary['trained_on']} others"
    if summary["without_edges"]:
        text += f"; {summary['without_edges']} without edges"
    if summary["unknown"]:
        text += f"; {summary['unknown']} unknown ids"
    if summary["training_rows_left_out"]:
        text += f"; {summary['training_rows_left_out']} training rows name a disease or drug that the network has not"
    click.echo(text, err=True)
