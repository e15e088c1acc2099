"""CPIC's line for exactly what is known. What is right is read from the table of the installed package itself."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from bedside.plugins.genomics.named_alleles import MissingPosition
from bedside.plugins.genomics.named_alleles.calls import Undocumented
from bedside.plugins.genomics.pgx.guidance_line import NO_RESULT, GuidanceLine
from bedside.plugins.genomics.pgx.loaded import PULL
from bedside.plugins.genomics.pgx.medications import Given
from bedside.plugins.genomics.pgx.person import Person
from bedside.plugins.genomics.pgx.populations import population
from bedside.plugins.genomics.pgx.recommend import recommend, unassessed_drugs
from bedside.plugins.genomics.pgx.report.wording import line_ranges
from bedside.plugins.genomics.pgx.results import results_of
from bedside.plugins.genomics.pgx.urgency import urgency_of

TABLE = Path(find_spec("pypgx").submodule_search_locations[0]) / "api" / "data" / "recommendation-table.csv"
MHS = "Malignant Hyperthermia Susceptibility"
NO_MHS = "Uncertain Susceptibility"


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def conditions(row: dict[str, str]) -> dict[str, str]:
    return {row[f"Gene{n}"]: row[f"Phenotype{n}"] for n in "12" if row[f"Gene{n}"] != "None"}


def line(drug: str, **wanted: str) -> str:
    return next(r["Recommendation"] for r in rows() if r["Drug"] == drug and conditions(r) == wanted)


@pytest.fixture(scope="module")
def packaged(tables) -> dict[tuple[str, tuple[tuple[str, str], ...]], GuidanceLine]:
    """(drug, its conditions as the table writes them) → the line."""
    lines = [one for drug in tables.drugs for one in tables.lines_of(drug)]
    return {(one.drug, tuple(sorted(one.edge.props["conditions"].items()))): one for one in lines}


def kept_back(mine: GuidanceLine, calls) -> str:
    """By which of its props the line of a row may not be shown for these calls; "" where it may."""
    if mine.withheld:
        return "withheld"
    if mine.also_by & {call.gene for call in calls if call.status == "called"}:
        return "also_by"
    return "scores" if mine.holds_for and 1.5 not in mine.holds_for else ""


def test_every_row_of_the_table_is_found_word_for_word_or_kept_back_for_a_reason(said, known, unknown, packaged):
    used = set()
    kept: Counter[str] = Counter()
    no_result = 0
    for row in rows():
        wanted = conditions(row)
        if set(wanted.values()) == {"None"}:
            no_result += 1
            continue  # no gene has a result: the drug is listed only when it was named
        scores = {p: None if p == "Indeterminate" else "1.5" for p in wanted.values()}
        calls = [unknown(g) if p == "None" else known(g, p, score=scores[p]) for g, p in wanted.items()]
        found = said(row["Drug"], *calls)
        assert found is not None, row
        mine = packaged[row["Drug"], tuple(sorted(wanted.items()))]
        why = kept_back(mine, calls)
        kept[why] += 1
        if why:
            assert (found.status, found.line) == ("not_available", None), row
            assert mine.text not in {one.text for one in found.lines}
            said_why = {"withheld": f"changed on {mine.withheld} ({mine.changed})", "scores": "activity score"}
            said_why["also_by"] = f"today's go by {' and '.join(sorted(mine.also_by))} too"
            assert said_why[why] in found.reason, row
        elif row["Recommendation"] == "None":
            assert (found.status, found.urgency != "standard") == ("no_recommendation", True), row
        else:
            assert found.status == "recommended", row
            assert found.line.text == row["Recommendation"]
            assert found.line.edge.props["conditions"] == wanted
            # its population is not known here, which is said and keeps nothing back
            of = population(mine.population, mine.drug).words
            assert (not of) or any(f"'s line is for {of}" in note for note in found.notes), row
            used.add((row["Drug"], tuple(wanted.items())))
    assert sum(kept.values()) + no_result == len(rows())
    assert min(kept[why] for why in ("withheld", "scores")) > 0
    assert len(used) > 430


def test_a_row_for_one_age_is_shown_to_that_age_alone(tables, results, known, packaged):
    """Those for adults or a weight are the only rows of the table that an age can exclude."""
    of_age = [one for one in packaged.values() if population(one.population, one.drug).of_an_age and one.recommends]
    assert len(of_age) > 10
    for one in of_age:
        (conditions_,) = one.conditions
        made = results(*(known(g, p, score="1.0") for g, p in conditions_.items() if p != NO_RESULT))
        for person, shown in ((Person(age_years=40, is_child=False), True), (Person(age_years=3, is_child=True), False)):
            found = next(r for r in recommend(made, tables, person=person) if r.drug == one.drug)
            if one.withheld or (one.holds_for and 1.0 not in one.holds_for):
                assert not found.lines
            else:
                assert (one.text in {line.text for line in found.lines}) == shown, (one.drug, conditions_, person)


def test_a_line_for_a_result_that_is_not_available_is_never_used_when_there_is_one(said, known):
    for row in rows():
        wanted = conditions(row)
        if "None" not in wanted.values() or set(wanted.values()) == {"None"}:
            continue
        calls = [known(g, "Indeterminate" if p == "None" else p) for g, p in wanted.items()]
        found = said(row["Drug"], *calls)
        assert not [one for one in found.lines if "None" in one.edge.props["conditions"].values()], row


def test_the_missing_second_gene_is_told(said, known, unknown):
    found = said("azathioprine", known("TPMT", "Normal Metabolizer"), unknown("NUDT15", "positions are missing"))
    assert found.line.edge.props["conditions"] == {"NUDT15": "None", "TPMT": "Normal Metabolizer"}
    assert found.urgency != "standard"
    assert "NUDT15 was not assessed (positions are missing): this is the line for that case" in found.notes
    usual = said("fluvastatin", known("SLCO1B1", "Normal Function"), unknown("CYP2C9"))
    assert (usual.status, usual.urgency) == ("recommended", "review")


def test_diplotypes_that_share_a_phenotype_count(said, ambiguous):
    call = ambiguous("CYP2C19", ("*2/*2", "Poor Metabolizer", None), ("*2/*3", "Poor Metabolizer", None))
    found = said("clopidogrel", call)
    assert found.status == "recommended"
    assert found.line.text == line("clopidogrel", CYP2C19="Poor Metabolizer")


def test_diplotypes_that_differ_give_no_line_but_what_each_would_mean(said, ambiguous):
    call = ambiguous("CYP2C19", ("*1/*17", "Rapid Metabolizer", None), ("*2/*17", "Intermediate Metabolizer", None))
    found = said("clopidogrel", call)
    assert (found.status, found.line, found.urgency) == ("not_available", None, "review")
    assert "*1/*17, *2/*17 differ in phenotype (Rapid Metabolizer, Intermediate Metabolizer)" in found.reason
    words = {one.conditions[0]["CYP2C19"] for one in found.possible}
    assert words == {"Rapid Metabolizer", "Intermediate Metabolizer"}


def test_what_every_possibility_advises_comes_first(said, ambiguous):
    call = ambiguous("CYP2C19", ("*2/*2", "Poor Metabolizer", None), ("*1/*2", "Intermediate Metabolizer", None))
    assert said("clopidogrel", call).urgency == "change"


def test_a_diplotype_without_a_phenotype_gives_no_line(said, ambiguous):
    found = said("clopidogrel", ambiguous("CYP2C19", ("*1/*1", "Normal Metabolizer", None), ("*1/*999", None, None)))
    assert found.status == "not_available"
    assert "*1/*999" in found.reason


def test_words_that_the_table_does_not_know_are_told(said, known):
    found = said("clopidogrel", known("CYP2C19", "Very Slow Metabolizer"))
    assert (found.status, found.genes) == ("not_available", {"CYP2C19": None})
    assert "“Very Slow Metabolizer”" in found.reason


@pytest.mark.parametrize("drug", ["desflurane", "succinylcholine"])
def test_susceptibility_to_malignant_hyperthermia_is_never_lost(said, drug, known, unknown, ambiguous):
    """CPIC's table has no text for two susceptible genes, nor for one beside one that was not assessed."""
    avoid = line(drug, CACNA1S=NO_MHS, RYR1=MHS)
    for calls in (
        (known("RYR1", MHS), known("CACNA1S", MHS)),
        (known("RYR1", MHS), unknown("CACNA1S")),
        (unknown("RYR1"), known("CACNA1S", MHS)),
        (ambiguous("RYR1", ("a", MHS, None), ("b", NO_MHS, None)), known("CACNA1S", MHS)),
    ):
        found = said(drug, *calls)
        assert (found.status in ("no_recommendation", "not_available"), found.urgency) == (True, "change"), calls
        # CPIC says so by now, of which the table has no line: that is said where it is not shown
        told = " ".join((found.reason, *found.notes))
        assert "CPIC by now says that they are relatively contraindicated" in told and "2023-08-29" in told
    unsure = said(drug, ambiguous("RYR1", ("a", MHS, None), ("b", NO_MHS, None)), unknown("CACNA1S"))
    told = " ".join((unsure.reason, *unsure.notes))
    assert (unsure.urgency in ("change", "review"), "relatively contraindicated" in told) == (True, True)
    one = said(drug, known("RYR1", MHS), known("CACNA1S", NO_MHS))
    assert (one.status, one.urgency, one.line.text) == ("recommended", "change", avoid)


