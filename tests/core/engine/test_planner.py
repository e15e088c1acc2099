"""What a question and its case offer to tasks."""

from __future__ import annotations

import pytest
from bedside.core.engine.planner import available
from bedside.core.types import Facts, Mention, Question


@pytest.mark.parametrize("kind", ["pgx_phenotype", "diplotype", "activity_score"])
def test_a_result_of_a_gene_offers_the_result_and_the_gene(kind):
    mention = Mention(kind=kind, id="x", name="0.5", text="0.5", start=0, end=3, gene="CYP2D6")
    assert {"pgx", "gene"} <= available(Facts(mentions=(mention,)), Question(text="0.5"))
    unused = mention.model_copy(update={"certainty": "uncertain"})
    assert not {"pgx", "gene"} & available(Facts(mentions=(unused,)), Question(text="0.5"))
