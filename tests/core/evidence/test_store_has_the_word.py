"""Everything about a source comes from the store: what a task says of it is ignored, not merely checked."""

from __future__ import annotations

import pytest
from bedside.core import Engine, Evidence, Facts, GraphEdge, GraphPath, Mention, Passage, PathEdge, Source, TextSpan
from bedside.core.types import SourceInfo

FORGED = Source(
    id="cpic",
    title="The Lancet",
    version="99",
    licence="mine",
    date="2030-01-01",
    url="https://evil.example",
    references=("PMID:1",),
    notices=("endorsed by everybody",),
)


def kept(world, evidence, facts=None):
    checked = world.verify([evidence], facts)
    assert list(checked.kept) == [evidence.id], checked.dropped
    return checked.kept[evidence.id]


def test_of_a_forged_source_nothing_is_left(world, make_host, found):
    strong = world.cite_edge(world.line, source=FORGED, strength="CPIC level A (Final)")
    answer = Engine(make_host(a=found(strong)), world.services).ask("codeine?")
    [shown] = answer.evidence
    assert shown.source == Source(id="cpic", title="CPIC", version="1", licence="CC0", references=("PMID:33387367",))
    assert shown.strength == ""
    assert shown.id_is_valid and shown.id != strong.id
    assert answer.sentences[0].citations == (shown.id,)
    assert "Lancet" not in answer.model_dump_json()


def test_the_id_alone_is_enough(world):
    honest, bare = world.cite_edge(world.line), world.cite_edge(world.line, source=Source(id="cpic"))
    assert bare.id != honest.id  # a proposal has no version
    assert kept(world, bare) == kept(world, honest)
    assert kept(world, honest).id == honest.id  # what the store says gives the same id on every machine


def test_strength_notice_licence_and_page_are_those_of_the_row(world):
    edge = GraphEdge.of(
        kind="recommendation",
        source_id="cpic",
        start=world.line.start,
        end=world.line.end,
        text="codeine: see the label.",
        url="https://cpicpgx.org/codeine",
        references=("PMID:2",),
        props={"strength": "CPIC level B", "notice": "corrected in 2024", "licence": "CC BY 4.0"},
    )
    world.services.graph.put([], [edge])
    item = kept(world, world.cite_edge(edge, kind="annotation", strength="the best there is"))
    assert item.strength == "CPIC level B"
    assert item.source.notices == ("corrected in 2024",)
    assert (item.source.url, item.source.references) == ("https://cpicpgx.org/codeine", ("PMID:2",))
    assert item.source.licence == "CC BY 4.0"


def test_of_a_passage_too(world):
    passage = Passage.of(
        source_id="hpo",
        text="A lens is clear.",
        title="Lens",
        url="https://hpo.example/lens",
        references=("PMID:3",),
        fields={"strength": "expert opinion", "retracted": True, "notice": "withdrawn in 2020"},
    )
    world.services.vectors.put([passage], world.services.embedder.embed([passage.text]))
    proposal = Evidence.of(
        kind="passage",
        quote=passage.text,
        source=Source(id="hpo", title="NEJM", notices=()),
        locator=TextSpan(passage_id=passage.id, start=0, end=len(passage.text)),
    )
    checked = world.verify([proposal])
    item = checked.kept[proposal.id]
    assert (item.source.title, item.source.url, item.strength) == ("Lens", "https://hpo.example/lens", "expert opinion")
    assert item.source.notices == ("withdrawn in 2020",)
    assert checked.retracted == {item.id: "withdrawn in 2020"}


def test_a_source_that_is_not_in_the_catalogue_is_no_source(world):
    edge = GraphEdge.of(
        kind="recommendation", start=world.line.start, end=world.line.end, text="codeine: take it.", source_id="unknown"
    )
    world.services.graph.put([], [edge])
    proposal = world.cite_edge(edge, source=Source(id="unknown", title="T", version="1", licence="L"))
    assert "not in the source catalogue" in world.verify([proposal]).dropped[proposal.id]


def test_the_store_says_when_it_was_read(world):
    assert kept(world, world.cite_edge(world.line)).retrieved_at == world.services.now()