@pytest.mark.parametrize(
    ("drug", "gene", "diplotype", "score", "why"),
    [
        ("celecoxib", "CYP2C9", "*1/*2", "1.5", ""),
        ("celecoxib", "CYP2C9", "*1/*3", "1.0", "not of 1"),
        ("meloxicam", "CYP2C9", "*2/*2", "1", "not of 1"),
        ("piroxicam", "CYP2C9", "*1/*3", None, "the score is not known"),
        ("fluvastatin", "CYP2C9", "*1/*3", "1.0", ""),  # CPIC has one line for both
        ("atomoxetine", "CYP2D6", "*1/*4", "1.0", ""),
        ("atomoxetine", "CYP2D6", "*4/*41", "0.5", "not of 0.5"),
        ("atomoxetine", "CYP2D6", "*10/*9", "1.0", "not for carriers of *10"),
        ("atomoxetine", "CYP2D6", "*10x2/*41", "1.0", "not for carriers of *10"),
        ("atomoxetine", "CYP2D6", "*36+*10/*41", "1.0", "not for carriers of *10"),
        ("atomoxetine", "CYP2D6", "*1/*36x2+*10xN", "1.0", "not for carriers of *10"),
        ("atomoxetine", "CYP2D6", "*4/*10.002", "1.0", "not for carriers of *10"),
        ("atomoxetine", "CYP2D6", "*4/*100", "1.0", ""),
        ("codeine", "CYP2D6", "*4/*41", "0.5", ""),
    ],
)
def test_a_line_for_another_activity_score_is_not_used(said, drug, gene, diplotype, score, why, known):
    call = known(gene, "Intermediate Metabolizer", diplotype, score)
    found = said(drug, call, known("SLCO1B1", "Normal Function"))
    assert (found.status == "recommended") == (not why), found
    if why:
        assert (found.line, found.possible, found.urgency) == (None, (), "review")
        assert why in found.reason
        assert "PMID:" in found.reason


