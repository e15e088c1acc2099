"""Sources, CDS services, kinds of files and resolvers of strangers: checked when registered, guarded when they run."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from bedside.core import CaseFile, CdsService, Facts, KnowledgeSource, PluginHost, Question, Task, hookimpl, plugin_code
from bedside.core.errors import CaseError, PluginError, SourceError
from bedside.core.evidence.case_kinds import CaseKind, brought, check_file
from bedside.core.evidence.registry import LocatorKind, Resolved, Resolvers, Unresolved
from bedside.core.host import PluginCandidate
from bedside.core.host.cds import HOOKS, cds_problem
from bedside.core.testing import TestServices
from bedside.core.types import Case, Source
from bedside.core.types.evidence import CustomLocator

# --- sources ------------------------------------------------------------------------------------------------------------


def source(**changed: Any) -> KnowledgeSource:
    class Plugin:
        @hookimpl
        def bedside_sources(self):
            given = {"id": "bad-x", "title": "t", "licence": "l", "version": lambda: "1", "records": lambda: iter(())}
            return [KnowledgeSource(**{**given, **changed})]

    host = PluginHost()
    host.register(Plugin(), "bad", candidate=PluginCandidate("bad", "m", "dist-bad", "1.2"))
    return host.sources["bad-x"]


def leave() -> Any:
    raise SystemExit(3)


@pytest.mark.parametrize(
    ("version", "told"),
    [
        (leave, "version() raised SystemExit: 3"),
        (lambda: 1 / 0, "version() raised ZeroDivisionError"),
        (lambda: 5, "version() returned int"),
        (lambda: "", "not the name of a version"),
        (lambda: "v" * 10_000, "version() returned 10000 characters"),
        (lambda more: "1", "version() raised TypeError"),
    ],
)
def test_a_version_that_can_not_be_had_names_the_plugin(version, told):
    with pytest.raises(SourceError) as error:
        source(version=version).version()
    assert told in str(error.value)
    assert "plugin bad, dist-bad 1.2" in str(error.value)


def test_a_version_is_printable():
    assert source(version=lambda: "1\x1b[2J").version() == "1�[2J"


def test_records_that_raise_or_are_none(tmp_path):
    def records():
        yield "no record"

    def broken():
        raise KeyboardInterrupt if threading.current_thread() is not threading.main_thread() else SystemExit
        yield

    for wrong, told in ((records, "yielded str, not a record"), (broken, "raised SystemExit"), (lambda: 5, "TypeError")):
        with pytest.raises(SourceError, match=told) as error:
            list(source(records=wrong).records())
        assert "dist-bad 1.2" in str(error.value)
        read = source(read=lambda folder, wrong=wrong: wrong(), records=records)
        with pytest.raises(SourceError, match=told):
            list(read.read(tmp_path))


def test_a_guarded_source_is_read_as_before(tmp_path):
    from bedside.core import Passage

    passage = Passage.of(source_id="bad-x", text="t", kind="k")
    one = source(records=lambda: iter([passage]))
    assert list(one.records()) == [passage]
    assert one.packaged and not one.pulled
    assert one.skipped() == []


# --- CDS services -------------------------------------------------------------------------------------------------------


def service(**changed: Any) -> CdsService:
    given = {"id": "x-view", "hook": "patient-view", "title": "t", "description": "d", "task": "x.a"}
    return CdsService(**{**given, **changed})


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"task": "x.b"}, "the plugin has no task 'x.b'; did you mean 'x.a'?"),
        ({"hook": "patient-veiw"}, "did you mean 'patient-view'?"),
        ({"hook": "x-mine"}, "named by reverse domain"),
        ({"hook": 5}, "hook is int, not text"),
        ({"id": "X y"}, "its id is not made of"),
        ({"id": None}, "id is NoneType"),
        ({"description": " "}, "description is missing"),
        ({"prefetch": "Patient/1"}, "prefetch is str"),
        ({"prefetch": {"p": 5}}, "the template is int"),
        ({"prefetch": {"p q": "Patient/1"}}, "the name is not made of"),
        ({"prefetch": {"p": "Patient/{{patientId}}"}}, "{{patientId}} is no placeholder"),
        ({"prefetch": {"p": "Patient/{{context.patientId}"}}, "a brace is left over"),
        ({"prefetch": {"p": "Patient/{context.patientId}"}}, "a brace is left over"),
        ({"prefetch": {"p": "https://example.org/Patient/1"}}, "no FHIR read or search"),
        ({"prefetch": {"p": "/etc/passwd"}}, "no FHIR read or search"),
    ],
)
def test_a_wrong_cds_service_is_refused_when_it_is_registered(changed, told):
    class Plugin:
        @hookimpl
        def bedside_tasks(self):
            return [Task(name="x.a", description="d", run=print)]

        @hookimpl
        def bedside_cds_services(self):
            return [service(**changed)]

    host = PluginHost()
    with pytest.raises(PluginError) as error:
        host.register(Plugin(), "x", candidate=PluginCandidate("x", "m", "dist-x", "2"))
    assert told in error.value.message
    assert "dist-x 2" in str(error.value)
    assert host.tasks == {} and host.cds_services == {}


@pytest.mark.parametrize("hook", [*HOOKS, "org.example.patient-transmogrify"])
def test_a_right_cds_service(hook):
    prefetch = {
        "patient": "Patient/{{context.patientId}}",
        "meds": "MedicationRequest?patient={{context.patientId}}&status=active",
        "user": "{{context.userId}}",
        "practitioner": "Practitioner/{{userPractitionerId}}",
    }
    assert cds_problem(service(hook=hook, prefetch=prefetch), {"x.a"}) == ""


# --- kinds of files and of addresses ------------------------------------------------------------------------------------


def leaves(*_: Any) -> Any:
    raise SystemExit(4)


def interrupts(*_: Any) -> Any:
    raise KeyboardInterrupt


@pytest.mark.parametrize("run", [leaves, interrupts])
def test_a_kind_that_raises_recognises_nothing(run, tmp_path):
    bad = CaseKind("bad:csv", "a table", run, "bad:csv", check=run)
    good = CaseKind("good:csv", "a table", lambda name, head: True, "good:csv")
    assert brought("x.csv", b"a,b", [bad, good]) is good
    with pytest.raises(CaseError, match=r"bad:csv raised (SystemExit|KeyboardInterrupt)"):
        check_file(bad, tmp_path / "x.csv")


def test_the_check_of_a_kind_says_what_is_wrong(tmp_path):
    def check(path: Path) -> None:
        raise CaseError(f"{path.name} has no FEV1")

    with pytest.raises(CaseError, match=r"x.csv has no FEV1"):
        check_file(CaseKind("good:csv", "a table", leaves, "good:csv", check=check), tmp_path / "x.csv")


GOOD = Resolved("there", Source(id="good"))


def spoils(locators: Any, context: Any) -> Any:
    context.facts.__dict__["unread"] = ("forged",)
    context.question.case.fhir[0]["id"] = "forged"
    context.services.graph.close()
    context.services.close()
    return [Resolved("there", Source(id="bad")) for _ in locators]


@pytest.mark.parametrize(
    ("run", "wanted"),
    [
        (leaves, "the resolver of bad:place raised SystemExit; this is a fault of the plugin"),
        (interrupts, "the resolver of bad:place raised KeyboardInterrupt"),
        (lambda locators, context: threading.Event().wait(60), "the resolver of bad:place gave no answer within 0.3 s"),
        (lambda locators, context: [], "did not answer for each locator"),
        (lambda locators, context: 5, "the resolver of bad:place raised TypeError"),
        (spoils, ""),
    ],
)
def test_a_resolver_at_fault_confirms_nothing_and_spoils_nothing(run, wanted, monkeypatch):
    monkeypatch.setattr(plugin_code, "MAX_WAIT_S", 0.3)
    services = TestServices()
    closed: list[str] = []
    services.graph.close = lambda: closed.append("graph")
    services.close = lambda: closed.append("services")  # type: ignore[attr-defined]
    question = Question(
        text="q", case=Case(fhir=({"resourceType": "Patient", "id": "1"},), files=(CaseFile(name="f", kind="VCF"),))
    )
    facts = Facts()
    resolvers = Resolvers([LocatorKind("bad:place", run), LocatorKind("good:place", lambda ls, c: [GOOD for _ in ls])])
    asked = [CustomLocator(kind="bad:place"), CustomLocator(kind="good:place")]
    bad, good = resolvers.resolve(asked, services, question, facts)
    assert good == GOOD
    assert isinstance(bad, Unresolved) == bool(wanted)
    assert wanted in getattr(bad, "reason", "")
    assert (closed, facts.unread, question.case.fhir[0]["id"]) == ([], (), "1")
