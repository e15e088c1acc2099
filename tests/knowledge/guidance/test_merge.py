"""Of many records the newest of each key, and one line for what is said alike."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace

from bedside.knowledge.guidance.line import Line
from bedside.knowledge.guidance.merge import merged


def line(value: str = "0.0", date: str = "2024-03-25", text: str = "Avoid.", **other: object) -> Line:
    made = Line("CPIC", "codeine", ((("CYP2D6", value),),), text=text, guideline="g", url="u", date=date)
    return replace(made, **other)


def test_the_newest_of_a_key_stands_alone_whatever_the_order():
    old, new = line(text="Old."), line(date="2025-11-05", text="New.")
    assert list(merged([old, new])) == list(merged([new, old])) == [new]


def test_of_the_same_date_the_first_counts():
    assert [one.text for one in merged([line(text="a"), line(text="b")])] == ["a"]


def test_one_text_for_several_keys_is_one_line_as_old_as_its_oldest():
    parts = [line("0.25", "2025-11-05", url="new", pmids=("PMID:2",)), line("0.0", pmids=("PMID:1",)), line("≥3.0")]
    (one,) = merged(parts)
    assert one.keys == ((("CYP2D6", "0.0"),), (("CYP2D6", "0.25"),), (("CYP2D6", "≥3.0"),))
    assert (one.date, one.url, set(one.pmids)) == ("2024-03-25", "new", {"PMID:1", "PMID:2"})


def test_a_newer_line_for_one_key_takes_that_key_out_of_the_older():
    both = replace(line(), keys=((("CYP2D6", "0.0"),), (("CYP2D6", "0.25"),)))
    newer = line("0.25", "2025-11-05", "Reduce.")
    assert {one.keys: one.text for one in merged([newer, both])} == {line().keys: "Avoid.", newer.keys: "Reduce."}
    assert len(list(merged([both]))) == 1


def test_genes_publishers_kinds_populations_and_strengths_are_never_mixed():
    one = line()
    others = [
        replace(one, keys=((("CYP2C19", "0.0"),),)),
        replace(one, keys=((("CYP2C19", "0.0"), ("CYP2D6", "0.0")),)),
        replace(one, publisher="DPWG"),
        replace(one, publisher="FDA", kind="label"),
        replace(one, publisher="FDA", kind="association"),
        replace(one, drug="tramadol"),
        replace(one, population="pediatrics"),
        line("0.25", strength="Strong"),
    ]
    assert sorted(map(repr, merged([one, *others]))) == sorted(map(repr, [one, *others]))


def test_no_real_key_is_lost_doubled_or_aged(every_line, lines):
    newest: dict[tuple[object, ...], str] = defaultdict(str)
    for one in every_line:
        for key in one.keys:
            place = one.publisher, one.kind, one.drug, one.population, key
            newest[place] = max(newest[place], one.date)
    texts = {(o.publisher, o.kind, o.drug, o.population, key, o.date, o.text) for o in every_line for key in o.keys}
    found = [((o.publisher, o.kind, o.drug, o.population, key), o) for o in lines for key in o.keys]
    assert sorted(map(repr, (place for place, _ in found))) == sorted(map(repr, newest))
    for place, one in found:
        assert (*place, newest[place], one.text) in texts
        assert one.date <= newest[place]
    assert all(len({tuple(gene for gene, _ in key) for key in one.keys}) == 1 for one in lines)


def test_the_order_of_the_files_does_not_matter(every_line, lines):
    for seed in range(3):
        shuffled = list(every_line)
        random.Random(seed).shuffle(shuffled)
        assert _without_order(merged(shuffled)) == _without_order(lines)


def _without_order(lines) -> list[str]:
    return sorted(repr(replace(one, pmids=tuple(sorted(one.pmids)))) for one in lines)
