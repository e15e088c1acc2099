"""The id of a finding that was merged into another is still found: records are older than releases."""

from __future__ import annotations

from pathlib import Path

from bedside.core.types import Term
from bedside.knowledge.terms import SqliteTerms


def test_an_old_id_finds_the_finding_that_took_its_place(tmp_path: Path) -> None:
    index = SqliteTerms(tmp_path / "terms.sqlite")
    index.put(
        [
            Term(id="HP:0001166", kind="phenotype", name="Arachnodactyly", source_id="hpo", related=("HP:0001505",)),
            Term(id="HP:0001250", kind="phenotype", name="Seizure", source_id="hpo"),
            Term(id="DRUG:1", kind="drug", name="Codeine", source_id="drugs", related=("ATC:R05DA04", "HP:0000001")),
        ]
    )
    assert [t.id for t in index.lookup(["HP:0001250", "HP:0001505"])] == ["HP:0001250", "HP:0001166"]
    assert [t.id for t in index.lookup(["HP:0001505", "HP:0001166"])] == ["HP:0001166"]
    # other ids that a term names are other things, not the term
    assert index.lookup(["ATC:R05DA04", "HP:0000001"]) == []
    index.close()
