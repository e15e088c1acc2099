"""The question task over the small world: what it may say, and what it tells beside the answer."""

from __future__ import annotations

import pytest
from bedside.core import Case, Question, TaskRequest, TaskResult
from bedside.core.errors import SourceError
from bedside.core.reading.reader import read
from bedside.core.testing.doubles import MemorySources
from bedside.core.types import CaseFile
from bedside.plugins.genomics.tasks.diseases import run

from .rare_disease.test_store import services as small_services

LENS, ARACHNODACTYLY, ANEURYSM = "HP:1000012", "HP:1000031", "HP:1000022"


@pytest.fixture
def small():
    return small_services()


def asked(small, *present: str, absent: tuple[str, ...] = (), **case) -> TaskResult:
    question = Question(text="Which?", case=Case(phenotypes=present, excluded_phenotypes=absent, **case))
    return run(TaskRequest(question=question, facts=read(question, small)), small)


def test_each_sentence_cites_the_annotations_that_say_it(small):
    result = asked(small, LENS, ARACHNODACTYLY, ANEURYSM)
    assert result.status == "found"
    first = result.drafts[0]
    assert first.text.startswith("Lens syndrome 1 (OMIM:100001) has the finding ")
    quoted = {e.id: e for e in result.evidence}
    for draft in result.drafts:
        for id_ in draft.evidence:
            start, end = quoted[id_].locator.nodes
            assert start in draft.text and end in draft.text


def test_the_ranking_is_a_block_whose_rows_cite_their_annotations(small):
    result = asked(small, LENS, ARACHNODACTYLY, ANEURYSM)
    [block] = result.blocks
    assert (block.kind, block.score) == ("ranking", "posterior probability")
    first = block.items[0]
    assert first.id == "OMIM:100001"
    assert 0 < first.score <= 1
    assert first.evidence == result.drafts[0].evidence
    assert len(first.supporting) >= 2
    assert all(" ×" in words for words in first.supporting), first.supporting
    assert block.total >= len(block.items)


def test_a_disease_that_is_ranked_by_its_relatives_is_named_and_not_quoted(small):
    result = asked(small, LENS, ANEURYSM)
    said = " ".join(d.text for d in result.drafts)
    assert "OMIM:100001" in said
    assert "OMIM:100002" not in said  # neither finding is annotated with it
    [note] = [n for n in result.notes if n.startswith("ranked by posterior probability")]
    assert "Lens syndrome 1 (OMIM:100001)" in note and "related diseases" in note


def test_absent_findings_count_and_are_not_said(small):
    result = asked(small, ARACHNODACTYLY, ANEURYSM, absent=(LENS,))
    assert LENS not in " ".join(d.text for d in result.drafts)


@pytest.mark.parametrize("present", [(), (LENS,), ("HP:7777777", LENS)])
def test_one_finding_is_too_few(small, present):
    result = asked(small, *present)
    assert result.status == "none"
    assert "one finding" in result.notes[0]
    assert result.searched


def test_what_is_not_loaded_is_a_failure_and_no_empty_answer(small):
    small._parts["sources"] = MemorySources([])
    with pytest.raises(SourceError):  # the engine makes a `failed` of it
        asked(small, LENS, ARACHNODACTYLY)


def test_what_else_counted_is_told(small):
    packet = {"subject": {"id": "A", "sex": "MALE"}}
    files = (CaseFile(name="a.vcf", kind="VCF"),)
    result = asked(small, LENS, ARACHNODACTYLY, phenopackets=(packet,), files=files)
    told = " ".join(result.notes)
    assert "counted too: sex male" in told
    assert "the variants of a.vcf did not count" in told


def test_the_ranker_is_made_once_for_the_same_knowledge_and_anew_for_other(small, monkeypatch):
    from bedside.plugins.genomics.rare_disease.scoring.ranker import Ranker

    made = []
    real = Ranker.open
    monkeypatch.setattr(Ranker, "open", classmethod(lambda cls, *a: made.append(1) or real(*a)))
    for _ in range(3):
        asked(small, LENS, ARACHNODACTYLY)
    assert len(made) == 1
    infos = [i.model_copy(update={"loaded_at": "2026-03-03"}) for i in small.sources.all()]
    small._parts["sources"] = MemorySources(infos)
    asked(small, LENS, ARACHNODACTYLY)
    assert len(made) == 2