def test_a_barred_line_is_not_shown_as_a_possibility_either(said, ambiguous):
    call = ambiguous("CYP2C9", ("*1/*1", "Normal Metabolizer", "2.0"), ("*1/*3", "Intermediate Metabolizer", "1.0"))
    found = said("celecoxib", call)
    assert [one.conditions[0]["CYP2C9"] for one in found.possible] == ["Normal Metabolizer"]
    assert any("is not shown: it is that of the activity score 1.5 of CYP2C9, not of 1" in note for note in found.notes)


def test_a_guideline_that_was_replaced_is_told_and_no_usual_dosing(said, known):
    found = said("citalopram", known("CYP2C19", "Intermediate Metabolizer"))
    assert (found.status, found.line, found.urgency) == ("not_available", None, "change")
    assert "changed on 2023-04-10 (dose: a slower titration and a lower maintenance dose are advised now" in found.reason
    assert "PMID:37032427" in found.reason and PULL in found.reason
    # a line that says the same today is shown, with its date and that of the change that CPIC logged
    still = said("citalopram", known("CYP2C19", "Normal Metabolizer"))
    assert still.status == "recommended" and any("data of 2022-08-31" in note for note in still.notes)
    assert any("CPIC logged a change of citalopram on" in note for note in still.notes)


