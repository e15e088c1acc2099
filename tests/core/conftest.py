"""A tiny world of doubles: one drug, one gene, one guideline line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from bedside.core import (
    Case,
    Evidence,
    Facts,
    GraphEdge,
    GraphNode,
    GraphPath,
    Mention,
    Passage,
    PathEdge,
    PluginHost,
    Question,
    Source,
    Task,
    TaskRequest,
    TaskResult,
    Term,
    TextSpan,
    hookimpl,
)
from bedside.core.engine.verify import Verified, verify_evidence
from bedside.core.evidence.registry import LocatorKind, Resolvers
from bedside.core.evidence.resolvers import BUILT_IN
from bedside.core.testing import TestServices
from bedside.core.testing.doubles import MemorySources, MemoryTerms
from bedside.core.types import SourceInfo
from bedside.plugins.genomics.vcf.resolver import resolve_vcf

LINE = "codeine, CYP2D6 Ultrarapid Metabolizer: Avoid codeine use because of potential for serious toxicity."
OTHER = "codeine, CYP2D6 Normal Metabolizer: Use codeine label recommended age- or weight-specific dosing."
TEXT = "Ectopia lentis: dislocation of the lens. It can be caused by trauma."


def edge(text: str, phenotype: str) -> GraphEdge:
    return GraphEdge.of(
        kind="recommendation", start="RXNORM:2670", end=f"PGX:CYP2D6:{phenotype}", text=text, source_id="cpic",
        references=("PMID:33387367",),
    )  # fmt: skip


def phenotype_mention(name: str, at: int = 0) -> Mention:
    end = at + len(name)
    return Mention(kind="pgx_phenotype", id=f"PGX:CYP2D6:{name}", name=name, text=name, start=at, end=end, gene="CYP2D6")


class World:
    """Services that hold two guideline lines and a passage, and helpers that cite them."""

    def __init__(self) -> None:
        self.line, self.other = edge(LINE, "Ultrarapid Metabolizer"), edge(OTHER, "Normal Metabolizer")
        self.passage = Passage.of(source_id="hpo", text=TEXT, kind="text")
        codeine = Term(id="RXNORM:2670", kind="drug", name="codeine", source_id="cpic")
        mentions = [
            Mention(
                kind="pgx_phenotype",
                id=f"PGX:CYP2D6:{name}",
                name=name,
                text=name,
                start=at,
                end=at + len(name),
                gene="CYP2D6",
            )
            for name, at in (("Ultrarapid Metabolizer", LINE.index("Ultra")), ("Normal Metabolizer", OTHER.index("Normal")))
        ]
        infos = [SourceInfo(id=i, title=i.upper(), version="1", licence="CC0") for i in ("cpic", "hpo")]
        self.services = TestServices(terms=MemoryTerms([codeine], mentions), sources=MemorySources(infos))
        kinds = {"RXNORM:2670": "Drug", self.line.end: "GenePhenotype", self.other.end: "GenePhenotype"}
        ends = [GraphNode(id=id_, kind=kind, name=id_, source_id="cpic") for id_, kind in kinds.items()]
        self.services.graph.put(ends, [self.line, self.other])
        self.services.vectors.put([self.passage], self.services.embedder.embed([TEXT]))

    def verify(self, evidence: Any, facts: Facts | None = None, case: Case | None = None, host: Any = None) -> Verified:
        """As the engine does: with the built-in resolvers, that of VCF records, and those of `host`."""
        brought = host or PluginHost()
        kinds = (*BUILT_IN, LocatorKind("vcf", resolve_vcf), *brought.locator_kinds)
        question = Question(text="a question", case=case or Case())
        return verify_evidence(evidence, question, facts or Facts(), self.services, Resolvers(kinds, brought.functions))

    def source(self, id_: str) -> Source:
        return Source(id=id_, title=id_.upper(), version="1", licence="CC0")

    def cite_edge(self, e: GraphEdge, **change: Any) -> Evidence:
        step = {"edge_id": e.id, "start": 0, "end": len(e.text), "source_id": e.source_id, "references": e.references}
        fields = {
            "kind": "guideline",
            "quote": e.text,
            "source": self.source("cpic"),
            "locator": GraphPath(nodes=(e.start, e.end), edges=(PathEdge(**{**step, **change.pop("step", {})}),)),
            "retrieved_at": self.services.now(),
        }
        return Evidence.of(**{**fields, **change})

    def cite_text(self, start: int, end: int, **change: Any) -> Evidence:
        fields = {
            "kind": "text",
            "quote": TEXT[start:end],
            "source": self.source("hpo"),
            "locator": TextSpan(passage_id=self.passage.id, start=start, end=end),
            "retrieved_at": self.services.now(),
        }
        return Evidence.of(**{**fields, **change})


@pytest.fixture
def world() -> World:
    return World()


Run = Callable[[TaskRequest, Any], Any]


class Plugin:
    """A plugin object around task functions."""

    def __init__(self, *tasks: Task) -> None:
        self._tasks = list(tasks)

    @hookimpl
    def bedside_tasks(self) -> list[Task]:
        return self._tasks


def host_of(**runs: Run | Task) -> PluginHost:
    """A host with one always-consulted task per function; a `Task` is registered as it is."""
    host = PluginHost()
    for name, run in runs.items():
        task = (
            run if isinstance(run, Task) else Task(name=f"{name}.task", description=name, run=run, always=True, timeout_s=2)
        )
        host.register(Plugin(task), name)
    return host


@pytest.fixture
def make_host() -> Callable[..., PluginHost]:
    return host_of


@pytest.fixture
def found() -> Callable[..., Run]:
    def make(*evidence: Evidence, **rest: Any) -> Run:
        return lambda request, services: TaskResult.found(evidence, **rest)

    return make
