"""Every way in which a piece of evidence can lie is caught before it is shown."""

import pytest
from bedside.core.engine.verify import verify_draft
from bedside.core.errors import StoreError
from bedside.core.evidence.conflicts import conflicts
from bedside.core.types import Case, CaseFile, Draft, Facts, GraphEdge, GraphPath, Mention, Term, VcfRecords


def problem(world, evidence, facts=None):
    checked = world.verify([evidence], facts)
    assert bool(checked.kept) != bool(checked.dropped)
    return checked.dropped.get(evidence.id, "")


def test_honest_quotes_pass(world):
    assert problem(world, world.cite_edge(world.line)) == ""
    assert problem(world, world.cite_text(0, 40)) == ""


def test_a_changed_quote_is_dropped(world):
    changed = world.line.text.replace("Avoid", "Prefer")
    assert "verbatim" in problem(world, world.cite_edge(world.line, quote=changed))
    assert "verbatim" in problem(world, world.cite_text(0, 40, quote="Ectopia lentis: a harmless finding of all"))


def test_offsets_must_be_the_quotes_own(world):
    assert "verbatim" in problem(world, world.cite_edge(world.line, step={"start": 1}))


def test_a_forged_id_is_dropped(world):
    forged = world.cite_edge(world.line).model_copy(update={"id": "ev_0000000000000000"})
    assert "hash" in problem(world, forged)


def test_an_invented_edge_or_passage_is_dropped(world):
    assert "not in the graph" in problem(world, world.cite_edge(world.line, step={"edge_id": "e_invented"}))
    gone = world.cite_text(0, 40)
    world.services.vectors.remove("hpo")
    assert "not in the store" in problem(world, gone)


def test_a_source_or_reference_that_is_not_the_edges_is_dropped(world):
    assert "source" in problem(world, world.cite_edge(world.line, source=world.source("hpo")))
    assert "from cpic, not from hpo" in problem(world, world.cite_edge(world.line, step={"source_id": "hpo"}))
    assert "reference" in problem(world, world.cite_edge(world.line, step={"references": ("PMID:1",)}))


def test_a_locator_that_nothing_can_read_is_no_pass(world):
    assert "vcf" in problem(world, world.cite_edge(world.line, locator=VcfRecords(file="a.vcf", lines=(3,))))


def test_a_store_that_cannot_be_read_is_no_pass(world):
    evidence = [world.cite_edge(world.line), world.cite_text(0, 40)]
    world.services.fail("graph", StoreError("the graph is gone"))
    checked = world.verify(evidence)
    assert list(checked.kept) == [evidence[1].id]
    assert checked.unreachable == {"graph": "the graph is gone"}


def asked(name: str, drug: str = "RXNORM:2670") -> Facts:
    return Facts(
        mentions=(
            Mention(kind="drug", id=drug, name="a drug", text="a", start=0, end=1),
            Mention(kind="pgx_phenotype", id=f"PGX:CYP2D6:{name}", name=name, text=name, start=0, end=1, gene="CYP2D6"),
        )
    )


def test_a_line_for_another_phenotype_or_drug_is_dropped(world):
    assert problem(world, world.cite_edge(world.line), asked("Ultrarapid Metabolizer")) == ""
    assert "another CYP2D6 phenotype" in problem(world, world.cite_edge(world.other), asked("Ultrarapid Metabolizer"))
    assert "another drug" in problem(world, world.cite_edge(world.line), asked("Ultrarapid Metabolizer", "RXNORM:1"))


def test_a_line_for_the_result_of_a_variant_file_may_stand_beside_that_of_the_text(world):
    """The file may contradict the text: to show one of them alone would prefer it in silence."""
    case = Case(files=(CaseFile(name="a.vcf", kind="VCF"),))
    checked = world.verify(
        [world.cite_edge(world.line), world.cite_edge(world.other)], asked("Ultrarapid Metabolizer"), case
    )
    assert len(checked.kept) == 2
    wrong = world.verify([world.cite_edge(world.line)], asked("Ultrarapid Metabolizer", "RXNORM:1"), case)
    assert not wrong.kept, "another drug's line stays out"


