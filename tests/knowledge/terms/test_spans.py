"""Whatever the text: the span is what was written, and nothing fails."""

from __future__ import annotations

import random
import threading
import time
import unicodedata
from collections.abc import Callable

from bedside.knowledge.terms import SqliteTerms
from bedside.knowledge.terms.normal import Normal

PIECES = [
    "clopidogrel", "Plavix", "codiene", "CYP2D6", "*1/*1xN", "poor metabolizer", "no ", "not ", "ectopia lentis", "fever",
    "Marfan’s syndrome", "ﬁbrillation", "ＣＹＰ２Ｃ１９", "naïve", "Sjo\u0308gren", "β-thalassemia", "ß", "İstanbul", "ﷺ",
    "\u200b", "\u00ad", "\ufeff", "😀", "👩‍👩‍👧", "\x00", "\n\n", "\t", "½", "㎎", "...", ";", ",", "(", ")", "/", "*", "'",
    "”", "–", "\ud7ff", "e\u0301\u0301\u0301", "١٢٣", "漢字", "rs4244285", "HLA-B*57:01", "+", "x", "1",
]  # fmt: skip


def check(terms: SqliteTerms, text: str) -> None:
    facts = terms.find(text, origin="case")
    for mention in facts.mentions:
        assert text[mention.start : mention.end] == mention.text
        assert mention.text and mention.origin == "case"
    assert [m.start for m in facts.mentions] == sorted(m.start for m in facts.mentions)


def test_random_mixtures(terms: SqliteTerms) -> None:
    dice = random.Random(7)
    for _ in range(300):
        check(terms, "".join(dice.choice(PIECES) + dice.choice(["", " ", " "]) for _ in range(dice.randrange(30))))


def test_random_unicode(terms: SqliteTerms) -> None:
    dice = random.Random(11)
    for _ in range(200):
        check(terms, "".join(chr(dice.randrange(0x11_0000)) for _ in range(dice.randrange(80))))


def test_names_inside_decorated_text(terms: SqliteTerms) -> None:
    for text, written in [
        ("“clopidogrel”", "clopidogrel"),
        ("clopi\u00addogrel", "clopi\u00addogrel"),
        ("\u200bclopidogrel\u200b 75", "clopidogrel"),
        ("ｃｌｏｐｉｄｏｇｒｅｌ", "ｃｌｏｐｉｄｏｇｒｅｌ"),
        ("clopidogre\u0301l", "clopidogre\u0301l"),
    ]:
        [drug] = terms.find(text).of("drug")
        assert drug.text == written


def test_every_place_leads_back() -> None:
    for piece in PIECES:
        text = f"a{piece}b"
        normal = Normal(text)
        for at in range(len(normal.plain)):
            start, end = normal.span(at, at + 1)
            assert 0 <= start < end <= len(text)
        assert unicodedata.normalize("NFKC", normal.plain).isascii() or not piece.isascii()


def test_long_texts_are_quick(terms: SqliteTerms, patience: Callable[[float], float]) -> None:
    line = "The patient with Marfan syndrome has ectopia lentis and takes clopidogrel; CYP2C19 poor metabolizer, no fever. "
    text = (line * 100)[:10_000]
    terms.find(text)
    began = time.perf_counter()
    facts = terms.find(text)
    spent = time.perf_counter() - began
    assert len(facts.mentions) > 400
    # 40 ms on a quiet core; the bound only catches what grows faster than the text.
    assert spent < patience(2.0)


def test_texts_made_to_be_slow(terms: SqliteTerms, patience: Callable[[float], float]) -> None:
    pieces = ["*", "*1/", "no ", "a-", "poor or ", "CYP2D6 and ", "(", "no fever, ", "HLA-", "not "]
    for text in [(piece * 10_000)[:10_000] for piece in pieces]:
        began = time.perf_counter()
        check(terms, text)
        spent = time.perf_counter() - began
        assert spent < 3.0 or spent < patience(3.0)
    unknown = " ".join(f"cxqzv{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}" for n in range(1_200))
    assert "looked for in the first" in terms.find(unknown).unread[0]


def test_several_threads(terms: SqliteTerms) -> None:
    expected = terms.find("Plavix for a CYP2C19 poor metabolizer with ectopia lentis")
    wrong: list[object] = []

    def work() -> None:
        for _ in range(20):
            found = terms.find("Plavix for a CYP2C19 poor metabolizer with ectopia lentis")
            if found != expected:
                wrong.append(found)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
