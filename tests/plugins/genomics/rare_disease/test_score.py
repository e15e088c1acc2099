"""Scores against a plain, slow reading of the formulas, and against a world that never had the left-out papers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from bedside.plugins.genomics.rare_disease.scoring.explain import Explainer
from bedside.plugins.genomics.rare_disease.scoring.next_findings import next_findings
from bedside.plugins.genomics.rare_disease.scoring.ranker import Patient, Ranker
from bedside.plugins.genomics.rare_disease.scoring.score import DiseaseScorer

from .small import DISEASES, plain, scorer

OBSERVED, EXCLUDED = ("HP:1000012", "HP:1000031", "HP:1000022"), ("HP:1000023",)


def numbers(s: DiseaseScorer, ids: tuple[str, ...]) -> list[int]:
    return s.ontology.known(ids)[0]


def slow(s: DiseaseScorer, observed: tuple[str, ...], excluded: tuple[str, ...], disease: int) -> float:
    """The score of one disease, term by term."""
    p, m, o = s.p, s.model, s.ontology
    f = s.findings(numbers(s, observed), numbers(s, excluded))

    def share(term: int) -> float:
        column, value = m.frequency.row(term)
        return dict(zip(column.tolist(), value.tolist(), strict=True)).get(disease, 0.0)

    floor = (m.findings[disease] * p.noise + p.blank) / (m.findings[disease] + p.blank)
    total = 0.0
    for term, weight in zip(f.observed, f.weights, strict=True):
        best = max(
            share(int(c)) / m.background[c] * math.exp(-p.specialise * max(m.content[term] - m.content[c], 0))
            for c in o.ancestors(term)
        )
        total += weight * math.log(best + floor)
    for term in f.excluded:
        total += p.absence * math.log(max(1 - share(term), p.least_absent) / (1 - min(m.background[term], 0.9)))
    spoken = {int(x) for t in f.observed for x in (*o.ancestors(t), *o.descendants(t))}
    spoken |= {int(x) for t in f.excluded for x in o.descendants(t)}

    def untold(d: int) -> float:
        terms, values = m.silence.row(d)
        return sum(v for t, v in zip(terms.tolist(), values.tolist(), strict=True) if t not in spoken)

    kin, weights = m.kin.row(disease)
    known = [(int(k), float(w)) for k, w in zip(kin, weights, strict=True) if m.findings[k] > 0]
    borrowed = p.own / (p.own + m.findings[disease])
    lent = sum(w * untold(k) for k, w in known) / max(sum(w for _, w in known), p.kin_mass)
    silence = p.silence * math.sqrt(min(1, len(f.observed) / p.enough))
    return total + silence * ((1 - borrowed) * untold(disease) + p.kin * borrowed * lent)


@pytest.mark.parametrize("overlap", [0.0, 0.6])
def test_the_fast_score_is_the_plain_one(overlap: float) -> None:
    s = scorer(plain(overlap=overlap))
    scores = s.scores(s.findings(numbers(s, OBSERVED), numbers(s, EXCLUDED)))
    for disease in range(len(DISEASES)):
        wanted = slow(s, OBSERVED, EXCLUDED, disease)
        assert scores[disease] == pytest.approx(wanted, abs=0.011)  # what adds less than 1 % to the floor is left out


@pytest.mark.parametrize("papers", [{"PMID:1"}, {"PMID:1", "PMID:2"}, {"PMID:6"}, {"PMID:5", "PMID:3"}, {"PMID:404"}])
def test_leaving_papers_out_is_as_if_their_lines_had_never_been(papers: set[str]) -> None:
    whole = scorer(plain(overlap=0.4))
    background = {"background": whole.model.background, "content": whole.model.content}  # not worked out anew for each case
    never = scorer(plain(overlap=0.4), without=frozenset(papers), **background)
    left = whole.scores(whole.findings(numbers(whole, OBSERVED), numbers(whole, EXCLUDED)), without=papers)
    anew = never.scores(never.findings(numbers(never, OBSERVED), numbers(never, EXCLUDED)))
    assert left == pytest.approx(anew, abs=1e-5)


def test_a_line_with_another_reference_stays_and_a_disease_without_lines_too() -> None:
    s = scorer()
    changed = s.leave_out.citing({"PMID:1"})
    assert set(changed) == {0}
    assert len(changed[0]) == 2  # aneurysm (two papers) and arachnodactyly (OMIM) stay
    ranking = Ranker(s).rank(Patient(("HP:1000021",), without={"PMID:6"}))
    assert "OMIM:100004" in [d.disease_id for d in ranking.diseases]


def test_absent_findings_count_against_and_contradictions_count_nothing() -> None:
    s = scorer()
    with_it = s.scores(s.findings(numbers(s, ("HP:1000031",)), []))
    without = s.scores(s.findings(numbers(s, ("HP:1000031",)), numbers(s, ("HP:1000012",))))
    assert without[0] < with_it[0] and without[4] > with_it[4] - 1e-9
    ranking = Ranker(s).rank(Patient(("HP:1000031", "HP:1000012"), ("HP:1000012",)))
    assert any("HP:1000012" in note and "not used" in note for note in ranking.notes)


def test_findings_that_say_the_same_count_less_than_two_that_do_not() -> None:
    s = scorer(plain(overlap=0.7))
    alike = s.findings(numbers(s, ("HP:1000012", "HP:1000013")), [])
    apart = s.findings(numbers(s, ("HP:1000012", "HP:1000031")), [])
    assert alike.weights.sum() < apart.weights.sum() <= 2


def test_ranking_folds_other_catalogues_into_omim_and_adds_up_to_one() -> None:
    ranking = Ranker(scorer()).rank(Patient(OBSERVED, EXCLUDED, case_id="a"), reasons=2, following=3)
    ids = [d.disease_id for d in ranking.diseases]
    assert ids[0] == "OMIM:100001" and "ORPHA:1" not in ids and "ORPHA:2" in ids
    assert "ORPHA:1" in ranking.diseases[0].also
    assert sum(d.posterior for d in ranking.diseases) + ranking.rest == pytest.approx(1)
    assert ranking.observed == OBSERVED and ranking.excluded == EXCLUDED


@pytest.mark.parametrize("papers", [set(), {"PMID:1"}, {"PMID:3"}, {"PMID:6"}])
def test_the_reasons_multiply_to_the_score(papers: set[str]) -> None:
    s = scorer(plain(overlap=0.4))
    f = s.findings(numbers(s, OBSERVED), numbers(s, EXCLUDED))
    scores, touched = s.scores(f, papers), s.touched(f)
    changed, silences = s.leave_out.changed(f, touched, papers), s.silences(s.untold(touched))
    for disease in range(len(DISEASES)):
        product = sum(math.log(r.likelihood_ratio) for r in Explainer(s, f, papers).reasons(disease))
        silent = s.silence_weight(f) * (
            changed.silence[changed.column[disease]] if changed and disease in changed.column else silences[disease]
        )
        assert product + silent == pytest.approx(scores[disease], abs=0.03)


def test_reasons_name_the_lines_they_rest_on() -> None:
    s = scorer()
    f = s.findings(numbers(s, ("HP:1000012", "HP:1000021", "HP:1000013")), numbers(s, ("HP:1000031",)))
    why = {r.term_id: r for r in Explainer(s, f).reasons(0)}
    assert why["HP:1000012"].how == "annotated"
    assert why["HP:1000012"].support[0].frequency == "9 of 10 patients"
    assert why["HP:1000012"].support[0].references == ("PMID:1",)
    assert why["HP:1000021"].how == "more_specific" and why["HP:1000021"].support[0].term_id == "HP:1000022"
    assert why["HP:1000031"].excluded and why["HP:1000031"].likelihood_ratio < 1
    assert why["HP:1000013"].how in ("kin", "related")
    left = {r.term_id: r for r in Explainer(s, f, {"PMID:1"}).reasons(0)}
    assert all("PMID:1" not in line.references or len(line.references) > 1 for r in left.values() for line in r.support)


def test_no_finding_no_ranking() -> None:
    ranker = Ranker(scorer())
    for patient in (Patient(), Patient(excluded=("HP:1000012",)), Patient(("HP:0000006", "x"))):
        ranking = ranker.rank(patient)
        assert ranking.diseases == () and any("present" in note for note in ranking.notes)
    assert ranker.rank(Patient(("HP:0000006", "x"))).unread == ("HP:0000006", "x")


def test_next_findings_tell_the_leading_diseases_apart() -> None:
    s = scorer()
    f = s.findings(numbers(s, ("HP:1000031",)), [])
    posterior = np.full(len(DISEASES), 1 / len(DISEASES))
    found = next_findings(s, f, [0, 1, 2], posterior, 5)
    assert found and found == tuple(sorted(found, key=lambda n: -n.gain))
    assert "HP:1000031" not in {n.term_id for n in found}
    o = s.ontology
    for a in found:
        for b in found:
            assert a is b or o.number[b.term_id] not in o.ancestors(o.number[a.term_id])
    assert 0 < found[0].gain <= 1
    assert next_findings(s, f, [0], posterior, 5) == ()


def test_the_order_does_not_depend_on_what_was_asked_before() -> None:
    used, fresh = scorer(), scorer()
    for ids in (OBSERVED, ("HP:1000040",), ("HP:1000020", "HP:1000030")):
        used.scores(used.findings(numbers(used, ids), numbers(used, EXCLUDED)), without={"PMID:1"})
    f = used.findings(numbers(used, OBSERVED), [])
    assert np.array_equal(used.scores(f), fresh.scores(f))