def test_a_draft_needs_all_its_quotes_and_only_their_words(world):
    line = world.cite_edge(world.line)
    kept = {line.id: line}
    assert verify_draft(Draft(text="Avoid codeine use.", evidence=(line.id,)), kept, world.services) == ""
    assert "do not have" in verify_draft(
        Draft(text="Avoid codeine and tramadol.", evidence=(line.id,)), kept, world.services
    )
    assert "did not pass" in verify_draft(Draft(text="Avoid codeine use.", evidence=(line.id, "ev_x")), kept, world.services)


def test_opposite_statements_about_the_same_nodes_are_a_conflict(world):
    has = world.cite_edge(world.line)
    no = GraphEdge.of(
        kind="recommendation",
        start=world.line.start,
        end=world.line.end,
        text="codeine: use is recommended.",
        source_id="cpic",
    )
    assert conflicts([has, world.cite_edge(no)], world.services) == [(has, world.cite_edge(no))]
    assert conflicts([has, world.cite_edge(world.other)], world.services) == []


@pytest.mark.parametrize("count", [0, 500])
def test_one_read_per_store_however_many_quotes(world, count):
    calls = []
    real = world.services.graph.edges
    world.services.graph.edges = lambda ids: calls.append(len(ids)) or real(ids)
    world.verify([world.cite_edge(world.line, strength=str(i)) for i in range(count)])
    assert len(calls) == (1 if count else 0)


@pytest.mark.parametrize(
    ("quote", "text", "reason"),
    [
        ("Use codeine unless the patient is an ultrarapid metabolizer.", "Use codeine.", "unless"),
        ("Codeine is safe in adults.", "Codeine is safe.", "in adults"),
        ("Codeine is halved only in renal failure.", "Codeine is halved in renal failure.", "only"),
        ("Give codeine where platelets are > 50.", "Give codeine where platelets are < 50.", "comparison"),
        ("Give codeine where the excess is 5.", "Give codeine where the excess is -5.", "sign"),
        ("Use codeine at most 5 mg.", "Use codeine 5 mg.", "comparison"),
        ("Avoid codeine; use morphine.", "Avoid morphine; use codeine.", "a drug that its quotes do not advise"),
        ("Avoid codeine; use morphine.", "Avoid codeine; use morphine.", ""),
        ("Use codeine, at most 5 mg, unless asthmatic.", "Use codeine at most 5 mg unless asthmatic.", ""),
    ],
)
def test_a_draft_keeps_conditions_comparisons_and_whom_it_advises_what(world, quote, text, reason):
    world.services.terms.put([Term(id="RXNORM:7052", kind="drug", name="morphine", source_id="cpic")])
    line = world.cite_edge(world.line).model_copy(update={"quote": quote})
    said = verify_draft(Draft(text=text, evidence=(line.id,)), {line.id: line}, world.services)
    assert reason in said and bool(said) == bool(reason)


def test_a_path_goes_through_the_ends_of_its_edges_and_nothing_else(world):
    step = world.cite_edge(world.line).locator.edges[0]
    through = GraphPath(nodes=(world.line.start, world.line.end, "MONDO:0004992"), edges=(step,))
    assert "none of its edges" in problem(world, world.cite_edge(world.line, locator=through))


def test_each_statement_of_a_path_is_about_the_question(world):
    steps = [world.cite_edge(e).locator.edges[0] for e in (world.line, world.other)]
    both = GraphPath(nodes=(world.line.start, world.line.end, world.other.end), edges=tuple(steps))
    cited = world.cite_edge(world.line, quote=f"{world.line.text} {world.other.text}", locator=both)
    assert problem(world, cited) == ""
    assert "another CYP2D6 phenotype" in problem(world, cited, asked("Ultrarapid Metabolizer"))
