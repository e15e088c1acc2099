"""The command line as a user types it: output, exit codes, and a clear message for everything that can be wrong."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import pytest
from bedside.knowledge.llm.starter import starter_model

CODEINE = "Can a CYP2D6 ultrarapid metabolizer take codeine?"


def parsed(run):
    try:
        return json.loads(run.stdout)
    except ValueError:
        pytest.fail(f"no JSON on stdout (exit code {run.returncode}):\n{run.stdout[:500]}\n{run.stderr[-2000:]}")


def refused(run, code, *told):
    assert run.returncode == code, (run.stdout[-500:], run.stderr[-2000:])
    assert "Traceback" not in run.stderr + run.stdout
    for text in told:
        assert text in run.stderr, run.stderr[-2000:]
    return run


def test_ask_as_json(bedside, small_home):
    run = bedside("ask", CODEINE, "--json", home=small_home)
    answer = parsed(run)
    assert (run.returncode, answer["status"]) == (0, "answered")
    assert "Avoid codeine use because of potential for serious toxicity" in answer["evidence"][0]["quote"]
    [edge] = answer["evidence"][0]["locator"]["edges"]
    stored = parsed(bedside("knowledge", "show", edge["edge_id"], "--json", home=small_home))
    assert stored["text"][edge["start"] : edge["end"]] == answer["evidence"][0]["quote"]
    assert stored["source"]["licence"]


def test_ask_for_people(bedside, small_home):
    run = bedside("ask", CODEINE, "--no-llm", home=small_home)
    for text in ("Avoid codeine use", "[1]", "https://cpicpgx.org/", "bedside knowledge show e_", "Who was asked"):
        assert text in run.stdout


def test_abstaining_is_no_error(bedside, small_home):
    run = bedside("ask", "Which antibiotic should be given for Lyme disease in pregnancy?", "--json", home=small_home)
    answer = parsed(run)
    assert (run.returncode, answer["status"], answer["sentences"]) == (0, "abstained", [])
    assert any("Human Phenotype Ontology" in s for c in answer["consulted"] for s in c["searched"])


def test_batch_names_the_broken_line_and_answers_the_rest(bedside, small_home, tmp_path):
    lines = [
        '{"id": "a", "text": "' + CODEINE + '"}',
        '{"id": "b", "text": ',
        '["c"]',
        '{"id": "d"}',
        '{"id": "e", "text": ""}',
        "",
        '{"id": "f", "text": "What is arachnodactyly?"}',
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
    run = refused(
        bedside("ask", "--batch", "in.jsonl", "--out", "out.jsonl", "--no-llm", home=small_home),
        1, "line 2: is not valid JSON", "line 3: is not an object", 'line 4: has no "text"', "line 5: the question is empty",
    )  # fmt: skip
    answers = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [(a["id"], a["status"]) for a in answers] == [("a", "answered"), ("f", "answered")]
    assert "line 6" not in run.stderr


def test_batch_in_order_exits_0(bedside, small_home, tmp_path):
    (tmp_path / "in.jsonl").write_text(json.dumps({"id": 7, "text": CODEINE}) + "\n")
    run = bedside("ask", "--batch", "in.jsonl", "--out", "out.jsonl", "--no-llm", "--json", home=small_home)
    assert (run.returncode, parsed(run)["answered"]) == (0, 1)
    assert json.loads((tmp_path / "out.jsonl").read_text())["id"] == "7"


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["ask"], "there is no question"),
        (["ask", ""], "the question is empty"),
        (["ask", " \n "], "the question is empty"),
        (["ask", "x" * 100_000], "100,000 characters"),
        (["ask", "x", "--batch", "a", "--out", "b"], "--batch takes its questions from the file"),
        (["ask", "--batch", "a"], "--batch and --out go together"),
        (["ask", "--batch", "gone.jsonl", "--out", "b"], "gone.jsonl does not exist"),
        (["ask", "x", "--case", "gone.txt"], "gone.txt does not exist"),
        (["ask", "x", "--case", "."], "is a folder"),
        (["ask", "x", "--limit", "0"], "--limit"),
        (["aks", "x"], "did you mean 'ask'?"),
        (["plugins", "check", "nobody"], "no plugin called 'nobody'"),
        (["knowledge", "load", "nothing"], "is not a source of the catalogue"),
        (["knowledge", "search", " "], "nothing to search for"),
        (["knowledge", "show"], "ID"),
    ],
)
def test_wrong_use_is_told_and_exits_2(bedside, args, told):
    refused(bedside(*args), 2, told)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("empty.txt", b"", "is empty"),
        ("binary.bin", b"\x00\x01\x02\x03", "is binary"),
        ("cut.json", b'{"resourceType": "Bundle", "entry": [', "is truncated"),
        ("cut.json.gz", gzip.compress(b"{}" * 1000)[:20], "is truncated"),
        ("kind.json", b'{"a": 1}', "not a FHIR resource or phenopacket"),
        ("kind.xyz", b"what is this", "not a kind of file that can be read"),
    ],
)
def test_a_bad_case_file_exits_2_without_loading_anything(bedside, tmp_path, name, content, told):
    (tmp_path / name).write_bytes(content)
    refused(bedside("ask", "x", "--case", name), 2, name, told)
    assert not (tmp_path / "home").exists()


def test_an_output_that_cannot_be_written(bedside, small_home, tmp_path):
    (tmp_path / "in.jsonl").write_text('{"id": 1, "text": "x"}\n')
    refused(bedside("ask", "--batch", "in.jsonl", "--out", "no/such/folder.jsonl", home=small_home), 1, "can't be written")
    refused(bedside("ask", "--batch", "in.jsonl", "--out", "in.jsonl", home=small_home), 2, "the same file")
    assert (tmp_path / "in.jsonl").read_text() == '{"id": 1, "text": "x"}\n'


def test_a_full_disk_is_told(bedside, small_home, tmp_path):
    (tmp_path / "in.jsonl").write_text('{"id": 1, "text": "x y z"}\n')
    run = bedside("ask", "--batch", "in.jsonl", "--out", "/dev/full", "--no-llm", home=small_home)
    refused(run, 1, "can't be written")


def test_a_missing_or_broken_model_that_the_user_chose(bedside, small_home, tmp_path):
    whole = starter_model().read_bytes()
    for name, content in (("cut.gguf", whole[: len(whole) // 2]), ("empty.gguf", b""), ("text.gguf", b"not a model" * 99)):
        (tmp_path / name).write_bytes(content)
        refused(bedside("ask", CODEINE, home=small_home, BEDSIDE_LLM_MODEL=str(tmp_path / name)), 1, name)
    refused(bedside("ask", CODEINE, home=small_home, BEDSIDE_LLM_MODEL="/gone.gguf"), 1, "/gone.gguf")


def test_a_data_folder_that_is_a_file_or_of_another_schema(bedside, tmp_path):
    (tmp_path / "file").write_text("x")
    refused(bedside("ask", "x", home=tmp_path / "file"), 1, "is a file, not a folder", "BEDSIDE_HOME")
    refused(bedside("ask", "x", home=Path("/proc/nothing")), 1, "can't be written")
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "home.json").write_text('{"schema": 0}')
    refused(bedside("ask", "x", home=tmp_path / "old"), 1, "older schema")


def test_an_unknown_plugin_on_the_allow_list(bedside, small_home):
    refused(bedside("ask", "x", home=small_home, BEDSIDE_PLUGINS_ALLOW="genomix"), 2, "'genomix'", "'genomics'")


def test_a_wrong_setting(bedside, small_home):
    refused(bedside("ask", "x", home=small_home, BEDSIDE_ENGINE_LIMT="3"), 2, "BEDSIDE_ENGINE_LIMT", "limit")


def test_errors_as_json(bedside):
    run = bedside("ask", "", "--json")
    assert run.returncode == 2
    assert parsed(run)["error"]["type"] == "QuestionError"


BROKEN = {
    "raises": ("raise RuntimeError('no licence')", "no licence"),
    "duplicate": (
        "from bedside.core import Task, TaskResult, hookimpl\n@hookimpl\ndef bedside_tasks():\n"
        "    return [Task(name='genomics.pgx', description='d', run=lambda r, s: None)]",
        "already registered by the plugin 'genomics'",
    ),
    "misspelt": ("from bedside.core import hookimpl\n@hookimpl\ndef bedside_tasc():\n    return []", "bedside_tasks"),
    "wrongtype": (
        "from bedside.core import Task, hookimpl\n@hookimpl\ndef bedside_tasks():\n"
        "    return [Task(name='zwrongtype.x', description='d', run=lambda r, s: 'yes', always=True)]",
        "returned str instead of TaskResult",
    ),
    "sleeps": (
        "import time\nfrom bedside.core import Task, hookimpl\n@hookimpl\ndef bedside_tasks():\n"
        "    return [Task(name='zsleeps.x', description='d', run=lambda r, s: time.sleep(9e9), always=True, timeout_s=2)]",
        "gave no answer within 2 s",
    ),
}


@pytest.fixture
def strangers(tmp_path):
    """Install a plugin as a stranger would: a module and the metadata of a distribution, on the path."""

    def install(name: str, code: str) -> str:
        site = tmp_path / "site"
        info = site / f"stranger_{name}-3.1.dist-info"
        info.mkdir(parents=True)
        (site / f"stranger_{name}.py").write_text(code)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: stranger-{name}\nVersion: 3.1\n")
        (info / "entry_points.txt").write_text(f"[bedside]\nz{name} = stranger_{name}\n")
        return str(site)

    return install


@pytest.mark.parametrize("name", BROKEN)
def test_a_strangers_broken_plugin(bedside, strangers, small_home, name):
    code, told = BROKEN[name]
    path = strangers(name, code)
    check = bedside("plugins", "check", f"z{name}", home=small_home, PYTHONPATH=path)
    assert check.returncode == 1
    assert told in check.stdout
    listed = bedside("plugins", "list", "--json", home=small_home, PYTHONPATH=path)
    mine = next(p for p in parsed(listed) if p["name"] == f"z{name}")
    assert (mine["distribution"], mine["version"]) == (f"stranger-{name}", "3.1")
    assert listed.returncode == (1 if mine["status"] == "failed" else 0)
    run = bedside("ask", CODEINE, "--no-llm", "--json", home=small_home, PYTHONPATH=path)
    answer = parsed(run)
    assert (run.returncode, answer["status"]) == (0, "partial")
    assert "Avoid codeine use" in answer["sentences"][0]["text"]
    assert any(told in w["text"] for w in answer["warnings"]), answer["warnings"]


def test_a_denied_stranger_is_left_alone(bedside, strangers, small_home):
    path = strangers("raises", BROKEN["raises"][0])
    run = bedside("ask", CODEINE, "--no-llm", "--json", home=small_home, PYTHONPATH=path, BEDSIDE_PLUGINS_DENY="zraises")
    assert parsed(run)["status"] == "answered"


def test_the_bundled_plugins_keep_their_contract(bedside, small_home):
    for name in ("genomics", "literature"):
        run = bedside("plugins", "check", name, home=small_home)
        assert run.returncode == 0, run.stdout


def test_chat_answers_line_by_line(bedside, small_home):
    lines = f"{CODEINE}\n\nWhat is arachnodactyly?\nexit\nnever read\n"
    run = bedside("chat", "--json", "--no-llm", home=small_home, stdin=lines)
    first, empty, second = (json.loads(line) for line in run.stdout.splitlines())
    assert (first["status"], second["status"]) == ("answered", "answered")
    assert "empty" in empty["error"]["message"]


def test_knowledge_commands(bedside, starter_home):
    ids = {s["id"] for s in parsed(bedside("knowledge", "list", "--json", home=starter_home))}
    assert {"cpic", "hpo", "hpo-annotations", "icd10cm", "drug-names"} <= ids
    status = parsed(bedside("knowledge", "status", "--json", home=starter_home))
    assert all(s["version"] and s["licence"] and s["loaded_at"] for s in status["sources"])
    found = parsed(bedside("knowledge", "search", "type 2 diabetes mellitus", "--json", home=starter_home))
    assert any(t["id"].startswith("ICD10CM:E11") for t in found["terms"])
    refused(bedside("knowledge", "show", "p_nothing", home=starter_home), 2, "nothing is stored under the id")


def test_your_own_passages(bedside, cpic_home, tmp_path):
    home = tmp_path / "mine"
    shutil.copytree(cpic_home, home)
    text = "Lyme disease in pregnancy is treated with amoxicillin. Doxycycline is avoided. Follow-up is after two weeks."
    (tmp_path / "notes.jsonl").write_text(
        json.dumps({"id": "n1", "title": "Lyme disease", "text": text, "url": "https://example.org/n1"})
    )
    loaded = parsed(bedside("knowledge", "load", "notes.jsonl", "--source", "notes", "--json", home=home))
    assert loaded[0]["counts"]["passages"] == 1
    answer = parsed(
        bedside("ask", "Which antibiotic should be given for Lyme disease in pregnancy?", "--no-llm", "--json", home=home)
    )
    assert answer["status"] == "answered"
    assert "amoxicillin" in answer["sentences"][0]["text"]
    assert answer["evidence"][0]["source"]["url"] == "https://example.org/n1"
    (tmp_path / "bad.jsonl").write_text('{"id": "1", "text": "fine"}\n{"id": "2"\n')
    refused(bedside("knowledge", "load", "bad.jsonl", "--source", "bad", home=home), 1, "bad.jsonl", "line 2")
    assert "bad" not in {s["id"] for s in parsed(bedside("knowledge", "status", "--json", home=home))["sources"]}


def test_doctor_and_models(bedside, starter_home):
    run = bedside("doctor", "--json", home=starter_home)
    report = parsed(run)
    assert run.returncode == 0, report
    assert {c["name"] for c in report["checks"]} >= {"language model", "embedding model", "passages", "graph", "terms"}
    models = parsed(bedside("models", "list", "--json", home=starter_home))["models"]
    assert any(m["installed"] and m["ordering"] == "ties" for m in models)


def test_doctor_tells_of_a_broken_model(bedside, small_home, tmp_path):
    (tmp_path / "text.gguf").write_bytes(b"not a model" * 99)
    run = bedside("doctor", "--json", home=small_home, BEDSIDE_LLM_MODEL=str(tmp_path / "text.gguf"))
    states = {c["name"]: c["state"] for c in parsed(run)["checks"]}
    assert (run.returncode, states["language model"], states["graph"]) == (1, "failed", "ok")


def test_a_terminal_of_few_letters_shows_the_rest_by_number(bedside, small_home):
    done = bedside("read", "He has “seizures”.", home=small_home, PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert "\\u201cseizures\\u201d" in done.stdout and "HP:0001250" in done.stdout


def test_read_gives_the_facts_as_json(bedside, small_home):
    done = bedside("read", "Her mother has ataxia; she denies seizures.", "--json", home=small_home)
    read = json.loads(done.stdout)
    assert {m["text"]: (m["experiencer"], m["negated"]) for m in read["mentions"]} == {
        "ataxia": ("relative", False),
        "seizures": ("patient", True),
    }
    assert read["patient"]["sex"] == "female"


def test_age_and_sex_of_a_text_reach_the_ranking(bedside, small_home):
    text = "6-year-old boy with arachnodactyly and ectopia lentis"
    done = bedside("genomics", "rank", "--text", text, home=small_home)
    assert "Also known: sex male" in done.stdout and "Also known: age P6Y" in done.stdout
    odd = bedside("genomics", "rank", "--text", "A woman with cryptorchidism and arachnodactyly", home=small_home)
    assert "is a finding of a male" in odd.stdout + odd.stderr
