"""The page of an answer: it shows all of it, stands alone, and what others write in it stays text."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from bedside.core.types import Facts, PatientContext, TextAddress
from bedside.core.types.context import Concept, Observation, Quantity
from bedside.core.wording import codes
from bedside.integrations.page import html as page
from bedside.integrations.page.facts import MOST, fact_rows
from bedside.integrations.page.html import html_page

from .answers import SVG, answer_of

HOSTILE = (
    "</style></title><script>alert(1)</script><img src=x onerror=alert(1)>\" ' onload='x' {{ 7*7 }} &lt; \u202e\u200b\x07"
)
VOID = {"meta", "img", "br", "rect", "link", "input", "hr"}


class Read(HTMLParser):
    """Tags with their attributes, what is inside each kind of tag, and whether they nest."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.said: list[str] = []
        self.by_tag: dict[str, list[str]] = {}
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, (tag, self.getpos())

    def handle_data(self, data):
        if not self.open or self.open[-1] == "style":
            return
        self.said.append(data)
        for tag in set(self.open):
            self.by_tag.setdefault(tag, []).append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.said).split())

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def read() -> Read:
    return Read(html_page(answer_of("harmless")))


@pytest.fixture(scope="module")
def hostile() -> Read:
    return Read(html_page(answer_of(HOSTILE, url="javascript:alert(1)")))


def test_everything_of_the_answer_stands_on_the_page(read):
    for words in (
        "Which? harmless", "Partial: every sentence shown is backed", "Age 36 years", "Pregnant no",
        "drug harmless (not counted: stopped)", "creatinine 1.2 mg/dL, 2026-01-02", "unread harmless",
        "Ranked harmless by stranger", "0.750", "0.00010", "for harmless ×77", "no harmless ÷3",
        "genes harmless: A harmless", "The first 1 of 10,232.", "Table harmless by stranger", "dose (mg) computed",
        "x harmless", "Drawn harmless by stranger",
        "Caption harmless", "would stop MedicationRequest/harmless", "Because harmless",
        "At most one of the proposals “g harmless” may be taken.", '"status": "stopped"', "Said harmless",
        "Guide harmless · v1 harmless · A harmless", "CC harmless", "Corrected: harmless", "bedside knowledge show e_0 e_1",
        "stranger.harmless", "stranger: warned harmless", "not a medical device",
    ):  # fmt: skip
        assert words in read.text, words
    assert read.of("html")[0]["lang"] == "en"


def test_what_could_not_be_looked_at_is_read_before_the_results(read):
    order = [
        read.text.index(words) for words in ("Partial:", "stranger: missed harmless", "Ranked harmless", "warned harmless")
    ]
    assert order == sorted(order)


def test_each_quote_opens_once_under_the_number_that_is_cited(read):
    opens = [attrs["id"] for attrs in read.of("details") if "id" in attrs]
    assert sorted(opens) == ["e1", "e2", "e3", "e4"]  # cited by sentences, and by blocks alone
    links = {attrs["href"] for attrs in read.of("a") if attrs["href"].startswith("#")}
    assert links and links <= {f"#{id_}" for id_ in opens}
    assert "“harmless one. harmless two.”" in read.text


def test_a_path_of_several_edges_is_shown_step_by_step(read):
    [figure, _] = [text for text in re.findall(r'<figure class="path">.*?</figure>', html_page(answer_of("harmless")), re.S)]
    steps = [" ".join(re.sub(r"<[^>]+>", " ", step).split()) for step in re.findall(r"<li>(.*?)</li>", figure)]
    assert steps == ["DRUG:harmless → GENE:A harmless one.", "GENE:A → OMIM:1 harmless two."]


