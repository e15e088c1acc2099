"""The three forms of PharmCAT's guidance, and what is no guidance."""

from __future__ import annotations

import copy
import io
import tarfile
from collections import Counter
from typing import Any

import pytest
from bedside.core.errors import SourceError
from bedside.knowledge.guidance import folder
from bedside.knowledge.guidance.line import Line
from bedside.knowledge.readers.read_session import Run

GUIDELINE: dict[str, Any] = {
    "guideline": {
        "name": "Annotation of CPIC Guideline for codeine and CYP2D6",
        "source": "CPIC",
        "version": 7,
        "objCls": "Guideline Annotation",
        "url": "https://www.clinpgx.org/guidelineAnnotation/PA166104996",
        "relatedChemicals": [{"name": "Codeine"}],
    },
    "recommendations": [
        {
            "lookupKey": {"CYP2D6": "0.0"},
            "population": "general",
            "classification": {"term": "Strong"},
            "text": {"html": "<p>Avoid codeine use.</p>"},
            "implications": ["CYP2D6: <b>Greatly</b> reduced morphine formation"],
            "alternateDrugAvailable": True,
        }
    ],
    "citations": [{"pmid": "24458010", "year": 2014}, {"pmid": None}, {"pmid": "33387367"}],
    "version": "2024-03-25-10-00",
}
REPORTED: dict[str, Any] = {
    "source": "FDA Label Annotation",
    "drug": "siponimod",
    "lookupKey": [{"CYP2C9": "0.0"}],
    "population": "n/a",
    "classification": None,
    "text": "Contraindicated.",
    "guideline": "FDA Label for siponimod and CYP2C9",
    "url": "https://example.org",
    "pmids": [],
    "dataVersion": "2025-11-05-00-25",
}
WANTED = Line(
    publisher="CPIC",
    drug="codeine",
    keys=((("CYP2D6", "0.0"),),),
    text="Avoid codeine use.",
    guideline="Annotation of CPIC Guideline for codeine and CYP2D6",
    url="https://www.clinpgx.org/guidelineAnnotation/PA166104996",
    date="2024-03-25",
    strength="Strong",
    implications=("CYP2D6: Greatly reduced morphine formation",),
    version="7",
    pmids=("PMID:24458010", "PMID:33387367"),
    alternative=True,
)


def changed(**of_recommendation: Any) -> dict[str, Any]:
    """`GUIDELINE` with other values in its recommendation; None takes the value away."""
    out = copy.deepcopy(GUIDELINE)
    one = out["recommendations"][0]
    one.update(of_recommendation)
    for name in [name for name, value in of_recommendation.items() if value is None]:
        del one[name]
    return out


def test_a_file_per_guideline(read, run):
    assert read(GUIDELINE) == [WANTED]
    assert run.skipped == []


def test_one_file_of_all_guidelines_has_keys_in_lists_and_no_date(read):
    newer = changed(lookupKey=[{"CYP2D6": "0.0"}, {"CYP2D6": "0.25"}, {"CYP2D6": "0.0"}])
    del newer["version"]
    (line,) = read({"guidelines": [newer]}, released="2026-01-02")
    assert (line.keys, line.date) == (((("CYP2D6", "0.0"),), (("CYP2D6", "0.25"),)), "2026-01-02")
    assert [one.date for one in read({"guidelines": [newer]})] == [""]


def test_a_line_of_a_report(read):
    (line,) = read({"lines": [REPORTED]})
    assert (line.publisher, line.kind, line.drug, line.strength, line.population) == ("FDA", "label", "siponimod", "", "")
    assert (line.date, line.recommends) == ("2025-11-05", True)


def test_alleles_with_copies_are_one_key_whatever_their_order(read):
    one, other = ({"VKORC1": dict(pairs)} for pairs in ([("C", 1.0), ("T", 1.0)], [("T", 1.0), ("C", 1.0)]))
    assert read(changed(lookupKey=one))[0].keys == read(changed(lookupKey=other))[0].keys


def test_each_drug_of_a_guideline_has_its_line_unless_the_recommendation_names_its_own(read):
    several = copy.deepcopy(GUIDELINE)
    several["guideline"]["relatedChemicals"] = [{"name": "codeine"}, {"name": "tramadol"}]
    assert [line.drug for line in read(several)] == ["codeine", "tramadol"]
    several["recommendations"][0]["relatedChemicals"] = [{"name": "tramadol"}]
    assert [line.drug for line in read(several)] == ["tramadol"]


