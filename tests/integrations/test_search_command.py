"""`bedside knowledge search` over a small data folder: one text, filters, and many at once."""

from __future__ import annotations

import json

import click
import pytest
from bedside.core.errors import BedsideError, UsageError
from bedside.integrations.cli.main import cli
from bedside.integrations.cli.search_batch import query
from bedside.integrations.cli.search_filters import years_of

DOCUMENTS = [
    {"id": "PMID:1", "title": "Marfan syndrome", "text": "The aortic root dilates. " * 70, "year": 2012},
    {"id": "PMID:2", "title": "CYP2C19 and clopidogrel", "text": "Poor metabolizers do not activate it.", "year": 2018},
    {"id": "Ünï", "title": "Lens", "text": "Ectopia lentis is a dislocation of the lens.", "url": "https://example.org/l"},
]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("search")
    file = folder / "docs.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in DOCUMENTS), encoding="utf-8")
    assert not cli.main(
        ["knowledge", "load", str(file), "--source", "docs", "--home", str(folder / "home")], standalone_mode=False
    )
    return folder / "home"


def run(capsys, *args):
    capsys.readouterr()
    try:
        code = cli.main(["knowledge", "search", *map(str, args)], standalone_mode=False) or 0
    except BedsideError as error:
        return error.exit_code, *capsys.readouterr()[:1], str(error)
    return code, *capsys.readouterr()


def test_one_text_as_json_and_explained(home, capsys):
    code, out, _ = run(capsys, "does the aorta dilate in Marfan?", "--home", home, "--json", "--k", 2)
    found = json.loads(out)
    assert code == 0
    assert found["passages"][0]["fields"]["document"] == "PMID:1"
    assert set(found["passages"][0]["parts"]) == {"bm25", "dense"}
    code, out, _ = run(capsys, "clopidogrel", "--home", home, "--explain", "--k", 1)
    assert code == 0
    assert "bm25" in out
    assert "dense" in out
    assert "CYP2C19 and clopidogrel" in out


def test_filters(home, capsys):
    code, out, _ = run(capsys, "syndrome", "--home", home, "--json", "--year", "2013-2020", "--source", "docs")
    assert code == 0
    assert {p["fields"]["document"] for p in json.loads(out)["passages"]} == {"PMID:2"}
    code, out, _ = run(capsys, "syndrome", "--home", home, "--json", "--kind", "passage", "--year", "1900")
    assert code == 0 and json.loads(out)["passages"] == []


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ([], "nothing to search"),
        (["  "], "nothing to search"),
        (["x", "--source", "none"], "no source 'none'"),
        (["x", "--kind", "guidline"], "there are no passages of the kind 'guidline'"),
        (["x", "--year", "then"], "is not a year"),
        (["x", "--year", "2020-2010"], "the first year is after the last"),
        (["--queries", "a.jsonl"], "go together"),
        (["x", "--queries", "a", "--out", "b"], "either"),
        (["--queries", "missing.jsonl", "--out", "b"], "does not exist"),
    ],
)
def test_wrong_use(home, capsys, args, told):
    code, _, err = run(capsys, *args, "--home", home)
    assert code == 2
    assert told in err


@pytest.mark.parametrize(
    ("given", "wanted"), [("2015", (2015, 2015)), ("2015-2020", (2015, 2020)), ("2015-", (2015, 9999)), ("-2020", (0, 2020))]
)
def test_years(given, wanted):
    assert years_of(given) == wanted
    with pytest.raises(UsageError):
        years_of("-")