def test_alleles_that_could_not_have_been_seen_make_no_all_clear(said, known):
    call = known("CYP2C19", "Normal Metabolizer")
    missing = (MissingPosition("chr10", 94781859, "rs4244285"), MissingPosition("chr10", 94780653, "", "no call"))
    for unseen in ({"uncallable": ("*2", "*3"), "missing_positions": missing}, {"missing_positions": missing}):
        found = said("clopidogrel", replace(call, **unseen))
        assert (found.status, found.urgency) == ("recommended", "review")
        (note,) = (one for one in found.notes if "could not be read" in one)
        assert note.startswith("CYP2C19: 2 of its positions could not be read (rs4244285, chr10:94780653)")
        assert ("*2, *3 could not have been seen" in note) == ("uncallable" in unseen)
    assert said("clopidogrel", known("CYP2C19", "Normal Metabolizer")).urgency == "standard"


@pytest.mark.parametrize(
    ("doubt", "told"),
    [
        ({"undocumented": (Undocumented("chr10", 94781859, "rs4244285", ("T", "T"), 3),)}, "no definition knows"),
        ({"warnings": ("rs4244285 was not used: its filter says so",)}, "CYP2C19: rs4244285 was not used"),
    ],
)
def test_a_reading_that_is_in_doubt_makes_no_all_clear(said, known, doubt, told):
    found = said("clopidogrel", replace(known("CYP2C19", "Normal Metabolizer"), **doubt))
    assert (found.status, found.urgency) == ("recommended", "review")
    assert any(told in note for note in found.notes)
    # a gene with a warning is never usual, also where absent positions were taken as reference because that was asked
    asked = replace(known("CYP2C19", "Normal Metabolizer"), warnings=("positions …, read as reference as asked: rs1",))
    assert said("clopidogrel", asked).urgency == "review"
    normal = known("HLA-B", "*15:02 negative; *57:01 negative; *58:01 negative", "*07:02/*08:01")
    assert said("abacavir", replace(normal, **doubt)).urgency == "review"


def test_a_diplotype_that_fits_as_well_and_means_something_else_is_told(services, tables, known):
    call = replace(known("CYP2C19", "Normal Metabolizer", "*1/*1"), alternatives=("*2/*3", "*1/*99"))
    table = {"*2/*3": "Poor Metabolizer", "*1/*99": "Normal Metabolizer"}
    found = results_of([call], tables, lambda gene: True, lambda gene, diplotype: table[diplotype])
    assert found["CYP2C19"].alternatives == (("*2/*3", "Poor Metabolizer"), ("*1/*99", "Normal Metabolizer"))
    drug = next(r for r in recommend(found, tables) if r.drug == "clopidogrel")
    assert drug.urgency == "review"
    assert "CYP2C19: *2/*3 (Poor Metabolizer) fits the genotypes as well, but ranks lower" in drug.notes
    assert not any("*1/*99" in note for note in drug.notes)


def test_two_copies_of_the_decreased_function_allele_of_dpyd_send_to_the_guideline(said, known):
    for drug in ("fluorouracil", "capecitabine"):
        found = said(drug, known("DPYD", "Intermediate Metabolizer", "c.2846A>T/c.2846A>T", "1.0"))
        assert any("PMID:29152729" in note and "more than 50" in note for note in found.notes), drug
    one = said("fluorouracil", known("DPYD", "Intermediate Metabolizer", "Reference/c.2846A>T", "1.5"))
    assert not any("PMID:29152729" in note for note in one.notes)


def test_a_product_whose_ingredients_are_not_known_is_looked_at(said, known):
    product = Given("DRUG:a and b", "a and b", ("--drugs",), unresolved=("b",))
    found = said("a and b", known("CYP2D6", "Poor Metabolizer"), given=(product,))
    assert (found.status, found.urgency) == ("not_resolved", "review")
    assert "look up its ingredients one by one" in found.reason
    assert "nothing is said" not in found.reason


def test_a_table_without_a_line_is_not_cpics_silence(said, known):
    given = (Given("RXNORM:6918", "metoprolol", ("--drugs",)),)
    found = said("metoprolol", known("CYP2D6", "Poor Metabolizer", "*4/*4"), given=given)
    assert found.status == "no_guideline"
    assert "the loaded CPIC table (test) holds no line for it; CPIC may have one by now" in found.reason
    assert "DPWG and FDA were not searched" in found.reason and PULL in found.reason


