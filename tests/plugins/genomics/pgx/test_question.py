"""A question about a drug and a gene: only a line whose every condition is met, and a note for all that is not looked up."""

from __future__ import annotations

import pytest
from bedside.core import Facts, Mention, Question, TaskRequest
from bedside.plugins.genomics.pgx.asked_results import AskedResults
from bedside.plugins.genomics.tasks.pgx_question import run


def mention(kind: str, id_: str, name: str, gene: str | None = None) -> Mention:
    return Mention(
        kind=kind, id=id_, name=name, text=name, start=0, end=len(name), origin="question", gene=gene, how="exact"
    )


@pytest.fixture(scope="module")
def asked(services):
    """(quotes by kind, notes) of a question that names a drug, genes, and (kind, name, gene) of results."""

    def of(drug: str, *results: tuple[str, str, str | None], genes: tuple[str, ...] = (), text: str = "q"):
        (term,) = [t for t in services.terms.find(drug, origin="question").of("drug") if t.name == drug]
        found = [mention("drug", term.id, drug), *(mention("gene", f"GENE:{g}", g) for g in genes)]
        found += [mention(kind, f"{gene}:{name}", name, gene) for kind, name, gene in results]
        request = TaskRequest(question=Question(text=text), facts=Facts(mentions=tuple(found)), limit=8)
        result = run(request, services)
        return [(e.kind, e.quote) for e in result.evidence], " | ".join(result.notes)

    return of


def test_a_phenotype_leads_to_its_line(asked):
    evidence, _ = asked("codeine", ("pgx_phenotype", "Ultrarapid Metabolizer", "CYP2D6"))
    assert [kind for kind, _ in evidence] == ["guideline"] and "Avoid codeine use" in evidence[0][1]


def test_a_diplotype_leads_to_its_line_with_the_rows_between(asked):
    evidence, _ = asked("codeine", ("diplotype", "*4/*4", "CYP2D6"))
    assert evidence[0][0] == "guideline" and {kind for kind, _ in evidence[1:]} == {"function"}


def test_a_phenotype_without_a_gene_is_that_of_the_only_gene(asked):
    evidence, notes = asked("codeine", ("pgx_phenotype", "Poor Metabolizer", None), genes=("CYP2D6",))
    assert evidence and "taken as CYP2D6's" in notes
    evidence, notes = asked("codeine", ("pgx_phenotype", "Poor Metabolizer", None))
    assert not evidence and "of which gene? CPIC's lines for this drug are by CYP2D6" in notes


@pytest.mark.parametrize(
    ("drug", "results", "genes", "note"),
    [
        ("codeine", [("diplotype", "*4/*4", None)], ("CYP2D6",), "Write it as in: CYP2D6 *4/*4"),
        ("codeine", [("diplotype", "*999/*1", "CYP2D6")], (), "no phenotype could be assigned"),
        ("codeine", [("pgx_phenotype", "Poor Metabolizer", "CYP2C19")], (), "no gene-drug pair of codeine and CYP2C19"),
        ("amitriptyline", [("pgx_phenotype", "Poor Metabolizer", "CYP2D6")], ("CYP2C19",), "whose result could not be read"),
    ],
)
def test_what_can_not_be_looked_up_is_no_line(asked, drug, results, genes, note):
    evidence, notes = asked(drug, *results, genes=genes)
    assert not [e for e in evidence if e[0] == "guideline"]
    assert note in notes


def test_a_pair_is_shown_only_where_no_result_was_given(asked):
    evidence, notes = asked("codeine", genes=("CYP2D6",))
    assert [kind for kind, _ in evidence] == ["pair"] and "give the phenotype or diplotype" in notes
    assert asked("codeine", genes=("CYP2D6",), text="codeine in CYP2D6 deficiency")[0] == []


def test_a_result_that_contradicts_the_table_is_said(asked):
    given = [("diplotype", "*1/*1", "CYP2D6"), ("pgx_phenotype", "Poor Metabolizer", "CYP2D6")]
    _, notes = asked("codeine", *given)
    assert "but the question says Poor Metabolizer" in notes and "several results for CYP2D6" in notes


def test_a_gene_with_an_unread_result_meets_no_condition(tables):
    lines = [e for drug in tables.drugs for e in tables.edges_of(drug) if e.kind == "recommendation"]
    both = next(e for e in lines if e.props["conditions"] == {"CYP2C19": "Normal Metabolizer", "CYP2D6": "Poor Metabolizer"})
    known = {"CYP2D6": {"Poor Metabolizer"}}
    unread = AskedResults(known, (), frozenset({"CYP2C19"}))
    assert not unread.meet(both) and unread.missing(both) == {"CYP2C19"}
    assert not AskedResults(known, (), frozenset()).meet(both)  # not available is not normal
    assert AskedResults({**known, "CYP2C19": {"Normal Metabolizer"}}, (), frozenset()).meet(both)
