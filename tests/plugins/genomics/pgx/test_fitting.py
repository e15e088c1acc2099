"""Every key of every real line, taken as a person's result, finds exactly the lines with that key and none beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest
from bedside.core import GraphEdge
from bedside.knowledge.guidance import folder
from bedside.knowledge.readers.read_session import Run
from bedside.plugins.genomics.pgx.fitting import Result, fitting, fitting_any
from bedside.plugins.genomics.pgx.guidance_line import CURRENT, NO_RESULT, GuidanceLine, Key, Score, lines_of

Lines = dict[str, list[GuidanceLine]]


@pytest.fixture(scope="module")
def by_drug(mirror: Path) -> Lines:
    edges: dict[str, list[GraphEdge]] = defaultdict(list)
    for one in folder.read(mirror / "pharmcat/guidance", Run(CURRENT)):
        if isinstance(one, GraphEdge):
            edges[str(one.props["drug"])].append(one)
    return {drug: lines_of(some) for drug, some in edges.items()}


def person(key: Key) -> dict[str, Result]:
    """Somebody with exactly the results of a key."""
    return {gene: of(gene, value, key.phenotypes.get(gene, "")) for gene, value in key.values.items() if value != NO_RESULT}


def of(gene: str, value, phenotype: str = "") -> Result:
    if not isinstance(value, str):
        return Result(alleles=tuple(name for name, copies in value.items() for _ in range(round(copies))))
    if gene.startswith("HLA-"):
        return Result(statuses=frozenset({value}))
    if score := Score.of(value):
        # DPWG's DPYD: two altered copies for "Phenotyping", one beside the reference for the rest
        alleles = ("c.1129-5923C>G", "c.2846A>T") if score.note == "Phenotyping" else ("Reference", "c.2846A>T")
        return Result(phenotype, value.partition(" (")[0], alleles if score.note and 0 < score.value < 2 else ())
    return Result(value)


def same(key: Key, other: Key) -> bool:
    """The same results, where a result is by number what another is as text."""
    return key.values.keys() == other.values.keys() and all(
        value == other.values[gene]
        or (isinstance(value, str) and isinstance(other.values[gene], str) and _meets(value, other.values[gene]))
        for gene, value in key.values.items()
    )


def _meets(value: str, wanted) -> bool:
    mine, theirs = Score.of(value), Score.of(wanted)
    if not mine or not theirs or mine.note != theirs.note:
        return False
    return (mine.value, mine.least) == (theirs.value, theirs.least) or (theirs.least and mine.value >= theirs.value)


def test_each_key_finds_its_line_and_no_neighbour_of_the_publication(by_drug):
    tried = 0
    for drug, lines in by_drug.items():
        for line in lines:
            for key in line.keys:
                results = person(key)
                if not results:  # for those who have no result of any gene
                    continue
                tried += 1
                found = fitting(lines, results)
                assert line in found.lines, (drug, key, [one.edge.text[:80] for one in found.lines])
                mine = [one for one in found.lines if one.publisher == line.publisher and one.kind == line.kind]
                beside = [one for one in mine if one.genes == line.genes and one.population == line.population]
                for one in beside:
                    assert any(same(key, other) for other in one.keys), (drug, key, one.edge.text[:200])
                # nobody is shown a line of a gene of which nothing is known, but by its result not being available
                for one in found.lines:
                    assert any(all(g in results or v == NO_RESULT for g, v in k.values.items()) for k in one.keys)
    assert tried > 1500


def test_another_genes_result_finds_nothing(by_drug):
    for lines in by_drug.values():
        assert fitting(lines, {"F8": Result("Poor Metabolizer", "0.0", ("*1", "*1"))}).lines == ()
        assert fitting(lines, {}).lines == tuple(
            one for one in fitting(lines, {}).lines if all(v == NO_RESULT for k in one.keys for v in k.values.values())
        )


def test_a_gene_that_could_not_be_read_meets_no_key_at_all(by_drug):
    for lines in by_drug.values():
        for line in lines:
            for key in line.keys:
                results = person(key)
                for gene in key.values:
                    rest = {name: result for name, result in results.items() if name != gene}
                    found = fitting(lines, rest, {gene})
                    assert not [
                        one for one in found.lines if any(gene in k.values for k in one.keys) and one.genes == line.genes
                    ]


def test_no_result_of_the_other_gene_is_a_key_of_its_own(by_drug):
    lines = by_drug["amitriptyline"]
    alone = fitting(lines, {"CYP2D6": Result("Poor Metabolizer", "0.0")})
    cpic = [one for one in alone.lines if one.publisher == "CPIC"]
    assert cpic and all(any(key.values.get("CYP2C19") == NO_RESULT for key in one.keys) for one in cpic)
    both = fitting(lines, {"CYP2D6": Result("Poor Metabolizer", "0.0"), "CYP2C19": Result("Normal Metabolizer")})
    assert not {one.edge.id for one in cpic} & {one.edge.id for one in both.lines if one.publisher == "CPIC"} or all(
        any(key.values.get("CYP2C19") == "Normal Metabolizer" for key in one.keys)
        for one in both.lines
        if one.publisher == "CPIC"
    )


def test_hla_statuses_all_hold_and_none_is_taken_for_another(by_drug):
    positive = Result(statuses=frozenset({"*57:01 positive", "*15:02 negative", "*58:01 negative"}))
    texts = {one.text for one in fitting(by_drug["abacavir"], {"HLA-B": positive}).lines if one.publisher == "CPIC"}
    assert texts == {"Abacavir is not recommended"}
    of_allopurinol = [one for one in fitting(by_drug["allopurinol"], {"HLA-B": positive}).lines if "HLA-B" in one.genes]
    assert {str(key.values["HLA-B"]) for one in of_allopurinol for key in one.keys} == {"*58:01 negative"}
    other = Result(statuses=frozenset({"*15:02 positive"}))
    assert not [one for one in fitting(by_drug["abacavir"], {"HLA-B": other}).lines if "HLA-B" in one.genes]


@pytest.mark.parametrize(
    ("score", "shown"),
    [("2.25", False), ("3.0", True), ("≥3.0", True), ("3.25", True), ("6.0", True), ("≥2.0", False)],
)
def test_a_least_score_is_it_or_any_above(score, shown):
    (line,) = _made({"CYP2D6": "≥3.0"}, {"CYP2D6": "Ultrarapid Metabolizer"})
    assert bool(fitting([line], {"CYP2D6": Result("", score)}).lines) == shown


def test_a_score_is_compared_as_a_number_and_never_through_its_phenotype():
    one, half = _made({"CYP2C9": "1.0"}, {"CYP2C9": IM}), _made({"CYP2C9": "1.5"}, {"CYP2C9": IM}, text="Other.")
    lines = [*one, *half]
    assert fitting(lines, {"CYP2C9": Result(IM, "1")}).lines == tuple(one)
    assert fitting(lines, {"CYP2C9": Result(IM, "1.50")}).lines == tuple(half)
    assert fitting(lines, {"CYP2C9": Result(IM, "0.75")}).lines == ()


def test_a_phenotype_without_its_score_may_be_any_which_is_said():
    lines = [*_made({"CYP2C9": "1.0"}, {"CYP2C9": IM}), *_made({"CYP2C9": "1.5"}, {"CYP2C9": IM}, text="Other.")]
    found = fitting(lines, {"CYP2C9": Result(IM)})
    assert {one.text for one in found.lines} == {"Text.", "Other."} and found.sure == frozenset()
    assert found.open == {"CYP2C9": ("1.0", "1.5")}
    alike = [*_made({"CYP2C9": "1.0"}, {"CYP2C9": IM}), *_made({"CYP2C9": "1.5"}, {"CYP2C9": IM}, population="adults")]
    assert fitting(alike, {"CYP2C9": Result(IM)}).open == {}


def test_alleles_count_before_a_phenotype():
    alleles = _made({"CYP2C19": {"*2": 2.0}}, {}, text="Of *2/*2.")
    phenotype = _made({"CYP2C19": "Poor Metabolizer"}, {})
    both = [*alleles, *phenotype]
    assert fitting(both, {"CYP2C19": Result("Poor Metabolizer", "", ("*2", "*2"))}).lines == tuple(alleles)
    assert fitting(both, {"CYP2C19": Result("Poor Metabolizer", "", ("*2", "*3"))}).lines == tuple(phenotype)
    assert fitting(both, {"CYP2C19": Result("Poor Metabolizer")}).lines == tuple(phenotype)


@pytest.mark.parametrize(
    ("phenotype", "key", "holds"),
    [
        ("-1639 AA", {"rs9923231 variant (T)": 2.0}, True),
        ("-1639 AG", {"rs9923231 reference (C)": 1.0, "rs9923231 variant (T)": 1.0}, True),
        ("-1639 GG", {"rs9923231 reference (C)": 2.0}, True),
        ("-1639 AG", {"rs9923231 variant (T)": 2.0}, False),
        ("-1639 A", {"rs9923231 variant (T)": 2.0}, False),
    ],
)
def test_vkorc1_is_by_its_alleles(phenotype, key, holds):
    (line,) = _made({"VKORC1": key}, {})
    assert bool(fitting([line], {"VKORC1": Result(phenotype)}).lines) == holds


@pytest.mark.parametrize(
    ("alleles", "note"),
    [(("Reference", "c.1905+1G>A (*2A)"), "Intermediate Metabolizer"), (("c.1129-5923C>G", "c.2846A>T"), "Phenotyping")],
)
def test_dpwg_tells_two_altered_copies_of_dpyd_from_one(by_drug, alleles, note):
    found = fitting(by_drug["capecitabine"], {"DPYD": Result(IM, "1.0", alleles)})
    dpwg = [one for one in found.lines if one.publisher == "DPWG"]
    assert dpwg and {str(key.values["DPYD"]) for one in dpwg for key in one.keys if "1.0" in str(key.values["DPYD"])} == {
        f"1.0 ({note})"
    }


def test_of_two_possible_results_both_lines_are_found_and_neither_is_sure(by_drug):
    possible = {"CYP2C19": [Result("Poor Metabolizer"), Result("Normal Metabolizer")]}
    found = fitting_any(by_drug["clopidogrel"], possible)
    words = {str(key.values["CYP2C19"]) for one in found.lines for key in one.keys}
    assert {"Poor Metabolizer", "Normal Metabolizer"} <= words and found.sure == frozenset()
    # what holds whichever is right is sure
    same_line = fitting_any(
        by_drug["clopidogrel"], {"CYP2C19": [Result("Poor Metabolizer"), Result("Poor Metabolizer", "", ("*2", "*2"))]}
    )
    assert same_line.sure == {one.edge.id for one in same_line.lines} != frozenset()


IM = "Intermediate Metabolizer"


def test_where_not_all_combinations_are_gone_through_nothing_is_sure():
    """The last result is another: a line that holds for all before it may not be the person's."""
    poor = _made({"GENE": "Poor Metabolizer"}, {})
    many = [Result("Poor Metabolizer", "", (f"*{n}", "*1")) for n in range(401)]
    assert fitting_any(poor, {"GENE": many[:400]}).sure, "all of them were gone through"
    found = fitting_any(poor, {"GENE": [*many[:400], Result("Normal Metabolizer")]})
    assert found.lines and not found.sure


def _made(values, phenotypes, *, text: str = "Text.", population: str = "") -> Sequence[GuidanceLine]:
    edge = GraphEdge.of(
        kind="recommendation",
        start="RXNORM:1",
        end="GENE:G",
        text=f"drug, {values} {population}: {text}",
        source_id=CURRENT,
        props={
            "drug": "drug",
            "publisher": "CPIC",
            "keys": [values],
            "phenotypes": [phenotypes],
            "recommendation": text,
            "population": population,
        },
    )
    return lines_of([edge])
