"""The question task over the small world: what it may say, and what it tells beside the answer."""

from __future__ import annotations

import math
from xml.etree import ElementTree

import pytest
from bedside.core import Case, Question, TaskRequest, TaskResult
from bedside.core.errors import SourceError
from bedside.core.reading.reader import read
from bedside.core.testing.doubles import MemorySources
from bedside.core.types import CaseFile, Figure
from bedside.plugins.genomics.rare_disease.report.drawing_svg import draw_svg
from bedside.plugins.genomics.rare_disease.scoring.results import RankedDisease, Reason
from bedside.plugins.genomics.tasks.disease_blocks import ranked_table
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
    block, _ = result.blocks
    assert (block.kind, block.score, block.prior) == ("ranking", "posterior probability", "prior probability")
    first = block.items[0]
    assert first.id == "OMIM:100001"
    assert 0 < first.score <= 1
    assert first.evidence == result.drafts[0].evidence
    assert len(first.supporting) >= 2
    assert all(" ×" in words for words in first.supporting), first.supporting
    assert block.total >= len(block.items)
    assert all(item.prior == 1 / block.total for item in block.items)  # every disease as likely as any other beforehand


def test_what_was_looked_for_and_is_absent_stands_in_the_table_with_its_weight(small):
    block, _ = asked(small, ARACHNODACTYLY, ANEURYSM, absent=(LENS,)).blocks
    said = [(*item.supporting, *item.opposing, item.details.get("no weight", "")) for item in block.items]
    assert said and all(any(words.startswith("no ") for words in reasons) for reasons in said), said
    lens = next(item for item in block.items if item.id == "OMIM:100001")
    assert any(words.startswith("no ") and " ÷" in words for words in lens.opposing), lens.opposing


def test_findings_of_the_disease_that_were_not_reported_count_where_the_reader_sees_it():
    """Eight times as likely by its one reason, four times in all: so the rest halves it."""
    disease = RankedDisease("OMIM:1", "One", 0.5, math.log(4), reasons=(Reason("HP:1", "Fever", False, 8.0, "annotated"),))
    [item] = ranked_table([(disease, ("ev_1",))], candidates=10).items
    assert item.supporting == ("Fever ×8.0",)
    assert item.opposing == ("other findings of the disease, not reported ÷2.0",)


def test_the_weights_are_drawn_as_a_picture_that_cites_what_it_shows(small):
    ranking, figure = asked(small, LENS, ARACHNODACTYLY, ANEURYSM).blocks
    picture = ElementTree.fromstring(figure.content)
    said = " ".join(picture.itertext())
    assert figure.media_type == "image/svg+xml"
    assert figure.evidence == ranking.evidence
    for item in ranking.items:
        assert item.id in said and item.name in figure.alt
    for words in ranking.items[0].supporting:
        assert words.rsplit(" ", 1)[1] in said  # the same number, rounded in the same way
    widths = {float(e.get("width")) for e in picture.iter() if e.get("height") == "12"}
    assert len(widths) > 1


def test_names_from_a_source_become_no_markup_in_the_picture():
    disease = RankedDisease("OMIM:1", "<script>x</script> & \u202egnorw", 0.5, 1.0, genes=("<a>",), reasons=(
        Reason("HP:1", "</text><image href='https://x.org'/>", False, 2.0, "annotated"),))  # fmt: skip
    figure = Figure.of(draw_svg([disease], "<b>source"), title="t", alt="a", evidence=["ev_1"])
    tags = {e.tag.rsplit("}")[-1] for e in ElementTree.fromstring(figure.content).iter()}
    assert tags <= {"svg", "defs", "pattern", "rect", "text", "path"}
    assert "\u202e" not in figure.content.decode()


def test_a_disease_that_is_ranked_by_its_relatives_is_named_and_not_quoted(small):
    result = asked(small, LENS, ANEURYSM)
    said = " ".join(d.text for d in result.drafts)
    assert "OMIM:100001" in said
    assert "OMIM:100002" not in said  # neither finding is annotated with it
    [note] = [n for n in result.notes if n.startswith("ranked as likely but not in the table")]
    assert "OMIM:100002" in note and "related diseases" in note
    assert not any("posterior probability" in n for n in result.notes)  # the table says it


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
    assert "counted in the ranking too: sex male" in told
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
