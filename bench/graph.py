"""The graph at up to a million edges: load rate, 1-hop, 2-hop and path queries, on both engines and their bare drivers.

The edges are those of a loaded data folder (`--graph FILE`, default: that of BEDSIDE_HOME), repeated with other ids until
there are `--edges` of them. A query's bare time is that of the very same Cypher statements with the same parameters, sent
one after the other through `ladybug` or `neo4j` alone; both run in turn, query by query. The load's bare time is COPY of
CSV files, or UNWIND … CREATE in batches of the same size, of the first `--sample` edges.

    python bench/graph.py                        100,000 edges
    nice -n 5 python bench/graph.py --edges 1000000
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from _measure import home, note, report

ROOT = Path(__file__).resolve().parent.parent
SOURCE = "bench"


class Material:
    """Real nodes and edges, as often as needed."""

    def __init__(self, file: Path, edges: int) -> None:
        import ladybug
        from bedside.knowledge.graph import ladybug_schema as cypher

        with tempfile.TemporaryDirectory() as folder:  # a copy: another process may be using the file
            copy = Path(shutil.copy(file, folder))
            with ladybug.Database(str(copy), read_only=True, max_db_size=1 << 38) as db, ladybug.Connection(db) as link:
                rows = link.execute(f"MATCH (e:Edge) RETURN e.* LIMIT {edges}".replace("e.*", _COLUMNS))
                self.edge_rows = rows.get_all()
                used = {end for row in self.edge_rows for end in row[2:4]}
                nodes = link.execute("MATCH (n:Node) RETURN n.id, n.kind, n.name").get_all()
        assert self.edge_rows, f"{file} holds no edges; {cypher.SCHEMA=}"
        self.node_rows = [row for row in nodes if row[0] in used]
        self.copies = -(-edges // len(self.edge_rows))
        self.number = edges

    def nodes(self, mark: str = "") -> Iterator[Any]:
        from bedside.core.types import GraphNode

        for copy in range(self.copies):
            for id, kind, name in self.node_rows:
                yield GraphNode(id=f"{id}~{mark}{copy}", kind=kind, name=name, source_id=SOURCE + mark)

    def edges(self, mark: str = "") -> Iterator[Any]:
        from bedside.core.types import GraphEdge

        def every() -> Iterator[Any]:
            for copy in range(self.copies):
                end = f"~{mark}{copy}"
                for id, kind, a, b, text, url, refs, props in self.edge_rows:
                    yield GraphEdge(
                        id=id + end, kind=kind, start=a + end, end=b + end, text=text, source_id=SOURCE + mark, url=url,
                        references=tuple(json.loads(refs)), props=json.loads(props),
                    )  # fmt: skip

        return islice(every(), self.number)

    def questions(self, number: int) -> list[tuple[str, str]]:
        """Ends of random edges, so that busy nodes come up as often as they have edges, with a node three steps away."""
        chance = random.Random(4)
        beside: dict[str, list[str]] = defaultdict(list)
        for row in self.edge_rows:
            beside[row[2]].append(row[3])
            beside[row[3]].append(row[2])
        asked = []
        for row in chance.choices(self.edge_rows, k=number):
            start = at = row[chance.choice((2, 3))]
            for _ in range(3):
                at = chance.choice(beside[at])
            asked.append((f"{start}~0", f"{at}~0"))
        return asked


_COLUMNS = "e.id, e.kind, e.start_id, e.end_id, e.text, e.url, e.refs, e.props"


class Timed:
    """An iterator that notes when so many were taken."""

    def __init__(self, items: Iterator[Any], sample: int) -> None:
        self._items, self._sample = items, sample
        self.began = self.sampled = 0.0

    def __iter__(self) -> Iterator[Any]:
        self.began = time.perf_counter()
        for number, item in enumerate(self._items):
            if number == self._sample:
                self.sampled = time.perf_counter()
            yield item
        self.sampled = self.sampled or time.perf_counter()


def measure(
    name: str, graph: Any, material: Material, questions: list[tuple[str, str]], sample: int, bare: Any, answers: list[Any]
) -> dict[str, Any]:
    """The figures; `answers` gets what was answered, so that the engines can be compared."""
    figures: dict[str, Any] = {}
    note(f"{name}: bare load of {sample:,} edges")
    bare.load(material, min(sample, 10_000), "warm")
    figures["bare_edges_per_s"] = round(bare.load(material, sample, "bare"))
    note(f"{name}: load of {material.number:,} edges")
    began = time.perf_counter()
    edges = Timed(material.edges(), sample)
    nodes, stored = graph.put(material.nodes(), edges)
    whole = time.perf_counter() - began
    figures["edges_per_s"] = round(stored / (time.perf_counter() - edges.began))
    figures["nodes_per_s"] = round(nodes / (edges.began - began))
    figures["load_s"] = round(whole, 1)
    figures["load_rate_over_bare"] = round(sample / (edges.sampled - edges.began) / figures["bare_edges_per_s"], 2)
    assert graph.counts(SOURCE)["edges"] == material.number
    templates: dict[str, Callable[[str, str], Any]] = {
        "1hop": lambda a, _: graph.neighbourhood([a], limit=100),
        "2hop": lambda a, _: graph.neighbourhood([a], depth=2, limit=200),
        "path": lambda a, b: graph.paths(a, b, limit=10),
    }
    for template, ask in templates.items():
        note(f"{name}: {template}")
        for a, b in questions[:5]:
            ask(a, b)
        ours: list[float] = []
        theirs: list[float] = []
        sides = [ours, theirs]
        for a, b in questions:
            with bare.recording(graph) as statements:  # not timed: whoever comes second finds the pages in memory
                answers.append(ask(a, b))
            for side in sides:
                began = time.perf_counter()
                if side is ours:
                    ask(a, b)
                else:
                    for query, values in statements:
                        bare.run(query, values)
                side.append(time.perf_counter() - began)
            sides.reverse()
        for what, value in (("p50", 0.5), ("p95", 0.95)):
            figures[f"{template}_{what}_ms"] = round(quantile(ours, value) * 1e3, 2)
            figures[f"{template}_{what}_over_bare"] = round(quantile(ours, value) / quantile(theirs, value), 2)
    return {f"{name}_{what}": value for what, value in figures.items()}


def quantile(values: list[float], at: float) -> float:
    return sorted(values)[min(len(values) - 1, int(at * len(values)))]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edges", type=int, default=100_000)
    parser.add_argument("--sample", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--graph", type=Path, help="the graph.lbug whose edges are repeated")
    parser.add_argument("--engines", default="ladybug,neo4j")
    given = parser.parse_args()
    from _graph_engines import BareLadybug, BareNeo4j, ladybug_graph, neo4j_graph
    from bedside.knowledge.home import Home

    with Home.open(home()) as opened:
        material = Material(given.graph or opened.graph, given.edges)
    questions = material.questions(given.queries)
    sample = min(given.sample, given.edges)
    figures: dict[str, Any] = {}
    left_out = []
    answers: tuple[list[Any], list[Any]] = ([], [])
    if "ladybug" in given.engines:
        with tempfile.TemporaryDirectory() as folder, ladybug_graph(Path(folder)) as graph:
            figures |= measure("ladybug", graph, material, questions, sample, BareLadybug(Path(folder)), answers[0])
    if "neo4j" in given.engines:
        try:
            with tempfile.TemporaryDirectory() as folder, neo4j_graph(Path(folder)) as (graph, server):
                figures |= measure("neo4j", graph, material, questions, sample, BareNeo4j(server), answers[1])
        except subprocess.CalledProcessError:
            left_out.append("neo4j does not start here: make neo4j")
    if all(answers):
        figures["answers_that_differ"] = sum(a != b for a, b in zip(*answers, strict=True))
    report(
        "graph",
        figures,
        {
            "edges": material.number,
            "nodes": len(material.node_rows) * material.copies,
            "edges in the load's bare sample": sample,
            "queries": len(questions),
            "asked": "ends of random edges; 1hop limit 100, 2hop limit 200, path of at most 3 edges, limit 10",
            "left out": left_out,
        },
        {"answers_that_differ": "<= 0"} if all(answers) else {},
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
