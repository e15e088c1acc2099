"""Blocks are verified row by row; what their evidence does not bear is left out and reported."""

import pytest
from bedside.core import Engine, TaskResult
from bedside.core.types import Action, Column, Figure, GraphEdge, RankedItem, Ranking, Row, Table, Term
from pydantic import ValidationError

Q = "Can a CYP2D6 ultrarapid metabolizer take codeine?"
SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>'


def ask(world, make_host, *blocks, evidence):
    result = TaskResult.found(evidence, blocks=blocks)
    return Engine(make_host(a=lambda request, services: result), world.services).ask(Q)


@pytest.fixture
def good(world):
    return world.cite_edge(world.line)


@pytest.fixture
def forged(world):
    return world.cite_edge(world.line).model_copy(update={"quote": "Use codeine.", "id": "ev_0000000000000000"})


def ranking(*items):
    rows = tuple(RankedItem(id=n, name=n, score=s, evidence=(e.id,)) for n, s, e in items)
    return Ranking(title="Drugs to avoid", score="order", items=rows)


def table(*rows):
    columns = (Column(title="drug"), Column(title="score", computed=True))
    return Table(title="Drugs", columns=columns, rows=tuple(Row(cells=cells, evidence=(e.id,)) for cells, e in rows))


def action(e, rationale):
    return Action(
        title="Stop codeine",
        verb="stop",
        resource={"resourceType": "MedicationRequest", "status": "stopped"},
        replaces="MedicationRequest/1",
        rationale=rationale,
        evidence=(e.id,),
    )


def test_blocks_that_their_quotes_bear_are_shown_beside_the_sentences(world, make_host, good):
    figure = Figure.of(SVG, title="The line", alt="An empty picture", evidence=[good.id])
    blocks = (ranking(("codeine", 1.0, good)), table((("codeine", 3), good)), figure, action(good, "Avoid codeine use"))
    answer = ask(world, make_host, *blocks, evidence=[good])
    assert answer.status == "answered", answer.warnings
    assert [b.kind for b in answer.blocks] == ["ranking", "table", "figure", "action"]
    assert answer.blocks[2].content == SVG.encode()
    assert type(answer).model_validate_json(answer.model_dump_json()) == answer


def test_a_row_that_names_what_its_quote_does_not_is_left_out(world, make_host, good):
    answer = ask(world, make_host, ranking(("codeine", 2.0, good), ("tramadol", 1.0, good)), evidence=[good])
    assert [item.name for item in answer.blocks[0].items] == ["codeine"]
    assert answer.status == "partial"
    assert any("1 rows of the ranking" in w.text for w in answer.warnings)


def test_a_row_or_figure_on_evidence_that_did_not_pass_is_not_shown(world, make_host, good, forged):
    figure = Figure.of(SVG, title="Forged", alt="-", evidence=[good.id, forged.id])
    answer = ask(world, make_host, table((("codeine", 1), forged)), figure, evidence=[good, forged])
    assert not answer.blocks
    assert [e.quote for e in answer.evidence] == [good.quote]
    assert {w.code for w in answer.warnings} >= {"dropped"}


def test_an_action_whose_rationale_says_the_opposite_is_dropped(world, make_host, good):
    answer = ask(world, make_host, action(good, "Use codeine"), evidence=[good])
    assert not answer.blocks
    assert any("action “Stop codeine”" in w.text for w in answer.warnings)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda e: ranking(("a", 1.0, e), ("b", 2.0, e)),
        lambda e: ranking(("a", float("nan"), e)),
        lambda e: table((("codeine",), e)),
        lambda e: Figure.of(b"GIF89a", title="t", alt="a", evidence=[e.id]),
        lambda e: action(e, ""),
        lambda e: Action(title="t", verb="create", resource={}, rationale="r", evidence=(e.id,)),
        lambda e: Action(title="t", verb="stop", resource={"resourceType": "Task"}, rationale="r", evidence=(e.id,)),
        lambda e: Action.model_validate({**action(e, "r").model_dump(), "replaces": "ServiceRequest/1"}),
        lambda e: TaskResult.found([e], blocks=(ranking(("a", 1.0, e.model_copy(update={"id": "ev_x"}))),)),
    ],
)
def test_a_malformed_block_is_refused_where_it_is_made(good, wrong):
    with pytest.raises((ValidationError, ValueError)):
        wrong(good)


def test_a_row_does_not_say_what_its_quote_denies(world, make_host, good):
    text = "codeine: its use is not recommended. It is not safe."
    line = GraphEdge.of(kind="recommendation", start=world.line.start, end=world.line.end, text=text, source_id="cpic")
    world.services.graph.put([], [line])
    cited = world.cite_edge(line)
    columns = (Column(title="drug"), Column(title="advice"))

    def rows(*cells):
        return Table(title="Advice", columns=columns, rows=tuple(Row(cells=c, evidence=(cited.id,)) for c in cells))

    told = rows(("codeine", "recommended"), ("codeine", "safe"), ("codeine", "not recommended"), ("codeine", "not safe"))
    [shown] = ask(world, make_host, told, evidence=[cited]).blocks
    assert [row.cells for row in shown.rows] == [("codeine", "not recommended"), ("codeine", "not safe")]


