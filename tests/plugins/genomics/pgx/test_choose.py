"""Which lines may be shown to one person, and what is said beside them or in their place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from bedside.core import GraphEdge
from bedside.plugins.genomics.pgx.choose import Chosen, choose
from bedside.plugins.genomics.pgx.fitting import Result
from bedside.plugins.genomics.pgx.guidance_line import CURRENT, PACKAGED, GuidanceLine, lines_of
from bedside.plugins.genomics.pgx.loaded import PULL
from bedside.plugins.genomics.pgx.person import Person

NM, IM, PM = (f"{word} Metabolizer" for word in ("Normal", "Intermediate", "Poor"))
USUAL, AVOID = "Initiate therapy with recommended starting dose.", "Avoid thedrug."


def line(values: Mapping[str, Any], text: str = AVOID, *, packaged: bool = False, **props: Any) -> GuidanceLine:
    by = {"conditions": dict(values)} if packaged else {"keys": [dict(values)], "phenotypes": [props.pop("phenotypes", {})]}
    edge = GraphEdge.of(
        kind="no_recommendation" if props.pop("silent", False) else "recommendation",
        start="RXNORM:1",
        end="GENE:G",
        text=f"thedrug, {values} {sorted(props.items(), key=str)}: {text}",
        source_id=PACKAGED if packaged else CURRENT,
        props={"drug": "thedrug", "publisher": "CPIC", "recommendation": text, **by, **props},
    )
    (made,) = lines_of([edge])
    return made


def chosen(*lines: GuidanceLine, person: Person | None = None, unresolved: tuple[str, ...] = (), **results: Any) -> Chosen:
    possible = {gene: one if isinstance(one, tuple) else (one,) for gene, one in results.items()}
    return choose(lines, possible, unresolved, person or Person())


def test_without_lines_nothing_is_said():
    assert choose([], {"CYP2D6": [Result(PM)]}, (), Person()) == Chosen()


def test_a_withheld_line_is_not_shown_and_says_what_changed_where_and_how_to_get_it():
    old = line({"CYP2C19": PM}, USUAL, packaged=True, withheld="2023-04-10", differs="dose: half now", newer="PMID:1")
    found = chosen(old, CYP2C19=Result(PM))
    assert found.lines == ()
    (problem,) = found.problems
    assert all(word in problem for word in ("changed on 2023-04-10", "dose: half now; PMID:1", PULL))
    assert chosen(old, CYP2C19=Result(NM)) == Chosen()


@pytest.mark.parametrize(
    ("differs", "pressing"),
    [
        ("direction: CPIC by now says that they are relatively contraindicated", True),
        ("dose: a lower maintenance dose is advised now", True),
        ("direction: another drug then, the recommended starting dose now", False),
    ],
)
def test_a_withheld_line_that_asks_for_a_change_by_now_is_pressing(differs, pressing):
    old = line({"CYP2C19": PM}, USUAL, packaged=True, withheld="2023-04-10", differs=differs, newer="PMID:1")
    assert chosen(old, CYP2C19=Result(PM)).pressing == pressing
    assert not chosen(old, CYP2C19=Result(NM)).pressing


SCORED = {"scores": [1.0], "scores_gene": "CYP2D6", "without_alleles": ["*10"], "scores_by": "PMID:30801677"}


@pytest.mark.parametrize(
    ("result", "why"),
    [
        (Result(IM, "1.0"), ""),
        (Result(IM, "1", ("*1", "*4")), ""),
        (Result(IM, "0.5"), "not of 0.5"),
        (Result(IM, "≥1.0"), "not of 1"),
        (Result(IM), "the score is not known"),
        (Result(IM, "1.0", ("*4", "*10")), "not for carriers of *10"),
        (Result(IM, "1.0", ("*4", "*10.002")), "not for carriers of *10"),
        (Result(IM, "1.0", ("*4", "*100")), ""),
    ],
)
def test_a_line_of_some_scores_is_for_these_alone(result, why):
    found = chosen(line({"CYP2D6": IM}, packaged=True, **SCORED), CYP2D6=result)
    assert bool(found.lines) == (not why)
    assert [why in problem and "PMID:30801677" in problem and PULL in problem for problem in found.problems] == [
        True
    ] * bool(why)


def test_scores_of_another_possible_result_do_not_keep_a_line_back():
    of_im, of_nm = line({"CYP2D6": IM}, packaged=True, **SCORED), line({"CYP2D6": NM}, USUAL, packaged=True)
    both = chosen(of_im, of_nm, CYP2D6=(Result(NM, "2.0"), Result(IM, "1.0")))
    assert {one.edge.id for one in both.lines} == {of_im.edge.id, of_nm.edge.id} and both.sure == frozenset()
    one = chosen(of_im, of_nm, CYP2D6=(Result(NM, "2.0"), Result(IM, "0.5")))
    assert [found.edge.id for found in one.lines] == [of_nm.edge.id] and "not of 0.5" in one.problems[0]


CHILD = Person(age_years=6, is_child=True, age_said="the patient is 6 years old")
ADULT = Person(age_years=40, is_child=False, age_said="the patient is 40 years old")


@pytest.mark.parametrize(
    ("person", "shown"), [(ADULT, ["adults"]), (CHILD, ["pediatrics"]), (Person(), ["adults", "pediatrics"])]
)
def test_of_two_ages_the_persons_own_or_both_under_their_names(person, shown):
    lines = [line({"CYP2C19": PM}, f"Avoid thedrug in {who}.", population=who) for who in ("adults", "pediatrics")]
    found = chosen(*lines, person=person, CYP2C19=Result(PM))
    assert sorted(one.population for one in found.lines) == shown
    other = {"adults": "for children: the patient is 40", "pediatrics": "for adults: the patient is 6"}
    if len(shown) == 1:
        assert any(other[shown[0]] in note for note in found.notes) and not found.problems
    else:
        assert {"for adults; the age is not known", "for children; the age is not known"} == {
            note.partition("line is ")[2] for note in found.notes
        }


def test_a_line_for_the_other_age_alone_is_no_line_and_says_so():
    found = chosen(line({"CYP2C19": PM}, population="adults"), person=CHILD, CYP2C19=Result(PM))
    assert found.lines == () and "CPIC has a line for thedrug for adults: the patient is 6 years old" in found.problems


def test_a_gene_that_could_not_be_read_never_leads_to_usual_dosing():
    change, usual = (line({"CYP2C19": "No Result", "CYP2D6": value}, text) for value, text in ((PM, AVOID), (NM, USUAL)))
    shown = chosen(change, usual, unresolved=("CYP2C19",), CYP2D6=Result(PM))
    assert [one.text for one in shown.lines] == [AVOID]
    assert any("CYP2C19 is named, but no result of it could be read" in note for note in shown.notes)
    none = chosen(change, usual, unresolved=("CYP2C19",), CYP2D6=Result(NM))
    assert none.lines == () and "also go by CYP2C19, of which no result could be read" in none.problems[0]


def test_what_others_do_not_recommend_is_said_only_where_cpic_recommends_nothing():
    cpic, dpwg = line({"CYP2C19": PM}), line({"CYP2C19": PM}, "Nothing.", publisher="DPWG", silent=True)
    assert [one.publisher for one in chosen(cpic, dpwg, CYP2C19=Result(PM)).lines] == ["CPIC"]
    assert [one.publisher for one in chosen(dpwg, CYP2C19=Result(PM)).lines] == ["DPWG"]
    silent = line({"CYP2C19": PM}, "None here.", silent=True)
    assert {one.publisher for one in chosen(silent, dpwg, CYP2C19=Result(PM)).lines} == {"CPIC", "DPWG"}


def test_lines_that_differ_by_the_score_are_shown_together_and_none_is_sure():
    given = {"phenotypes": {"CYP2C9": IM}}
    lines = [line({"CYP2C9": score}, text, **given) for score, text in (("1.0", AVOID), ("1.5", USUAL))]
    found = chosen(*lines, CYP2C9=Result(IM))
    assert {one.text for one in found.lines} == {AVOID, USUAL} and found.sure == frozenset()
    assert any(
        "CYP2C9's activity score (1.0, 1.5)" in note and "give the diplotype or the score" in note for note in found.notes
    )
    exact = chosen(*lines, CYP2C9=Result(IM, "1.5"))
    assert [one.text for one in exact.lines] == [USUAL] and exact.sure == {exact.lines[0].edge.id}


def test_of_two_possible_results_neither_line_is_sure_and_a_shared_one_is():
    poor, normal = line({"CYP2C19": PM}), line({"CYP2C19": NM}, USUAL)
    found = chosen(poor, normal, CYP2C19=(Result(PM), Result(NM)))
    assert len(found.lines) == 2 and found.sure == frozenset()
    shared = line({"CYP2C19": PM}, AVOID, publisher="DPWG")
    again = chosen(poor, shared, CYP2C19=(Result(PM), Result(PM, "", ("*2", "*2"))))
    assert again.sure == {poor.edge.id, shared.edge.id}
