"""`check_plugin` finds what can be found before a plugin meets a patient, whatever the plugin does to it."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from bedside.core.testing import PluginReport, check_plugin

TASK = """
import os, signal, time
from bedside.core import *
from bedside.core import CdsService, KnowledgeSource

def run(request, services):
    {run}

@hookimpl
def bedside_tasks():
    return [Task(name="zbad.look", description="looks", run=run, always=True, examples=("What is lupus?",), timeout_s=1)]
"""
SOURCE = (
    TASK
    + """
PASSAGE = Passage.of(source_id="zbad-notes", text="Lupus is a disease of the immune system.", kind="definition")

@hookimpl
def bedside_sources():
    return [KnowledgeSource(id="zbad-notes", title="Notes", licence="CC0", version={version}, records=lambda: {records})]
"""
)
READS = (
    "files=(RemoteFile('notes.txt', 'https://example.org/x'),), "
    "read=lambda folder: iter([PASSAGE] * folder.joinpath('notes.txt').exists())"
)
CITE = """
    hits = services.vectors.get([PASSAGE.id])
    if not hits:
        return TaskResult.none("notes")
    text = hits[0].text
    where = TextSpan(passage_id=PASSAGE.id, start=0, end=len(text))
    source = Source(id="zbad-notes", title="Notes", version="1", licence="CC0")
    return TaskResult.found([Evidence.of(kind="definition", quote={quote}, source=source, locator=where,
                                         retrieved_at=services.now())])
"""
NONE = "return TaskResult.none('x')"


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., PluginReport]:
    """Install a stranger as pip would, and check it."""

    def install(code: str, **more: object) -> PluginReport:
        info = tmp_path / "stranger_bad-3.1.dist-info"
        info.mkdir()
        (tmp_path / "stranger_bad.py").write_text(textwrap.dedent(code))
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger-bad\nVersion: 3.1\n")
        (info / "entry_points.txt").write_text("[bedside]\nzbad = stranger_bad\n")
        monkeypatch.syspath_prepend(tmp_path)
        return check_plugin("zbad", **more)

    return install


FAULTS = {
    "ends at import": ("import os; os._exit(0)", "ended the process (exit code 0) while importing it"),
    "crashes at import": ("import os; os.kill(os.getpid(), 11)", "ended the process (SIGSEGV) while importing it"),
    "ends in a task": (TASK.format(run="os._exit(3)"), "ended the process (exit code 3) while running zbad.look"),
    "leaves": (TASK.format(run="raise SystemExit"), "a fault of the plugin zbad, stranger-bad 3.1"),
    "without end": (TASK.format(run="time.sleep(1e6)"), "zbad.look gave no answer within 1 s"),
    "hook name": (
        "from bedside.core import hookimpl\n@hookimpl\ndef bedside_taks():\n    return []",
        "did you mean 'bedside_tasks'?",
    ),
    "examples": (
        TASK.format(run=NONE).replace('("What is lupus?",)', '"abc"'),
        "`examples` must be a tuple of questions, not the single text 'abc'",
    ),
    "ghost": (
        TASK.format(run=NONE) + "@hookimpl\ndef bedside_cds_services():\n"
        "    return [CdsService(id='zbad-v', hook='patient-view', title='t', description='d', task='zbad.lok')]",
        "the service 'zbad-v': the plugin has no task 'zbad.lok'; did you mean 'zbad.look'?",
    ),
    "version": (SOURCE.format(run=NONE, version="lambda: 1 / 0", records="iter(())"), "version() raised ZeroDivisionError"),
    "no records": (SOURCE.format(run=NONE, version="lambda: '1'", records="iter(())"), "zbad-notes has no records"),
    "wrong records": (SOURCE.format(run=NONE, version="lambda: '1'", records="iter('ab')"), "yielded str, not a record"),
    "out of nowhere": (
        SOURCE.format(
            run=CITE.replace("if not hits", "if False").replace("hits[0].text", "PASSAGE.text").format(quote="text"),
            version="lambda: '1'",
            records="iter([PASSAGE])",
        ),
        "zbad.look found evidence in empty stores",
    ),
    "not verbatim": (
        SOURCE.format(run=CITE.format(quote="text.upper()"), version="lambda: '1'", records="iter([PASSAGE])"),
        "was dropped",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(check, fault):
    code, told = FAULTS[fault]
    report = check(code)
    assert not report.ok
    assert any(told in problem for problem in report.problems), report.problems


def test_a_loop_that_holds_the_interpreter_is_ended(check):
    report = check("while True:\n    pass", silence_s=3)
    assert report.problems == ("it got no further for 3 s while importing it and calling its hooks",)


def test_what_is_found_in_its_own_sources(check):
    run = CITE.format(quote="text")
    report = check(SOURCE.format(run=run, version="lambda: '1'", records="iter([PASSAGE])"))
    assert report.ok, report.problems
    assert "zbad.look found evidence in its own sources, for 'What is lupus?'" in report.checked
    assert "the source zbad-notes, version 1: 1 records read" in report.checked


def test_a_task_that_never_finds_anything_is_remarked(check):
    report = check(SOURCE.format(run=NONE, version="lambda: '1'", records="iter([PASSAGE])"))
    assert report.ok
    assert "zbad.look found nothing in its own sources for its examples" in report.remarks


def test_a_pulled_source_is_read_from_its_folder(check, tmp_path):
    (tmp_path / "pulled").mkdir()
    (tmp_path / "pulled" / "notes.txt").write_text("x")
    code = SOURCE.format(run=CITE.format(quote="text"), version="lambda: '1'", records="iter(())").replace(
        "records=lambda: iter(())",
        READS,
    )
    assert check(code, pulled={"zbad-notes": tmp_path / "pulled"}).ok


def test_leaks_prints_and_refusals_are_remarked(check):
    run = "os.write(1, b'x'); open(os.devnull).__class__; LEAK.append(open(os.devnull)); services.graph.close(); " + NONE
    report = check(TASK.format(run=run).replace("def run", "LEAK = []\ndef run"))
    assert report.ok, report.problems
    said = "\n".join(report.remarks)
    assert "zbad.look leaves files or sockets open: 4 more after 4 runs" in said
    assert "writes to standard output" in said
    assert "tried to close services.graph" in said


def test_a_child_that_a_plugin_forks_does_not_hold_the_check(check):
    report = check(TASK.format(run="os.fork() or time.sleep(30); " + NONE))
    assert report.ok, report.problems


def test_beside_the_others(check):
    code = (
        TASK.format(run=NONE)
        + "import click\n@hookimpl\ndef bedside_commands(cli):\n    cli.add_command(click.Command('x'))"
    )
    assert check(code, beside=(None, ())).ok
    assert "zbad" not in {name for name in sys.modules}
