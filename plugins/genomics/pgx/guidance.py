"""Lines of guidance and CPIC's gene tables as the graph holds them, for all drugs and genes of a report at once.

What is needed of the graph is kept as one small file in the plugin's workspace, by release: reading it takes a twentieth of
the time that opening the graph does. It is made again whenever one of the sources was loaded again.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from bedside.core import GraphEdge, Services
from bedside.core.errors import BedsideError, StoreError
from bedside.core.toolkit.atomic_files import write_whole
from bedside.core.types import SourceInfo, content_id

from .cpic_vocabulary import INDETERMINATE, PHENOTYPES
from .guidance_line import LINES, NO_SCORE, PACKAGED, GuidanceLine, Score, lines_of
from .loaded import Loaded

_FORMAT = 6  # of the kept files
_END = b"end\n"
_DIPLOTYPE = b'"diplotype": '
_DIPLOTYPE_OF = re.compile(_DIPLOTYPE + rb'("(?:[^"\\]|\\.)*")')
_GENE_EDGES = ("allele_function", "activity_range", "diplotype_phenotype")


class GuidanceTables:
    """The loaded releases. `info` is that of CPIC's tables. Raises `StoreError` when these are not loaded."""

    def __init__(self, services: Services, genes: Iterable[str]) -> None:
        self.loaded = Loaded.of(services)
        if self.loaded.packaged is None:
            raise StoreError("CPIC's recommendations are not loaded", hint="bedside knowledge load cpic")
        self._services = services
        self.genes = sorted(set(genes))
        self.info: SourceInfo = self.loaded.packaged
        self._lines: dict[str, list[GuidanceLine]] = {}
        self._of_gene: dict[str, tuple[bytes, list[GraphEdge]]] = {}
        self._rows: dict[str, dict[bytes, int]] = {}  # gene → diplotype, as JSON, → where its first row says it
        self.derived: dict[Hashable, Any] = {}
        """What was worked out from these tables, for whoever works it out."""

    @cached_property
    def _drugs(self) -> dict[str, list[GraphEdge]]:
        """Drug id → its edges, for every drug that has a pair with one of the genes."""
        out: dict[str, list[GraphEdge]] = {}
        for edge in _before_diplotypes(self._kept("drugs", self._read_drugs, *self.genes)):
            out.setdefault(edge.start, []).append(edge)
        return out

    def _read_drugs(self) -> list[GraphEdge]:
        """By the pairs and lines of the genes, and by the phenotypes that packaged lines are for: ribavirin has lines and no
        pair."""
        graph, sources = self._services.graph, self.loaded.sources
        genes = [f"GENE:{gene}" for gene in self.genes]
        found = {e.start for e in graph.edges_of(genes, kinds=("pair", *LINES), direction="in", sources=sources)}
        edges = self.loaded.edges(self._services, sorted(found))
        ends = sorted({e.end for e in edges if e.kind in LINES})
        lines = graph.edges_of(ends, kinds=LINES, direction="in", sources=sources) if ends else []
        more = sorted({e.start for e in lines} - found)
        return [*edges, *self.loaded.edges(self._services, more)]

    @property
    def drugs(self) -> list[str]:
        """Ids of the drugs that have a line or a pair with one of the genes."""
        return list(self._drugs)

    def edges_of(self, drug: str) -> Sequence[GraphEdge]:
        """Lines, pairs and logged changes of a drug, whichever genes they are of."""
        if drug not in self._drugs:
            self._drugs[drug] = self.loaded.edges(self._services, [drug])
        return self._drugs[drug]

    def lines_of(self, drug: str) -> list[GuidanceLine]:
        """Those that count, CPIC's first."""
        if drug not in self._lines:
            self._lines[drug] = lines_of(self.edges_of(drug))
        return self._lines[drug]

    @cached_property
    def phenotypes(self) -> Mapping[str, frozenset[str]]:
        """Gene → the phenotypes that lines are by, in CPIC's words."""
        words: dict[str, set[str]] = {}
        for drug in self._drugs:
            for key in (key for line in self.lines_of(drug) for key in line.keys):
                for gene, value in key.values.items():
                    if isinstance(value, str) and Score.of(value) is None:
                        word = INDETERMINATE if value == NO_SCORE else PHENOTYPES.get((gene, value), value)
                        words.setdefault(gene, set()).add(word)
                for gene, phenotype in key.phenotypes.items():
                    words.setdefault(gene, set()).add(phenotype)
        return {gene: frozenset(said) for gene, said in words.items()}

    def of_gene(self, gene: str, diplotype: str = "") -> list[GraphEdge]:
        """The gene's allele functions and ranges of activity scores, and its row for `diplotype`, either way round."""
        if gene not in self._of_gene:
            data = self._kept(f"gene-{gene}", lambda: self._read_gene(gene))
            self._of_gene[gene] = data, _before_diplotypes(data)
        data, edges = self._of_gene[gene]
        pair = diplotype.split("/")
        if not diplotype:
            return list(edges)
        if gene not in self._rows:
            self._rows[gene] = {}
            for found in _DIPLOTYPE_OF.finditer(data):
                self._rows[gene].setdefault(found[1], found.start())
        # a gene may have 18,000 rows: only the one that is asked for is made into an edge
        places = (self._rows[gene].get(json.dumps("/".join(names)).encode()) for names in (pair, pair[::-1]))
        return [*edges, *(_row(data, at) for at in places if at is not None)]

    def _read_gene(self, gene: str) -> list[GraphEdge]:
        return self._services.graph.edges_of([f"GENE:{gene}"], kinds=_GENE_EDGES, direction="out", sources=(PACKAGED,))

    def _kept(self, name: str, read: Callable[[], list[GraphEdge]], *parts: str) -> bytes:
        """The edges of the file `name` as lines of JSON, else those that `read` brings, which are then kept: the rows of
        diplotypes last. A file that can't be read or written costs time only."""
        loaded = [i for i in (self.loaded.packaged, self.loaded.current, self.loaded.changes) if i]
        release = content_id("r", _FORMAT, [(i.id, i.version, i.loaded_at, i.slot) for i in loaded], *parts)
        path: Path | None = None
        with contextlib.suppress(BedsideError, OSError):
            path = self._services.workspace("genomics") / f"cpic-{name}-{release}.jsonl"
        if path is not None:
            with contextlib.suppress(OSError):
                data = path.read_bytes()
                if data.endswith(_END):
                    return data
        edges = sorted(read(), key=lambda e: "diplotype" in e.props)
        data = b"".join(json.dumps(e.model_dump(mode="json")).encode() + b"\n" for e in edges) + _END
        if path is not None and self.info.loaded_at:
            with contextlib.suppress(OSError):
                for old in path.parent.glob(f"cpic-{name}-r_*"):
                    old.unlink(missing_ok=True)
                write_whole(path, data)
        return data


def _before_diplotypes(data: bytes) -> list[GraphEdge]:
    first = data.find(_DIPLOTYPE)
    end = len(data) - len(_END) if first < 0 else data.rfind(b"\n", 0, first) + 1
    return [_edge(line) for line in data[:end].splitlines()]


def _row(data: bytes, at: int) -> GraphEdge:
    """The line around `at`."""
    return _edge(data[data.rfind(b"\n", 0, at) + 1 : data.find(b"\n", at)])


def _edge(line: bytes) -> GraphEdge:
    row = json.loads(line)
    return GraphEdge.model_construct(**{**row, "references": tuple(row["references"])})
