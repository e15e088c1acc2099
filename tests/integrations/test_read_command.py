"""`bedside read`: the text with what was read of it, in the terminal, as JSON and as a page that stands alone."""

from __future__ import annotations

import json
import re
from pathlib import Path

from bedside.core import Case, Question
from bedside.core.reading.reader import read
from bedside.core.testing import TestServices
from bedside.core.testing.doubles import MemoryTerms
from bedside.core.types import CaseText, Term
from bedside.integrations.page.marks import runs_of, what_it_is
from bedside.integrations.page.reading import reading_page, write_reading

TEXT = (
    "A 4-year-old girl. Her mother has ataxia; she denies seizures, possible scoliosis. <script>alert(1)</script> h/o gout."
)
TERMS = [
    Term(id=f"HP:{n:07}", kind="phenotype", name=name, source_id="hpo")
    for n, name in enumerate(("ataxia", "seizures", "scoliosis", "gout"), 1)
]


def asked(text: str = TEXT) -> Question:
    return Question(text=text, case=Case(texts=(CaseText(origin="note.txt", text="No gout."),)))


def facts_of(question: Question):
    return read(question, TestServices(terms=MemoryTerms(TERMS)))


def test_the_runs_are_the_text() -> None:
    facts = facts_of(asked())
    runs = list(runs_of(TEXT, "question", facts))
    assert "".join(run.text for run in runs) == TEXT
    kinds = {run.text: run.kind for run in runs if run.kind}
    assert kinds == {
        "ataxia": "unused",
        "mother": "cue",
        "seizures": "denied",
        "denies": "cue",
        "scoliosis": "unused",
        "possible": "cue",
        "gout": "present",
        "h/o": "cue",
    }
    assert {m.text: what_it_is(m) for m in facts.mentions if m.origin == "question"} == {
        "ataxia": "a relative's, not used",
        "seizures": "denied",
        "scoliosis": "uncertain, not used",
        "gout": "of the past",
    }


def test_the_page_shows_every_span_and_runs_nothing() -> None:
    question = asked()
    page = reading_page(question, facts_of(question))
    assert '<mark class="denied" title="seizures (HP:0000002): denied">seizures</mark>' in page
    assert "<script>" not in page and "&lt;script&gt;" in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert re.search(r"<dt>Age</dt><dd>4 years</dd>", page)
    assert ">note.txt<" in page
    assert not re.search(r"""(?:src|href)=["']?https?:""", page)


def test_the_folder_has_the_page_and_the_facts(tmp_path: Path) -> None:
    question = asked()
    written = write_reading(question, facts_of(question), tmp_path)
    assert sorted(path.name for path in written) == ["reading.html", "reading.json"]
    stored = json.loads((tmp_path / "reading.json").read_text(encoding="utf-8"))
    assert stored["patient"]["age_years"] == 4.0
    assert {m["text"]: m["experiencer"] for m in stored["mentions"]}["ataxia"] == "relative"


def test_an_empty_text_says_so() -> None:
    question = Question(text="Good morning.")
    assert "Nothing was read in it" in reading_page(question, facts_of(question))
