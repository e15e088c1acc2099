"""Drug targets: which genes and drugs come into question for a disease, over a network of drugs, genes and diseases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedside.core import hookimpl

if TYPE_CHECKING:
    from bedside.core import CommandGroup


@hookimpl
def bedside_commands(cli: CommandGroup) -> None:
    targets = cli.lazy_group(
        "targets", "Targets of a disease, and drugs that could be tried, beside what degree alone says."
    )
    here = f"{__name__}.commands"
    targets.lazy("genes", "Diseases in bulk: genes ranked as targets for each, with the evidence.", f"{here}.genes:genes")
    targets.lazy("rank", "Diseases in bulk: every drug ranked by how likely it treats each.", f"{here}.rank:rank")
