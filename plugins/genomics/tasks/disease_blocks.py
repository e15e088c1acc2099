"""What an answer about diseases shows before its sentences: the ranked table, and the weights of the findings drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bedside.core.types import Figure, RankedItem, Ranking

if TYPE_CHECKING:
    from ..rare_disease.scoring.results import RankedDisease

Cited = Sequence[tuple["RankedDisease", tuple[str, ...]]]
"""Diseases, best first, each with the ids of the annotations that it rests on."""


def ranked_table(cited: Cited, candidates: int) -> Ranking:
    """`candidates`: how many diseases share the posterior."""
    return Ranking(
        title="Diseases that explain the findings",
        score="posterior probability",
        prior="prior probability",
        items=tuple(_item(disease, ids, 1 / candidates) for disease, ids in cited),
        total=candidates,
    )


def _item(disease: RankedDisease, evidence: tuple[str, ...], prior: float) -> RankedItem:
    """A row: what speaks for the disease and what against, each with its likelihood ratio. A finding that was looked for
    and is absent (“no …”) speaks against it or for it; so does the silence about what it is annotated with besides."""
    from ..rare_disease.report.report_text import UNTOLD, finding, neutral, times, untold

    weights = [(finding(r), r.likelihood_ratio) for r in disease.reasons]
    weights.append((UNTOLD, untold(disease)))

    def words(kept: list[tuple[str, float]]) -> tuple[str, ...]:
        return tuple(f"{name} {times(ratio)}" for name, ratio in kept)

    details = {"genes": ", ".join(disease.genes)} if disease.genes else {}
    if neither := [name for name, ratio in weights if neutral(ratio) and name != UNTOLD]:
        details["no weight"] = ", ".join(neither)
    return RankedItem(
        id=disease.disease_id,
        name=disease.name,
        score=disease.posterior,
        prior=prior,
        supporting=words([(name, ratio) for name, ratio in weights if ratio > 1 and not neutral(ratio)]),
        opposing=words([(name, ratio) for name, ratio in weights if ratio < 1 and not neutral(ratio)]),
        evidence=evidence,
        details=details,
    )


def weights_figure(cited: Cited, searched: str) -> Figure:
    """How much each finding speaks for or against each disease, drawn."""
    from ..rare_disease.report.drawing_svg import draw_svg

    diseases = [disease for disease, _ in cited]
    names = "; ".join(f"{place}. {d.name}" for place, d in enumerate(diseases, 1))
    return Figure.of(
        draw_svg(diseases, searched),
        title="How much each finding weighs",
        alt=f"A bar for each finding and disease ({names}): to the right it speaks for the disease, to the left against. "
        "The same numbers stand in the ranked table.",
        caption="Likelihood ratios, on a logarithmic scale.",
        evidence=tuple(dict.fromkeys(id_ for _, ids in cited for id_ in ids)),
    )