def test_a_single_decisive_variant_counts_and_is_told(said, unknown):
    call = replace(unknown("SLCO1B1", "no pair of alleles fits"), phenotypes=("Poor Function",), phenotype_from="rs4149056")
    found = said("simvastatin", call)
    assert found.line.conditions == ({"SLCO1B1": "Poor Function"},)
    assert any("rs4149056 alone" in note for note in found.notes)


def test_a_guideline_without_a_line_is_not_lost(said, known):
    for drug, call in (
        ("abacavir", known("HLA-B", "*15:02 negative; *57:01 positive; *58:01 negative", "*57:01/*08:01")),
        ("rasburicase", known("G6PD", "G6PD Deficient", "A- 202A_376G")),
        ("gentamicin", known("MT-RNR1", "increased risk of aminoglycoside-induced hearing loss", "m.1555A>G")),
        ("warfarin", known("CYP2C9", "Poor Metabolizer", "*3/*3", "0.0")),
    ):
        found = said(drug, call)
        assert (found.status, found.urgency, found.line) == ("no_line", "review", None), found
        assert all(pair.url.startswith("https://cpicpgx.org/guidelines/") for pair in found.pairs)
    normal = known("HLA-B", "*15:02 negative; *57:01 negative; *58:01 negative", "*07:02/*08:01")
    assert said("abacavir", normal).urgency == "other"


def test_named_drugs_are_always_told_of(said, unknown):
    given = (Given("RXNORM:2670", "codeine", ("--drugs",)), Given("X:1", "amoxicillin", ("--drugs",)))
    found = said("codeine", unknown("CYP2D6", "give an outside call"), given=given)
    assert (found.status, found.given) == ("not_available", ("--drugs",))
    assert "CYP2D6 was not assessed (give an outside call)" in found.reason
    nothing = said("amoxicillin", unknown("CYP2D6"), given=given)
    assert (nothing.status, nothing.urgency) == ("no_pair", "other")
    assert said("codeine", unknown("CYP2D6")) is None  # not named and no result: it stands with the genes not assessed


def test_the_order(tables, results, known):
    given = (Given("RXNORM:36567", "simvastatin", ("a",)), Given("X:1", "foo", ("a",)))
    found = recommend(results(known("CYP2C19", "Poor Metabolizer"), known("SLCO1B1", "Normal Function")), tables, given)
    assert [r.drug for r in found[:2]] == ["simvastatin", "foo"]
    rest = [r.urgency for r in found[2:]]
    assert rest == sorted(rest, key=("change", "review", "other", "standard").index)
    assert rest[0] == "change"
    assert len({r.drug_id for r in found}) == len(found)


def test_drugs_by_genes_that_were_not_assessed_are_listed(tables, results, known, unknown):
    missed = unassessed_drugs(results(unknown("CYP2D6"), known("CYP2C19", "Poor Metabolizer")), tables)
    assert {"codeine", "tramadol", "amitriptyline"} <= set(missed["CYP2D6"])
    assert "CYP2C19" not in missed
    assert "abacavir" in missed["HLA-B"]


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("Initiate therapy with recommended starting dose.", "standard"),
        ("Initiate therapy with recommended starting dose. If no response, consider an alternative drug.", "change"),
        ("There is no need to avoid prescribing of atazanavir based on UGT1A1 genetic test result.", "standard"),
        ("If considering clopidogrel, use at standard dose (75 mg/day).", "standard"),
        ("Clinical findings should guide use of anesthetics.", "other"),
        ("Ivacaftor is not recommended.", "change"),
        ("Increase starting dose 1.5 to 2 times recommended starting dose.", "change"),
        ("Something that nobody has seen before.", "other"),
    ],
)
def test_urgency_by_the_words_of_a_line(text, urgency):
    assert urgency_of(text) == urgency


def test_no_line_that_asks_for_anything_else_is_sorted_as_usual():
    words = "alternative reduc recommended. contraindicated lower <= increase 25% 50% select choose limit".split()
    for row in rows():
        if urgency_of(row["Recommendation"]) == "standard":
            assert not [w for w in words if w in row["Recommendation"].lower()], row


def test_neighbouring_lines_are_told_as_one():
    assert line_ranges([5, 3, 6, 7, 12]) == "3, 5–7, 12"
    assert line_ranges([]) == ""
