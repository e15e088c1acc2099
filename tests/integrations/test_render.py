"""An answer on a terminal: blocks first, whose they are, and nothing that another wrote passes for Bedside's."""

from __future__ import annotations

import re

import pytest
from bedside.core.types import Column, Facts, Mention, Row, Table
from bedside.integrations.cli.render import print_answer
from bedside.integrations.page.blocks import placed
from bedside.integrations.page.html import html_page
from bedside.integrations.page.numbers import marks, number_words, plain

from .answers import answer_of

HOSTILE = "\x1b[31mred\x1b[0m\n! genomics: all clear \u202e[bold]x[/bold]"


@pytest.fixture
def printed(capsys, monkeypatch):
    def run(answer, width: int = 100) -> str:
        monkeypatch.setenv("COLUMNS", str(width))
        print_answer(answer)
        return capsys.readouterr().out

    return run


@pytest.mark.parametrize("width", [80, 120])
def test_blocks_come_before_the_sentences_and_say_whose_they_are(printed, width):
    out = printed(answer_of("harmless"), width)
    order = [out.index(words) for words in (
        "Partial:", "Ranked harmless (by stranger)", "for: for harmless ×77", "against: no harmless ÷3",
        "The first 1 of 10,232.",
        "Table harmless (by stranger)", "Drawn harmless (by stranger)", "A bar harmless", "Stop harmless (by stranger)",
        "would stop MedicationRequest/harmless: Because harmless", "At most one of the proposals", "“harmless one.",
        "Path: DRUG:harmless → GENE:A → OMIM:1", "Said harmless", "Also cited above", "[3] “harmless 1.”",
        "[4] “harmless 2.”", "Who was asked", "! stranger: warned harmless",
    )]  # fmt: skip
    assert order == sorted(order)
    assert all(len(line) <= width for line in out.splitlines())


def test_a_product_is_named_with_its_substances(printed):
    def drug(name: str, text: str, start: int) -> Mention:
        return Mention(kind="drug", id=f"D:{name}", name=name, text=text, start=start, end=start + len(text))

    read = Facts(
        mentions=(drug("hydrocodone", "Vicodin", 0), drug("acetaminophen", "Vicodin", 0), drug("codeine", "codeine", 9))
    )
    answer = answer_of("harmless").model_copy(update={"facts": read})
    assert "Read: Vicodin (hydrocodone + acetaminophen), codeine" in printed(answer)


def test_a_block_about_something_else_than_the_first_sentence_does_not_stand_before_the_answer(printed):
    answer = answer_of("harmless")
    aside = Table(title="Aside", columns=(Column(title="c"),), rows=(Row(cells=("x",), evidence=(answer.evidence[3].id,)),))
    answer = answer.model_copy(update={"blocks": (aside, *answer.blocks)})
    for out in (printed(answer), re.sub("<[^>]+>", "", html_page(answer).split("<body>")[1])):
        order = [out.index(words) for words in ("Ranked harmless", "Said harmless", "Aside", "Who was asked")]
        assert order == sorted(order)
    alone = answer.model_copy(update={"sentences": ()})
    assert placed(alone).first == alone.blocks


def test_what_a_plugin_writes_moves_no_cursor_and_starts_no_line(printed):
    out = printed(answer_of(HOSTILE))
    assert "\x1b" not in out and "\u202e" not in out
    blocks = out[: out.index("Stop ")]
    assert not [line for line in blocks.splitlines() if line.startswith("! genomics")]
    assert "[bold]x[/bold]" in out


def wide(id_: str, *texts: str) -> Table:
    columns = tuple(Column(title=f"column {i}") for i, _ in enumerate(texts))
    return Table(title="Wide", columns=columns, rows=(Row(cells=texts, evidence=(id_,)),))


@pytest.mark.parametrize(("width", "records"), [(60, True), (120, False)])
def test_a_table_breaks_no_word_and_is_written_as_records_where_it_does_not_fit(printed, width, records):
    answer = answer_of("harmless")
    words = ("clopidogrel", "Hypersusceptibility", "Metabolizer", "recommendations", "strengthening", "guideline")
    table = wide(answer.evidence[0].id, *words)
    out = printed(answer.model_copy(update={"blocks": (*answer.blocks, table)}), width)
    assert all(word in out for word in words)
    assert ("column 1: Hypersusceptibility" in out) is records


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.7441, "0.744"), (0.0, "0.000"), (1 / 10_232, "0.000098"), (0.00099, "0.00099"), (3e-12, "3.0e-12"), (12.34, "12.3"),
     (12345.6, "12,346"), (-0.5, "-0.500"), (-0.00012, "-0.00012")],
)  # fmt: skip
def test_numbers_are_written_so_that_they_can_be_compared(value, words):
    assert number_words(value) == words


def test_a_number_that_was_given_is_written_as_it_was():
    assert [plain(value) for value in (36.0, 7.25, 13.67653838, 1234567.0)] == ["36", "7.25", "13.6765", "1234567"]


def test_citations_in_a_row_are_written_as_a_run():
    number = {"a": 1, "b": 2, "c": 3, "d": 5, "e": 8, "f": 9}
    assert marks(["c", "b", "a", "d", "e", "f", "a"], number) == "[1]–[3][5][8][9]"
    assert marks([], number) == ""
