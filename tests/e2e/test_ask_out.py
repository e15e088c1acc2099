"""The demo's rare-disease question over the whole starter knowledge: a ranked table first, then its reasons, on the
terminal, in JSON and on the page; `--out DIR` holds them with their figure."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

from bedside.core import Recommendation
from bedside.integrations.cli.demo import QUESTIONS

QUESTION = dict(QUESTIONS)["Rare disease"]


def test_the_ranked_table_then_reasons_and_the_folder(bedside, starter_home, tmp_path):
    run = bedside("ask", QUESTION, "--no-llm", "--out", "answer", home=starter_home, COLUMNS="100")
    assert run.returncode == 0, run.stderr
    order = [run.stdout.index(words) for words in (
        "Answered:", "Diseases that explain the findings (by genomics)", "Marfan syndrome (OMIM:154700) [1]–[4]",
        "for: Tall stature ×", "against: other findings of the disease, not reported ÷", "The first 4 of ",
        "How much each finding weighs (by genomics)",
        "Drawn in answer/figures/figure-1.svg", "Marfan syndrome (OMIM:154700) has the finding", "Who was asked",
    )]  # fmt: skip
    assert order == sorted(order)
    assert "ranked by posterior probability" not in run.stdout  # a note that said the table again
    for name in ("figures/figure-1.svg", "answer.html", "answer.json"):
        assert f"wrote answer/{name}" in run.stderr

    answer = Recommendation.model_validate_json((tmp_path / "answer/answer.json").read_text())
    ranking, figure = answer.blocks
    assert (ranking.kind, figure.kind, answer.status) == ("ranking", "figure", "answered")
    first = ranking.items[0]
    assert (first.name, first.prior) == ("Marfan syndrome", 1 / ranking.total)
    assert first.score > 0.5 > ranking.items[1].score
    assert len(first.supporting) == 4 and first.opposing

    drawn = (tmp_path / "answer/figures/figure-1.svg").read_bytes()
    assert drawn == figure.content
    words = " ".join(ElementTree.fromstring(drawn).itertext())
    for weight in (text.rsplit(" ", 1)[1] for text in (*first.supporting, *first.opposing)):
        assert weight in words

    page = (tmp_path / "answer/answer.html").read_text()
    assert page.index("<caption>Diseases that explain") < page.index("<img ") < page.index('class="sentence"')
    assert f'src="data:image/svg+xml;base64,{figure.data}"' in page
    assert len(re.findall(r'<details id="e\d+">', page)) == len(answer.evidence) == 16


def test_the_same_as_json_alone_on_stdout(bedside, starter_home, tmp_path):
    run = bedside("ask", QUESTION, "--no-llm", "--json", "--out", "answer", home=starter_home)
    printed, written = json.loads(run.stdout), json.loads((tmp_path / "answer/answer.json").read_text())
    assert printed == written
    assert [block["plugin"] for block in printed["blocks"]] == ["genomics", "genomics"]


def test_what_is_no_folder_is_refused_before_anything_slow(bedside, tmp_path):
    (tmp_path / "taken").write_text("mine")
    for target, code, told in (("taken", 2, "--out taken is a file"), ("taken/below", 1, "can't be written")):
        run = bedside("ask", QUESTION, "--out", target)
        assert (run.returncode, run.stdout) == (code, ""), run.stderr
        assert told in run.stderr and "--out DIR" in run.stderr
    assert not (tmp_path / "home").exists()  # no knowledge was loaded for it
    assert (tmp_path / "taken").read_text() == "mine"
