"""CPIC's change log as a source: entries over several lines, whom they are about, files that are none."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest
from bedside.core.errors import SourceError
from bedside.core.graph.vocabulary import EDGE_KINDS
from bedside.core.types import GraphEdge, GraphNode, Term
from bedside.knowledge.catalogue import pull, ready_source
from bedside.knowledge.catalogue.cpic_changes import FILE, SOURCE, Change, read_log, subjects
from bedside.knowledge.starter.drug_ids import drug_id

MIRROR = os.environ.get("BEDSIDE_MIRROR", "")
needs_mirror = pytest.mark.skipif(not MIRROR, reason="BEDSIDE_MIRROR names no folder with the real data")
HEAD = "Date of Change\tType of Data\tSubject\tNote of Change\n"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / FILE
    path.write_text(text, encoding="utf-8")
    return path


def test_a_note_goes_on_over_lines_without_a_tab(tmp_path):
    text = (
        HEAD
        + '2025-10-14\tALLELE_DEFINITION\tSLCO1B1\tDELETED: *3\n\nADDED: "*55"\n2025-09-01\tRECOMMENDATION\thydralazine\t\n'
    )
    assert read_log(written(tmp_path, text)) == [
        Change("2025-10-14", "ALLELE_DEFINITION", "SLCO1B1", 'DELETED: *3\nADDED: "*55"'),
        Change("2025-09-01", "RECOMMENDATION", "hydralazine", ""),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: the columns are not"),
        ("<!DOCTYPE html>\n", "line 1: the columns are not"),
        ("Date,Type,Subject,Note\n2025-09-01,PAIR,,x\n", "line 1: the columns are not"),
        (HEAD + "of no entry\n", "line 2: it goes on with a note"),
        (HEAD + "2025-09-01\tPAIR\tx\n", "line 2: 3 columns, 4 wanted"),
        (HEAD + "2025-13-01\tPAIR\t\tx\n", "line 2: no date"),
        (HEAD + "01/09/2025\tPAIR\t\tx\n", "line 2: no date"),
        (HEAD + "2025-09-01\t\t\tx\n", "line 2: no date as 2025-09-01 or no type"),
    ],
)
def test_a_file_that_is_no_log_is_refused_by_line(tmp_path, text, said):
    with pytest.raises(SourceError, match=said) as error:
        read_log(written(tmp_path, text))
    assert error.value.hint == "bedside knowledge pull cpic-changes"


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / FILE).write_bytes(b"PK\x03\x04\xff\xfe\x00")
    with pytest.raises(SourceError, match="can't be read as text"):
        read_log(tmp_path / FILE)


@pytest.mark.parametrize(
    ("kind", "subject", "note", "drugs", "genes"),
    [
        ("RECOMMENDATION", "hydralazine", "created", ["hydralazine"], []),
        ("GENE_CDS", "HLA-A", "added", [], ["HLA-A"]),
        ("PAIR", "", "[atorvastatin-CYP3A4] CA Level: none >> 3", ["atorvastatin"], ["CYP3A4"]),
        ("PAIR", "", "[amikacin-MT-RNR1] PGx Testing: none >> Actionable PGx", ["amikacin"], ["MT-RNR1"]),
        ("PAIR", "", "updated NAT2-hydralazine pair for guideline release", ["hydralazine"], ["NAT2"]),
        ("PAIR", "", "updated G6PD pairs", [], ["G6PD"]),
        ("PAIR", "", "updated G6PD/moxifloxacin and statin pairs with no recommendation", ["moxifloxacin"], ["G6PD"]),
        ("PAIR", "", "added update PMID for thiopurine pairs", ["azathioprine", "mercaptopurine", "thioguanine"], []),
        ("PAIR", "", "removed guideline URL and PMID from row 281", [], []),
        ("GUIDELINE", "", "Removed redundant links to outdated supplemental files", [], []),
    ],
)
def test_whom_an_entry_is_about(kind, subject, note, drugs, genes):
    found = subjects(Change("2025-09-02", kind, subject, note))
    assert (sorted(found[0]), found[1]) == (sorted(drugs), genes)


def test_a_class_of_drugs_is_all_of_its_drugs_and_no_other():
    drugs, _ = subjects(Change("2024-07-23", "PAIR", "", "updated beta blocker pairs for guideline release"))
    assert {"metoprolol", "propranolol", "carvedilol"} <= set(drugs) and not {"verapamil", "salbutamol"} & set(drugs)


@needs_mirror
def test_the_log_of_the_mirror(tmp_path):
    report = pull(SOURCE, tmp_path, mirror=MIRROR)
    assert [file.origin for file in report.files] == ["mirror"]
    source = ready_source(SOURCE, tmp_path)
    assert source.version().startswith("up to 2026-02-05")
    records = list(source.records())
    nodes = {r.id: r for r in records if isinstance(r, GraphNode)}
    edges = [r for r in records if isinstance(r, GraphEdge)]
    assert [i for i, n in Counter(e.id for e in edges).items() if n > 1] == [] and len(edges) > 800
    assert {(nodes[e.start].kind, nodes[e.end].kind) for e in edges} == set(EDGE_KINDS["change"].ends)
    [created] = [e for e in edges if e.start == drug_id("hydralazine") and e.props["type"] == "RECOMMENDATION"]
    assert created.text == "CPIC change log, 2025-09-01, RECOMMENDATION, hydralazine: created"
    said = {"date": "2025-09-01", "type": "RECOMMENDATION", "subject": "hydralazine", "note": "created"}
    assert created.props == {**said, "lines": True}
    labels = [e for e in edges if e.props["type"] == "PAIR" and e.props["note"].startswith("[")]
    assert labels and not any(e.props["lines"] for e in labels)
    assert not any(e.props["lines"] for e in edges if e.props["type"] in ("FREQUENCY", "ALLELE_DEFINITION"))
    assert {t.id for t in records if isinstance(t, Term)} == {n.id for n in nodes.values() if n.kind == "Drug"}
    assert [(s.what, s.reason) for s in source.skipped()] == [("record", "14 name no drug or gene")]