@pytest.mark.parametrize("key", [None, {}, [], {"CYP2D6": "xN combinations"}, [{"CYP2D6": "xN combinations"}]])
def test_what_nobody_can_have_as_a_result_is_no_line(read, key):
    assert read(changed(lookupKey=key or {})) == []


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (changed(lookupKey=None), "KeyError"),
        (changed(lookupKey={"CYP2D6": 3}), "neither a result nor alleles"),
        (changed(lookupKey={"CYP2D6": ""}), "neither a result nor alleles"),
        (changed(lookupKey="CYP2D6"), "Error"),
        (changed(text=None), "it has no text"),
        (changed(text={"html": "<p> </p>"}), "it has no text"),
        (changed(text="plain"), "AttributeError"),
        ({**GUIDELINE, "guideline": {**GUIDELINE["guideline"], "source": "CPNDS"}}, "CPNDS"),
        ({**GUIDELINE, "guideline": {"source": "CPIC"}}, "KeyError"),
        ({**GUIDELINE, "recommendations": 7}, "TypeError"),
        ({"guidelines": [7]}, "TypeError"),
        ({"guidelines": [GUIDELINE["guideline"]]}, "KeyError"),
        ({"lines": [{**REPORTED, "source": "Somebody"}]}, "Somebody"),
        ({"lines": [{"drug": "siponimod"}]}, "KeyError"),
        ({"lines": [None]}, "TypeError"),
    ],
)
def test_a_record_that_can_not_be_read_is_reported_and_the_others_are_read(read, run, given, reason):
    assert read(given) == []
    (skip,) = run.skipped
    assert reason in skip.reason and skip.where.startswith("here/a.json: entry 1")
    good = {"guidelines": [*(given.get("guidelines") or ([given] if "guideline" in given else [])), GUIDELINE]}
    if "lines" not in given:
        assert read(good) == [WANTED]


def test_a_guideline_without_a_line_is_no_fault(read, run):
    assert read({**GUIDELINE, "recommendations": []}) == []
    assert read({"lines": [{**REPORTED, "text": ""}, {**REPORTED, "lookupKey": []}]}) == []
    assert run.skipped == []


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b"<html>", b"[" * 100_000])
def test_what_is_no_json_says_where_and_what_to_type(read, raw):
    with pytest.raises(SourceError, match=r"here/a\.json is not JSON") as told:
        read(raw)
    assert "knowledge pull pharmcat-guidance" in (told.value.hint or "")


@pytest.mark.parametrize(
    "other", [[], 7, "x", None, {}, {"lines": 7}, {"guidelines": {}}, {"gene": "CYP2D6", "diplotypes": []}]
)
def test_json_of_another_sort_holds_no_line(read, run, other):
    assert read(other) == [] and run.skipped == []


@pytest.mark.parametrize("names", [(), ("README.md",), ("other.json",), ("empty.tar.xz",)])
def test_a_folder_without_guidance_is_refused(tmp_path, names):
    for name in names:
        (tmp_path / name).write_text("{}", encoding="utf-8")
    if "empty.tar.xz" in names:
        with tarfile.open(tmp_path / "empty.tar.xz", "w:xz") as packed:
            packed.addfile(tarfile.TarInfo("a.txt"), io.BytesIO())
    with pytest.raises(SourceError, match="holds no prescribing guidance") as told:
        list(folder.read(tmp_path, Run("pharmcat-guidance")))
    assert told.value.hint == "bedside knowledge pull pharmcat-guidance"


def test_all_files_of_the_mirror(every_line, guidance_folder):
    by = Counter(line.publisher for line in every_line)
    assert by["CPIC"] > 1500 and by["DPWG"] > 300 and by["FDA"] > 50
    assert {line.kind for line in every_line if line.publisher == "FDA"} == {"label", "association"}
    assert folder.release(guidance_folder) == "data of 2025-11-05"
    assert all(line.drug == line.drug.lower().strip() and line.text and line.keys for line in every_line)
    assert all(line.url.startswith("https://") for line in every_line)
    assert not [line.text for line in every_line if "<p>" in line.text or "</" in line.text or "&nbsp;" in line.text]


def test_the_four_records_of_the_current_form(every_line):
    """FDA's warfarin is by alleles with copies, metoprolol was changed by CPIC after 2024-03."""
    undated = [line for line in every_line if not line.date]
    assert {line.drug for line in undated} == {"abacavir", "metoprolol", "vortioxetine", "warfarin"}
    warfarin = [
        dict(key)["VKORC1"] for line in undated if line.drug == "warfarin" for key in line.keys if "VKORC1" in dict(key)
    ]
    assert warfarin and all(sum(copies for _, copies in alleles) == 2 for alleles in warfarin)
