"""A question about a drug and a gene: only a line whose every condition is met, and a note for all that is not looked up."""

from __future__ import annotations

import pytest
from bedside.core import Facts, Mention, Question, TaskRequest
from bedside.plugins.genomics.pgx.fitting import Result, fitting
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
    assert not evidence and "of which gene? the lines for this drug are by CYP2D6" in notes


@pytest.mark.parametrize(
    ("drug", "results", "genes", "note"),
    [
        ("codeine", [("diplotype", "*4/*4", None)], ("CYP2D6",), "Write it as in: CYP2D6 *4/*4"),
        ("codeine", [("diplotype", "*999/*1", "CYP2D6")], (), "no phenotype could be assigned"),
        ("codeine", [("pgx_phenotype", "Poor Metabolizer", "CYP2C19")], (), "holds no line for it with CYP2C19"),
        (
            "amitriptyline",
            [("pgx_phenotype", "Normal Metabolizer", "CYP2D6")],
            ("CYP2C19",),
            "lines for amitriptyline also go by CYP2C19, of which no result could be read",
        ),
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
    both = "*1/*1 Normal Metabolizer (activity score 2) and Poor Metabolizer"
    assert f"several results for CYP2D6 ({both}) contradict each other" in notes


def test_a_gene_with_an_unread_result_meets_no_condition(tables):
    (lines,) = (found for drug in tables.drugs if (found := tables.lines_of(drug)) and found[0].drug == "amitriptyline")
    wanted = {"CYP2C19": "Normal Metabolizer", "CYP2D6": "Poor Metabolizer"}
    both = next(one for one in lines if one.conditions == (wanted,))
    known = {"CYP2D6": Result("Poor Metabolizer")}
    unread = fitting(lines, known, {"CYP2C19"})
    assert not unread.lines and unread.missing == {"CYP2C19"}
    assert both not in fitting(lines, known).lines  # not available is not normal
    assert fitting(lines, {**known, "CYP2C19": Result("Normal Metabolizer")}).lines == (both,)


def test_a_change_is_said_although_the_other_gene_is_not_read_and_usual_dosing_is_not(asked):
    """CPIC's line for a result that is not available, where that asks for a change: with what may change it further."""
    evidence, notes = asked("amitriptyline", ("pgx_phenotype", "Poor Metabolizer", "CYP2D6"), genes=("CYP2C19",))
    (line,) = (quote for kind, quote in evidence if kind == "guideline")
    assert line.startswith("amitriptyline, CYP2C19 result not available and CYP2D6 Poor Metabolizer: Avoid tricyclic use")
    told = "CYP2C19 is named, but no result of it could be read: this is the line for a result that is not available"
    assert told in notes