def test_many_at_once(home, capsys, tmp_path):
    source, out = tmp_path / "q.jsonl", tmp_path / "hits.jsonl"
    lines = [{"id": f"q{n}", "text": text} for n, text in enumerate(["aortic root", "clopidogrel", "ectopia lentis"] * 30)]
    source.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    code, _, _ = run(capsys, "--queries", source, "--out", out, "--home", home, "--k", 2, "--source", "docs")
    assert code == 0
    answers = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [a["id"] for a in answers] == [line["id"] for line in lines]
    assert [a["hits"][0]["doc_id"] for a in answers[:3]] == ["PMID:1", "PMID:2", "Ünï"]
    for answer in answers:
        assert len({hit["doc_id"] for hit in answer["hits"]}) == len(answer["hits"]) == 2
        assert answer["hits"][0]["score"] >= answer["hits"][1]["score"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["hits.jsonl", "q.jsonl"]


def test_a_broken_line_costs_that_line(home, capsys, tmp_path):
    source, out = tmp_path / "q.jsonl", tmp_path / "hits.jsonl"
    broken = [b"{", b'"x"', b"\xff", b'{"id": 1}', b'{"text": "x"}', b'{"id": 2, "text": "\\ud800"}']
    source.write_bytes(b"\n".join([*broken, b"", '{"id": "ü", "text": "clopidogrel"}'.encode()]))
    code, told, err = run(capsys, "--queries", source, "--out", out, "--home", home, "--json")
    assert code == 1
    assert [one["line"] for one in json.loads(told)["broken"]] == [1, 2, 3, 4, 5, 6]
    assert "line 3: is not UTF-8" in err
    answers = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [(a["id"], bool(a.get("error"))) for a in answers] == [
        (None, True),
        (None, True),
        (None, True),
        (1, True),
        (None, True),
        (2, True),
        ("ü", False),
    ]
    assert answers[-1]["hits"][0]["doc_id"] == "PMID:2"


def test_a_file_with_a_byte_order_mark():
    assert query(b'\xef\xbb\xbf{"id": "a", "text": "x"}\n') == ("a", "x")


def test_a_device_or_folder_is_not_replaced_by_the_result(home, tmp_path, capsys):
    asked = tmp_path / "asked.jsonl"
    asked.write_text('{"id": 1, "text": "lens"}\n', encoding="utf-8")
    (tmp_path / "link").symlink_to("/dev/null")
    for out in (tmp_path, tmp_path / "link", "/dev/null"):
        code, _, told = run(capsys, "--queries", asked, "--out", out, "--home", home)
        assert code == 2 and "is no regular file" in told
    assert (tmp_path / "link").is_symlink()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["asked.jsonl", "link"]


def test_bytes_that_are_not_utf8_are_told(home, capsys):
    assert run(capsys, "lens \udc80", "--home", home)[0] == 2


def test_loading_a_file_source_by_its_name_alone_says_how(home):
    with pytest.raises(UsageError) as told:
        cli.main(["knowledge", "load", "docs", "--home", str(home)], standalone_mode=False)
    assert "--source docs" in told.value.hint


def test_hits_do_not_depend_on_how_many_others_are_asked(home, tmp_path, capsys):
    many, one = tmp_path / "many.jsonl", tmp_path / "one.jsonl"
    texts = [f"does clopidogrel need an active CYP2C19, question {n}?" for n in range(70)]
    many.write_text("".join(json.dumps({"id": n, "text": text}) + "\n" for n, text in enumerate(texts)), encoding="utf-8")
    one.write_text(json.dumps({"id": 50, "text": texts[50]}) + "\n", encoding="utf-8")
    for asked in (many, one):
        assert run(capsys, "--queries", asked, "--out", asked.with_suffix(".out"), "--home", home)[0] == 0
    lines = many.with_suffix(".out").read_text(encoding="utf-8").splitlines()
    assert lines[50] == one.with_suffix(".out").read_text(encoding="utf-8").strip()


def test_what_an_earlier_run_found_is_kept(home, tmp_path, capsys, monkeypatch):
    asked, out = tmp_path / "q.jsonl", tmp_path / "hits.jsonl"
    lines = [json.dumps({"id": n, "text": f"clopidogrel {n}"}) for n in range(40)]
    lines[3] = "{"
    asked.write_text("\n".join(lines), encoding="utf-8")
    from bedside.knowledge.search.hybrid import HybridSearch

    real, called = HybridSearch.find_many, []

    def find_many(self, texts, *rest, **more):
        called.append(len(texts))
        if len(called) == 2:
            raise KeyboardInterrupt
        return real(self, texts, *rest, **more)

    monkeypatch.setattr(HybridSearch, "find_many", find_many)
    with pytest.raises(click.exceptions.Abort):
        run(capsys, "--queries", asked, "--out", out, "--home", home)
    assert not out.exists()
    code, told, _ = run(capsys, "--queries", asked, "--out", out, "--home", home, "--json")
    assert (code, called) == (1, [15, 16, 16, 8])
    assert [one["line"] for one in json.loads(told)["broken"]] == [4]  # reported by the run that goes on, too
    assert [json.loads(line)["id"] for line in out.read_text(encoding="utf-8").splitlines()] == [
        None if n == 3 else n for n in range(40)
    ]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["hits.jsonl", "q.jsonl"]
