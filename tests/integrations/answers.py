"""An answer with every kind of block, by whoever: the texts are the caller's, so that they can be hostile ones."""

from __future__ import annotations

from datetime import UTC, datetime

from bedside.core import Evidence, GraphPath, PathEdge, Recommendation, Source
from bedside.core.types import (
    Action,
    Column,
    Consultation,
    Facts,
    Figure,
    Mention,
    Notice,
    PatientContext,
    Provenance,
    RankedItem,
    Ranking,
    Row,
    Sentence,
    Support,
    Table,
    TextAddress,
)
from bedside.core.types.context import Concept, Medication, Observation, Quantity

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20"><rect width="40" height="20" fill="#0a5c97"/></svg>'


def answer_of(text: str, url: str = "https://example.org/guide") -> Recommendation:
    """`text` in every place where somebody else's words stand, `url` in every place for an address."""
    pieces = f"{text} one.", f"{text} two."
    path = GraphPath(
        nodes=(f"DRUG:{text}", "GENE:A", "OMIM:1"),
        edges=tuple(PathEdge(edge_id=f"e_{i}", start=0, end=len(piece), source_id="kg") for i, piece in enumerate(pieces)),
    )
    source = Source(
        id="kg",
        title=f"Guide {text}",
        version=f"v1 {text}",
        licence=f"CC {text}",
        url=url,
        references=("PMID:123", text, url),
        notices=(f"Corrected: {text}",),
    )
    along = Evidence.of(
        kind="path", quote=" ".join(pieces), source=source, locator=path, retrieved_at=NOW, strength=f"A {text}"
    )
    single = along.locator.model_copy(update={"nodes": path.nodes[:2], "edges": path.edges[:1]})
    quotes = [
        along,
        *(
            Evidence.of(kind="guideline", quote=f"{text} {i}.", source=source, locator=single, retrieved_at=NOW)
            for i in range(3)
        ),
    ]
    ids = tuple(e.id for e in quotes)
    item = RankedItem(
        id=f"OMIM:{text}",
        name=f"Disease {text}",
        score=0.75,
        prior=0.0001,
        supporting=(f"for {text} ×77",),
        opposing=(f"no {text} ÷3",),
        evidence=ids,
        details={f"genes {text}": f"A {text}"},
    )
    blocks = (
        Ranking(
            title=f"Ranked {text}", score=f"posterior {text}", prior="prior", items=(item,), total=10_232, plugin="stranger"
        ),
        Table(
            title=f"Table {text}",
            columns=(Column(title=f"drug {text}", unit=text), Column(title="dose", unit="mg", computed=True)),
            rows=(Row(cells=(f"x {text}", 5), evidence=ids[:1]), Row(cells=(None, None), evidence=ids[:1])),
            plugin="stranger",
        ),
        Figure.of(SVG, title=f"Drawn {text}", alt=f"A bar {text}", evidence=ids, caption=f"Caption {text}").model_copy(
            update={"plugin": "stranger"}
        ),
        Action(
            title=f"Stop {text}",
            verb="stop",
            resource={"resourceType": "MedicationRequest", "status": "stopped", "note": [{"text": text}]},
            replaces=f"MedicationRequest/{text.replace('/', '')}",
            rationale=f"Because {text}",
            evidence=ids[:1],
            group=f"g {text}",
            plugin="stranger",
        ),
    )
    at = TextAddress(start=0, end=1)
    mention = {"kind": "phenotype", "id": f"HP:{text}", "name": f"Finding {text}", "text": text, "start": 0, "end": 1}
    facts = Facts(
        mentions=(Mention(**mention), Mention(**{**mention, "id": "HP:2", "negated": True})),
        unread=(f"unread {text}",),
        patient=PatientContext(
            age_years=36,
            pregnant=False,
            medications=(Medication(address=at, concept=Concept(name=f"drug {text}"), status="stopped"),),
            observations=(
                Observation(
                    address=at,
                    concept=Concept(name="creatinine"),
                    status="final",
                    value=Quantity(value=1.2, unit="mg/dL"),
                    date="2026-01-02",
                ),
            ),
        ),
    )
    return Recommendation(
        status="partial",
        question=f"Which? {text}",
        sentences=(
            Sentence(text=quotes[0].quote, citations=ids[:1], support=Support(verdict="verbatim", checks=("quote",))),
            Sentence(text=f"Said {text}", citations=ids[:2], support=Support(verdict="checked", checks=("quote",))),
        ),
        blocks=blocks,
        evidence=tuple(quotes),
        facts=facts,
        consulted=(Consultation(task=f"stranger.{text}", plugin="stranger", status="found", searched=(text,), evidence=4),),
        warnings=(
            Notice.of("not-looked-at", who="stranger", reason=f"missed {text}"),
            Notice.of("note", who="stranger", text=f"warned {text}"),
        ),
        provenance=Provenance(engine_version="1", asked_at=NOW, seconds=0.1, seed=0, composer=f"extractive {text}"),
    )