def asked(name: str) -> Facts:
    drug = Mention(kind="drug", id="RXNORM:2670", name="codeine", text="codeine", start=0, end=7)
    phenotype = Mention(kind="pgx_phenotype", id=f"PGX:CYP2D6:{name}", name=name, text=name, start=0, end=1, gene="CYP2D6")
    return Facts(mentions=(drug, phenotype))


@pytest.mark.parametrize("kind", ["guideline", "function", "pair", "passage", "annotation"])
def test_the_whole_line_decides_whom_it_is_for_whatever_the_task_calls_it(world, kind):
    """`Use codeine…` is cut out of the line for normal metabolizers, and called something else."""
    at = world.other.text.index("Use codeine")
    cut = world.cite_edge(world.other, kind=kind, quote=world.other.text[at:], step={"start": at})
    whole = world.cite_edge(world.other, kind=kind)
    for proposal in (cut, whole):
        assert proposal.id in world.verify([proposal], asked("Ultrarapid Metabolizer")).dropped
    assert kept(world, whole, asked("Normal Metabolizer"))


def test_a_guideline_passage_is_one_whatever_the_task_calls_it(world):
    passage = Passage.of(source_id="cpic", text=world.other.text, kind="guideline")
    world.services.vectors.put([passage], world.services.embedder.embed([passage.text]))
    proposal = Evidence.of(
        kind="function",
        quote=passage.text,
        source="cpic",
        locator=TextSpan(passage_id=passage.id, start=0, end=len(passage.text)),
    )
    assert "another CYP2D6 phenotype" in world.verify([proposal], asked("Ultrarapid Metabolizer")).dropped[proposal.id]
    assert kept(world, proposal, asked("Normal Metabolizer"))


def test_the_head_of_a_line_says_whom_it_is_for_not_whom_it_names_besides(world):
    text = "codeine, CYP2D6 Normal Metabolizer: Use more than in an Ultrarapid Metabolizer."
    end = world.other.end
    edge = GraphEdge.of(kind="recommendation", start=world.other.start, end=end, text=text, source_id="cpic")
    world.services.graph.put([], [edge])
    mentions = [
        Mention(kind="pgx_phenotype", id=f"PGX:CYP2D6:{n}", name=n, text=n, start=at, end=at + len(n), gene="CYP2D6")
        for n in ("Normal Metabolizer", "Ultrarapid Metabolizer")
        for at in [text.index(n)]
    ]
    world.services.terms._mentions = tuple(mentions)
    proposal = world.cite_edge(edge)
    assert "another CYP2D6 phenotype" in world.verify([proposal], asked("Ultrarapid Metabolizer")).dropped[proposal.id]


def test_a_path_through_two_sources_names_both(world):
    world.services.sources.put(SourceInfo(id="other", title="OTHER", version="7", licence="CC BY"))
    edge = GraphEdge.of(
        kind="recommendation", start=world.line.start, end=world.line.end, text="codeine: see CPIC.", source_id="other"
    )
    world.services.graph.put([], [edge])
    steps = tuple(PathEdge(edge_id=e.id, start=0, end=len(e.text), source_id=e.source_id) for e in (world.line, edge))
    proposal = Evidence.of(
        kind="path",
        quote=f"{world.line.text} {edge.text}",
        source="cpic",
        locator=GraphPath(nodes=(world.line.start, world.line.end), edges=steps),
    )
    item = kept(world, proposal)
    assert (item.source.id, item.source.title, item.source.version) == ("cpic", "CPIC; OTHER", "1; 7")
    assert item.source.licence == "CC0; CC BY"
    cut = steps[0].model_copy(update={"end": world.line.text.index(" because")})
    part = Evidence.of(
        kind="path",
        quote=f"{world.line.text[: cut.end]} {edge.text}",
        source="cpic",
        locator=GraphPath(nodes=(world.line.start, world.line.end), edges=(cut, steps[1])),
    )
    assert "cut out of a sentence" in world.verify([part]).dropped[part.id]


def test_the_first_of_two_names_for_one_quote_counts(world):
    honest, renamed = world.cite_edge(world.line), world.cite_edge(world.line, kind="something else")
    assert honest.id == renamed.id
    assert world.verify([honest, renamed]).kept[honest.id].kind == "guideline"
