"""`bedside tasks`: every bundled task by its name with JSON, and wrong JSON."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from bedside.core import PluginHost
from bedside.core.engine import answer_of
from bedside.core.errors import UsageError
from bedside.integrations.case_files import read_case

BUNDLED = sorted(PluginHost.load(deny=()).tasks)
CODEINE = {"drugs": ["codeine"], "results": [{"gene": "CYP2D6", "result": "*4/*4"}]}
RUNS = {
    "genomics.pgx": [
        (CODEINE, "Avoid codeine use"),
        ({"drugs": ["RXNORM:2670"], "results": [{"gene": "CYP2D6", "result": "Poor Metabolizer"}]}, "Avoid codeine use"),
        ({"drugs": ["Plavix"], "results": [{"gene": "CYP2C19", "result": "*2/*2"}]}, "clopidogrel, CYP2C19 Poor"),
    ],
    "genomics.diseases": [
        ({"findings": ["HP:0001083", "arachnodactyly"], "excluded": ["seizure"]}, "Ectopia lentis"),
    ],
    "genomics.pgx_vcf": [({"drugs": ["clopidogrel"]}, "")],
    "literature.passages": [({"question": "What is arachnodactyly?"}, "spider")],
}


def test_every_bundled_task_is_run_here():
    assert sorted(RUNS) == BUNDLED


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [(name, *run) for name, runs in RUNS.items() if name != "genomics.pgx_vcf" for run in runs],
)
def test_a_bundled_task_runs_by_its_name(app, name, arguments, says):
    answer = answer_of(app.engine.call(name, arguments))
    assert answer.status == "answered", [w.text for w in answer.warnings]
    assert says in "\n".join(s.text for s in answer.sentences)
    assert [c.task for c in answer.consulted] == [name]


def test_the_vcf_is_one_of_the_case(app, tmp_path):
    vcf = tmp_path / "patient.vcf"
    vcf.write_text("##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tme\n")
    answer = answer_of(app.engine.call("genomics.pgx_vcf", {"drugs": ["clopidogrel"]}, case=read_case([vcf])))
    without = answer_of(app.engine.call("genomics.pgx_vcf", {"drugs": ["clopidogrel"]}))
    assert "0 variant files" in without.consulted[0].message
    assert answer.consulted[0].message != without.consulted[0].message


@pytest.mark.parametrize("name", BUNDLED)
def test_the_schema_is_one_and_takes_what_is_run(name):
    task = PluginHost.load(deny=()).tasks[name]
    schema = task.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["additionalProperties"] is False
    assert all("description" in field for field in schema["properties"].values()), "a field without an explanation"
    for arguments, _ in RUNS[name]:
        jsonschema.validate(arguments, schema)


def test_the_examples_of_a_result_in_the_schema_are_taken(app):
    schema = PluginHost.load(deny=()).tasks["genomics.pgx"].schema()
    fields = schema["$defs"]["GeneResult"]["properties"]
    for result in fields["result"]["examples"]:
        given = {"gene": fields["gene"]["examples"][0], "result": result}
        answer = answer_of(app.engine.call("genomics.pgx", {"drugs": ["codeine"], "results": [given]}))
        assert answer.status == "answered"


@pytest.mark.parametrize(
    ("name", "arguments", "field"),
    [
        ("genomics.pgx", {}, "drugs: "),
        ("genomics.pgx", {"drugs": []}, "drugs: "),
        ("genomics.pgx", {"drugs": "codeine"}, "drugs: expected a list"),
        ("genomics.pgx", {"drugs": ["codeine"], "results": [{"gene": "CYP2D6"}]}, r"results\.0\.result: "),
        ("genomics.pgx", {**CODEINE, "results": [{"gene": "CYP2D6", "result": "purple"}]}, r"results\.0\.result: not read"),
        ("genomics.pgx", {"drugs": ["codeine", "xyzzyquux"]}, r"drugs\.1: no drug"),
        ("genomics.pgx", {"drugs": ["codeine"], "genes": ["XYZZY9"]}, r"genes\.0: no gene"),
        ("genomics.pgx_vcf", {"vcf": "/etc/passwd"}, "vcf: there is no such field; expected one of: drugs"),
        ("genomics.diseases", {"findings": ["HP:9999999"]}, r"findings\.0: no phenotype"),
        ("genomics.diseases", {"findings": ["HP:0001083"], "excluded": [7]}, r"excluded\.0: "),
        ("literature.passages", {"question": ""}, "question: "),
        ("literature.passages", {"text": "x"}, "question: it is missing; expected a question"),
    ],
)
def test_wrong_arguments_get_the_field_and_what_was_expected(app, name, arguments, field):
    with pytest.raises(UsageError, match=field) as caught:
        app.engine.call(name, arguments)
    assert "xyzzyquux" not in str(caught.value)


@pytest.mark.parametrize(
    ("gene", "result", "field"),
    [
        ("CYP2D6", "Poor Metabolizer in his father", r"results\.0\.result: not read"),
        ("CYP2D6", "Poor Metabolizer, if at all", r"results\.0\.result: not read"),
        ("CYP2D6", "not a Poor Metabolizer", r"results\.0\.result: not read"),
        ("CYP2D6", "Poor Metabolizer or Normal Metabolizer", r"results\.0\.result: not read"),
        ("CYP2D6", "CYP2C19 *2/*2", r"results\.0\.result: not read"),
        ("XYZZY9", "Poor Metabolizer", r"results\.0\.gene: no gene"),
        ("XYZZY9", "CYP2D6 *4/*4", r"results\.0\.gene: no gene"),
    ],
)
def test_a_result_is_taken_only_when_all_of_it_is_one_of_its_gene(app, gene, result, field):
    with pytest.raises(UsageError, match=field) as caught:
        app.engine.call("genomics.pgx", {"drugs": ["codeine"], "results": [{"gene": gene, "result": result}]})
    assert "father" not in str(caught.value) and "XYZZY9" not in str(caught.value)


@pytest.mark.parametrize(
    "result", ["*4/*4", "*1/*1xN", "Poor Metabolizer", "poor metaboliser", "ultrarapid metabolizer", "UM"]
)
def test_results_as_laboratories_write_them_are_taken(app, result):
    answer = answer_of(
        app.engine.call("genomics.pgx", {"drugs": ["codeine"], "results": [{"gene": "CYP2D6", "result": result}]})
    )
    assert answer.status == "answered" and "Avoid codeine use" in answer.sentences[0].text


def test_the_command(bedside, starter_home: Path, tmp_path):
    listed = json.loads(bedside("tasks", "--json", home=starter_home).stdout)
    assert sorted(one["name"] for one in listed) == BUNDLED
    shown = bedside("tasks", "genomics.pgx", home=starter_home)
    assert shown.returncode == 0 and "drugs: required" in shown.stdout
    schema = json.loads(bedside("tasks", "genomics.pgx", "--schema", home=starter_home).stdout)
    assert schema["required"] == ["drugs"]
    (tmp_path / "arguments.json").write_text(json.dumps(CODEINE))
    for given, stdin in ((json.dumps(CODEINE), ""), ("@arguments.json", ""), ("-", json.dumps(CODEINE))):
        done = bedside("tasks", "run", "genomics.pgx", given, "--json", "--no-llm", home=starter_home, stdin=stdin)
        assert done.returncode == 0, done.stderr
        assert "Avoid codeine use" in json.loads(done.stdout)["sentences"][0]["text"]


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("run", "genomics.pgx", "{"), 2, "line 1, column 2"),
        (("run", "genomics.pgx", "[]"), 2, "not a JSON object"),
        (("run", "genomics.pgx", '{"drugs": ["codeine"], "drugs": []}'), 2, "given twice"),
        (("run", "genomics.pgx", "@nothing.json"), 2, "can't be read"),
        (("run", "genomics.pgx"), 2, "bedside tasks run NAME JSON"),
        (("run", "genomics.pgxx", "{}"), 2, "did you mean genomics.pgx?"),
        (("run", "genomics.pgx", '{"drugs": 1}'), 2, "drugs: expected a list"),
        (("genomics.nothing",), 2, "bedside tasks lists them"),
        (("genomics.pgx", "more"), 2, "go with a task that is run"),
    ],
)
def test_wrong_use(bedside, starter_home, args, code, said):
    done = bedside("tasks", *args, home=starter_home)
    assert done.returncode == code and said in done.stderr
