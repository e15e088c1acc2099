"""A plugin's kind of case file: recognised, checked, offered to its task; never in the place of what Bedside reads."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from bedside.core import Engine, Evidence, PluginHost, Question, Task, TaskResult, hookimpl
from bedside.core.errors import CaseError, ConfigError
from bedside.core.evidence.case_kinds import CaseKind
from bedside.core.evidence.registry import LocatorKind, Resolved, Unresolved
from bedside.core.testing import TestServices
from bedside.core.types import CustomLocator, Source
from bedside.integrations.case_files import read_case

CURVE = "time,flow\n0.0,0.1\n0.5,7.9\n1.0,2.2\n"
KIND = CaseKind("lung:csv", "spirometry (CSV)", lambda name, head: head.startswith(b"time,flow"), "lung:curve")
GREEDY = CaseKind("greedy:all", "anything", lambda name, head: True, "greedy:all")


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("packed", [False, True])
def test_it_is_recognised_by_its_first_bytes(tmp_path, packed):
    content = gzip.compress(CURVE.encode()) if packed else CURVE
    path = written(tmp_path, "a.csv", content)
    [file] = read_case([path], [KIND]).files
    assert (file.name, file.kind, file.need, file.path) == ("a.csv", "lung:csv", "lung:curve", path)
    with pytest.raises(CaseError, match="not a kind of file"):
        read_case([path])


FHIR = {"resourceType": "Patient", "id": "1"}
PACKET = {"id": "1", "phenotypicFeatures": [{"type": {"id": "HP:0001250"}}]}


@pytest.mark.parametrize(
    ("name", "content", "field"),
    [
        ("note.txt", "Chest pain.", "texts"),
        ("note.md", "Chest pain.", "texts"),
        ("fhir.json", json.dumps(FHIR), "fhir"),
        ("fhir.csv", f"\n  {json.dumps({'pad': 'x' * 9000, **FHIR})}", "fhir"),
        ("packet.json", json.dumps(PACKET), "phenopackets"),
        ("a.vcf", "##fileformat=VCFv4.2\n", "files"),
    ],
)
def test_what_bedside_reads_is_never_taken_by_a_plugin(tmp_path, name, content, field):
    case = read_case([written(tmp_path, name, content)], [GREEDY])
    assert getattr(case, field) and all(file.kind != "greedy:all" for file in case.files)


def test_nor_is_a_broken_fhir_file(tmp_path):
    with pytest.raises(CaseError, match="truncated"):
        read_case([written(tmp_path, "fhir.json", json.dumps(FHIR)[:-5])], [GREEDY])


def test_json_of_its_own_is_a_plugins(tmp_path):
    assert read_case([written(tmp_path, "curve.json", '{"flow": [1, 2]}')], [GREEDY]).files[0].kind == "greedy:all"


def test_two_that_claim_one_file_are_an_error(tmp_path):
    path = written(tmp_path, "a.csv", CURVE)
    with pytest.raises(CaseError, match="lung:csv and greedy:all") as error:
        read_case([path], [KIND, GREEDY])
    assert "plugins.deny" in error.value.hint


@pytest.mark.parametrize("raised", [ValueError("secret"), SystemExit(1), KeyboardInterrupt()])
def test_one_that_raises_recognises_nothing(tmp_path, raised):
    def recognises(name, head):
        raise raised

    broken = CaseKind("bad:csv", "bad", recognises, "bad:csv")
    assert read_case([written(tmp_path, "a.csv", CURVE)], [broken, KIND]).files[0].kind == "lung:csv"


@pytest.mark.parametrize(
    ("raised", "reason"),
    [(CaseError("the curve has no effort", hint="measure again"), "no effort"), (ValueError("secret"), "raised ValueError")],
)
def test_its_check_refuses_a_file_with_a_reason(tmp_path, raised, reason):
    def check(path):
        raise raised

    kind = CaseKind("lung:csv", "spirometry (CSV)", KIND.recognises, "lung:curve", check)
    with pytest.raises(CaseError, match=reason) as error:
        read_case([written(tmp_path, "a.csv", CURVE)], [kind])
    assert "secret" not in str(error.value) and not isinstance(error.value, ConfigError)


def test_what_can_be_read_names_the_plugins_kinds(tmp_path):
    with pytest.raises(CaseError) as error:
        read_case([written(tmp_path, "a.bin", b"\x00\x01")], [KIND])
    assert "spirometry (CSV)" in error.value.hint


class Lung:
    """A specialist for curves, and the resolver of what it quotes of them."""

    @hookimpl
    def bedside_case_kinds(self):
        return [KIND, LocatorKind("lung:rows", self.resolve)]

    @hookimpl
    def bedside_tasks(self):
        return [Task(name="lung.curve", description="Reads curves", run=self.run, needs=(("lung:curve",),))]

    def rows(self, name, files) -> list[str]:
        return next(f for f in files if f.name == name).path.read_text().splitlines()

    def run(self, request, services) -> TaskResult:
        [file] = [f for f in request.question.case.files if f.need == "lung:curve"]
        where = CustomLocator(kind="lung:rows", file=file.name, where={"row": 3})
        quote = self.rows(file.name, request.question.case.files)[2]
        return TaskResult.found([Evidence.of(kind="curve", quote=quote, source="case", locator=where)])

    def resolve(self, locators, context):
        out = []
        for where in locators:
            rows = self.rows(where.file, context.question.case.files)
            number = int(where.where["row"])
            source = Source(id="case", title=where.file, licence="patient data")
            out.append(Resolved(rows[number - 1], source) if 0 < number <= len(rows) else Unresolved("no such row"))
        return out


def test_its_file_consults_its_task_and_a_row_of_it_is_evidence(tmp_path):
    host = PluginHost()
    host.register(Lung(), "lung")
    case = read_case([written(tmp_path, "a.csv", CURVE)], host.case_kinds)
    answer = Engine(host, TestServices()).ask(Question(text="How is the flow?", case=case))
    assert answer.status == "answered", answer.warnings
    [item] = answer.evidence
    assert (item.quote, item.source.title, item.locator.where) == ("0.5,7.9", "a.csv", {"row": 3})
    assert str(tmp_path) not in answer.model_dump_json()
    (tmp_path / "a.csv").write_text(CURVE.replace("7.9", "2.9"))
    assert type(answer).model_validate_json(answer.model_dump_json()).evidence == answer.evidence


def test_without_its_file_it_is_not_consulted():
    host = PluginHost()
    host.register(Lung(), "lung")
    assert Engine(host, TestServices()).ask("How is the flow?").consulted == ()