def test_of_many_measurements_the_newest_that_counts_is_shown_and_long_rows_are_summed_up():
    address = TextAddress(start=0, end=1)

    def measured(name: str, value: float, date: str, status: str = "final") -> Observation:
        return Observation(
            address=address, concept=Concept(name=name), status=status, value=Quantity(value=value, unit="kg"), date=date
        )

    observations = (
        measured("weight", 70, "2026-01-01T10:00:00Z"),
        measured("weight", 72, "2026-02-01"),
        measured("weight", 99, "2026-03-01", status="entered-in-error"),
        *(measured(f"m{i}", i, "2026-01-01") for i in range(40)),
    )
    [row] = fact_rows(Facts(patient=PatientContext(observations=observations)))
    assert row.values[:2] == ("weight 72 kg, 2026-02-01", "m0 0 kg, 2026-01-01")
    assert (len(row.values), row.values[-1]) == (MOST + 1, f"and {41 - MOST} more")


def test_the_picture_is_in_the_page_with_its_words(read):
    [picture] = read.of("img")
    assert picture["alt"] == "A bar harmless"
    media, data = picture["src"].split(",", 1)
    assert media == "data:image/svg+xml;base64"
    assert base64.b64decode(data).decode() == SVG


def test_what_others_write_becomes_no_markup(read):
    hostile = Read(html_page(answer_of(HOSTILE)))
    assert [tag for tag, _ in hostile.tags] == [tag for tag, _ in read.tags]
    assert not {tag for tag, _ in hostile.tags} & {"script", "iframe", "object", "embed", "form", "base", "link"}
    assert not [name for _, attrs in hostile.tags for name in attrs if name.startswith("on")]
    assert "{{ 7*7 }}" in hostile.text and "<script>alert(1)</script>" in hostile.text  # as text


def test_what_turns_text_around_or_hides_it_is_not_passed_on():
    text = html_page(answer_of(HOSTILE))
    assert not re.search("[\u202e\u200b\x07]", text)


def test_only_addresses_of_the_web_are_links(hostile):
    links = [attrs["href"] for attrs in hostile.of("a")]
    assert links and all(link.startswith(("#e", "https://pubmed.ncbi.nlm.nih.gov/")) for link in links), links
    outside = [attrs for attrs in hostile.of("a") if not attrs["href"].startswith("#")]
    assert all(attrs["rel"] == "noopener noreferrer" for attrs in outside)


def test_nothing_runs_and_nothing_is_fetched_from_elsewhere(read):
    [policy] = [attrs["content"] for attrs in read.of("meta") if attrs.get("http-equiv") == "Content-Security-Policy"]
    text = html_page(answer_of("harmless"))
    style = re.search(r"<style>(.*?)</style>", text, re.S)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    assert not [attrs for _, attrs in read.tags if "style" in attrs or attrs.get("src", "data:")[:5] != "data:"]
    assert "url(" not in style and "@import" not in style


def test_a_printed_page_has_every_quote(read):
    printed = html_page(answer_of("harmless")).split('<section class="print"')[1]
    for quote in ("harmless one. harmless two.", "harmless 0.", "harmless 1.", "harmless 2."):
        assert f"<blockquote>{quote}</blockquote>" in printed


def test_an_answer_without_anything_says_so():
    answer = answer_of("x").model_copy(update={"sentences": (), "blocks": (), "evidence": (), "status": "abstained"})
    text = Read(html_page(answer)).text
    assert "Abstained: nothing that was searched supports an answer." in text
    failed = answer.consulted[0].model_copy(update={"status": "failed", "message": "no store"})
    text = Read(html_page(answer.model_copy(update={"consulted": (failed,)}))).text
    assert "so finding nothing means nothing" in text and "no store" in text


def test_every_word_of_the_page_is_in_the_table_and_used():
    template = (Path(page.__file__).parent / "answer.html.j2").read_text(encoding="utf-8")
    python = "".join(p.read_text(encoding="utf-8") for p in Path(page.__file__).parent.glob("*.py"))
    used = set(re.findall(r'word\("([\w-]+)"', template)) | set(re.findall(r'say\("page\.([\w-]+)"', python))
    known = {code.split(".")[1] for code in codes() if code.startswith(("page.", "answer."))}
    prefixes = set(re.findall(r'word\("([\w-]+-)" ~', template))
    assert used - prefixes <= known
    ours = {code.removeprefix("page.") for code in codes() if code.startswith("page.")}
    assert ours <= used