@pytest.mark.parametrize(
    ("verb", "drug", "reason"),
    [("create", "tramadol", "do not have: tramadol"), ("create", "codeine", "advises to avoid"), ("stop", "codeine", "")],
)
def test_an_action_orders_nothing_but_what_its_rationale_bears(world, make_host, good, verb, drug, reason):
    world.services.terms.put([Term(id="RXNORM:10689", kind="drug", name="tramadol", source_id="cpic")])
    resource = {"resourceType": "MedicationRequest", "medicationCodeableConcept": {"coding": [{"display": drug}]}}
    proposed = action(good, "Avoid codeine use").model_copy(update={"verb": verb, "resource": resource})
    answer = ask(world, make_host, proposed, evidence=[good])
    assert bool(answer.blocks) == (not reason)
    assert not reason or any(reason in w.text for w in answer.warnings)


@pytest.mark.parametrize("text", ["Give 500 mg", "recommended"])
def test_a_computed_cell_brings_no_words_of_its_own(world, make_host, good, text):
    told = table((("codeine", text), good), (("codeine", 3), good))
    [shown] = ask(world, make_host, told, evidence=[good]).blocks
    assert [row.cells for row in shown.rows] == [("codeine", 3)]


def test_a_candidate_is_named_in_words(world, make_host, good):
    assert not ask(world, make_host, ranking(("✓☠", 1.0, good)), evidence=[good]).blocks


@pytest.mark.parametrize(
    "inside",
    [
        "<script>1</script>",
        "<g onload='x()'/>",
        "<a href='javascript:x()'/>",
        "<foreignObject/>",
        "<image href='https://x.org/a.png'/>",
        "<style>@import 'a'</style>",
    ],
)
def test_a_figure_runs_and_fetches_nothing(inside):
    with pytest.raises(ValidationError, match="may hold no script"):
        Figure.of(f"<svg xmlns='http://www.w3.org/2000/svg'>{inside}</svg>", title="t", alt="a", evidence=["ev_1"])


@pytest.mark.parametrize("media_type", ["image/png", "image/svg+xml"])
def test_a_figure_is_the_picture_that_it_says(media_type):
    with pytest.raises(ValidationError, match="are no image"):
        Figure(title="t", alt="a", media_type=media_type, data="PGh0bWw+", evidence=("ev_1",))


def test_a_cell_says_whole_how_strong_its_evidence_is_and_whose(world, make_host, good):
    [kept] = ask(world, make_host, evidence=[good]).evidence
    source = f"{kept.source.title}, {kept.source.version}"
    columns = (Column(title="drug"), Column(title="strength", computed=True), Column(title="source", computed=True))

    def rows(*cells):
        return Table(title="T", columns=columns, rows=tuple(Row(cells=c, evidence=(good.id,)) for c in cells))

    told = rows(
        ("codeine", kept.strength or None, source), ("codeine", "CPIC level Z", source), ("codeine", None, "Elsewhere")
    )
    [shown] = ask(world, make_host, told, evidence=[good]).blocks
    assert [row.cells for row in shown.rows] == [("codeine", kept.strength or None, source)]


def reasoned(e, supporting=(), opposing=(), **details):
    item = RankedItem(
        id="d", name="codeine", score=1.0, supporting=supporting, opposing=opposing, evidence=(e.id,), details=details
    )
    return Ranking(title="Drugs", score="order", items=(item,))


@pytest.mark.parametrize(
    ("reasons", "shown"),
    [
        ({"supporting": ("Tall stature ×77",), "opposing": ("no Cataract ÷1.3",), "genes": "FBN1"}, True),
        ({"supporting": ("tramadol ×3",)}, False),
        ({"opposing": ("use it at once",)}, False),
        ({"note": "tramadol is safe"}, False),
    ],
)
def test_the_reasons_of_a_candidate_bring_no_drug_and_no_advice_of_their_own(world, make_host, good, reasons, shown):
    """They say what was found of a patient, which no quote has; what to do is said with a quote or not at all."""
    world.services.terms.put([Term(id="RXNORM:10689", kind="drug", name="tramadol", source_id="cpic")])
    answer = ask(world, make_host, reasoned(good, **reasons), evidence=[good])
    assert bool(answer.blocks) is shown


def test_a_block_is_marked_with_the_plugin_that_it_comes_from_whatever_it_says(world, make_host, good):
    forged = table((("codeine", 3), good)).model_copy(update={"plugin": "bedside"})
    result = TaskResult.found([good], blocks=(forged,))
    host = make_host(a=lambda request, services: result)
    [shown] = Engine(host, world.services).ask(Q).blocks
    [task] = host.tasks
    assert shown.plugin == host.owner(task) != "bedside"
