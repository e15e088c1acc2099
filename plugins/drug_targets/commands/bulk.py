"""What the bulk commands share: the lists they are given, a line for each disease, and the summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from bedside.core.errors import UsageError
from bedside.core.toolkit.bulk import BulkResult, Row, check_bulk_target, json_line, worked
from bedside.core.toolkit.json_lines import digest
from bedside.core.toolkit.printable import printable

if TYPE_CHECKING:
    from bedside.core import CommandContext

    from ..network import Network

F = TypeVar("F", bound=Callable[..., Any])

_COUNTS = ("diseases", "ranked", "without_edges", "unknown")
LEFT_OUT = {
    "without_edges": "without edges",
    "unknown": "unknown ids",
    "training_rows_left_out": "training rows name a disease or drug that the network has not",
}
"""Counts of the summary that are reported in words, where they are not 0."""
NO_EDGES = "the network has no gene, symptom, anatomy or co-occurring disease of it; that is no evidence of no {}"
_UNKNOWN = "is no disease of the network: ids are those of the Disease Ontology (DOID:1612)"


def lists(command: F) -> F:
    """The options that name the diseases, what is known of them, and where the ranking goes."""
    for option in (
        click.option(
            "--out", required=True, metavar="OUT.jsonl", help='Where {"disease_id", "ranking": […]} is written, one a line.'
        ),
        click.option(
            "--train", required=True, metavar="INDICATIONS.tsv", help="What is known: doid_id, drugbank_id, category."
        ),
        click.option("--diseases", required=True, metavar="IDS.txt", help="Ids of diseases (DOID:…), one a line."),
    ):
        command = option(command)
    return command


def switches(command: F) -> F:
    """The options that every bulk command ends with."""
    for option in (
        click.option("--home", metavar="FOLDER", help="Data folder, instead of BEDSIDE_HOME."),
        click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON."),
        click.option("--commercial", is_flag=True, help="Leave out edges whose licence does not permit commercial use."),
    ):
        command = option(command)
    return command


@dataclass(frozen=True)
class Job:
    """The diseases that are asked, each once, how many lines repeated one, and the files."""

    asked: list[str]
    repeated: int
    diseases: Path
    train: Path
    target: Path

    @classmethod
    def of(cls, diseases: str, train: str, out: str) -> Job:
        """Raises `UsageError` for a list that can't be read, and `OutputError` for a target that can't be written."""
        job = cls(*read_ids(Path(diseases)), Path(diseases), Path(train), Path(out))
        check_bulk_target("--out", job.target, [job.diseases, job.train], stream=True)
        return job

    def about(self, network: Network, model: int | str, *, commercial: bool) -> dict[str, Any]:
        """What a run must share with an earlier one to go on with it, but for the list of diseases."""
        return {"train": digest(self.train), "network": network.key, "commercial": commercial, "model": model}

    def run(
        self,
        about: Mapping[str, Any],
        rows: Callable[[Sequence[str]], Iterator[Row]],
        progress: Callable[[str, str, int, int | None], None],
        *,
        at_once: int = 1,
    ) -> dict[str, Any]:
        """Write every line; the counts of the summary, and the diseases that failed, which are reported as they come."""
        counts: Counter[str] = Counter()
        failed: list[dict[str, str]] = []
        with BulkResult(self.target, about) as result:
            for done, (disease, row) in enumerate(worked(self.asked, result, rows, at_once=at_once), 1):
                counts.update(row.counts)
                if row.error:
                    failed.append({"disease_id": disease, "error": row.error})
                    click.echo(printable(f"error: {self.diseases}: {disease} {row.error}"), err=True)
                if done % at_once == 0 or done == len(self.asked):
                    progress("targets", "diseases", done, len(self.asked))
        found = {name: counts[name] for name in _COUNTS}
        return {"out": str(self.target), **found, "repeated": self.repeated, "failed": failed}


def row_of(disease: str, known: Mapping[str, int], ranking: Sequence[Mapping[str, Any]] | None, no_edges: str) -> Row:
    """The line of a disease; `ranking` is None where the network has no edge of it, and `no_edges` says so."""
    if disease not in known:
        line = json_line({"disease_id": disease, "ranking": [], "reason": f"{disease} {_UNKNOWN}"})
        return Row((line,), _UNKNOWN, {"diseases": 1, "unknown": 1})
    if ranking is None:
        line = json_line({"disease_id": disease, "ranking": [], "reason": no_edges})
        return Row((line,), counts={"diseases": 1, "without_edges": 1})
    return Row((json_line({"disease_id": disease, "ranking": ranking}),), counts={"diseases": 1, "ranked": 1})


def report(context: CommandContext, summary: Mapping[str, Any], told: Mapping[str, str], *, as_json: bool) -> int:
    """Print the summary; in words, the counts that `told` names, where they are not 0. The exit code."""
    if as_json:
        context.json(summary)
    else:
        text = f"{summary['out']}: {summary['ranked']} of {summary['diseases']} diseases ranked"
        text += f", learned from {summary['trained_on']} others"
        click.echo(text + "".join(f"; {summary[name]} {words}" for name, words in told.items() if summary[name]), err=True)
    return 1 if summary["failed"] else 0


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
