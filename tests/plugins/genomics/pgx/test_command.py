"""`bedside genomics pgx` as it is typed: bad input first, then what it prints and writes."""

from __future__ import annotations

import gzip
import html.parser
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bedside.integrations.cli.main import run

SECRET = "Doe-John"
EXAMPLE = "pharmcat/example/pharmcat.example"


def pgx(*args: str | Path) -> int:
    return run(["genomics", "pgx", *map(str, args)])


# what is wrong → (arguments, exit code, what the error says, what it says to do)
WRONG_USE = {
    "nothing": ([], "there is no variant file", "--vcf FILE"),
    "no drug": (["--vcf", "a.vcf", "--drugs", " , "], "--drugs names no drug", "clopidogrel"),
    "batch without out": (["--batch", "."], "--batch and --out go together", "OUT.jsonl"),
    "out without batch": (["--vcf", "a.vcf", "--out", "o"], "--batch and --vcf do not go together", "--vcf"),
    "batch with html": (["--batch", ".", "--out", "o", "--html", "h"], "--batch and --html do not go together", "--vcf"),
    "genes only": (["--vcf", "a.vcf", "--genes-only"], "--genes-only goes with --batch", "--batch"),
    "gone": (["--vcf", "gone.vcf"], "gone.vcf", ""),
    "folder": (["--vcf", "."], "", ""),
    "empty": (["--vcf", "empty.vcf"], "empty.vcf", ""),
    "text": (["--vcf", "text.txt"], "text.txt", ""),
    "cut off": (["--vcf", "cut.vcf.gz"], "cut.vcf.gz", ""),
    "GRCh37": (["--vcf", "hg19.vcf"], "GRCh37", "lift"),
    "two samples": (["--vcf", "two.vcf"], "two.vcf has 2 samples", "--sample"),
    "no such sample": (["--vcf", "two.vcf", "--sample", "X"], "", ""),
    "outside gone": (["--vcf", "a.vcf", "--outside", "gone.tsv"], "gone.tsv", ""),
    "outside broken": (["--vcf", "a.vcf", "--outside", "broken.tsv"], "broken.tsv, line 2", ""),
    "case gone": (["--vcf", "a.vcf", "--case", "gone.json"], "gone.json does not exist", "--case"),
    "case with two": (["--case", "a.vcf", "--case", "two.vcf"], "2 variant files", "--vcf"),
    "batch of nothing": (["--batch", "nothing", "--out", "o"], "holds no variant file", ""),
    "batch gone": (["--batch", "gone", "--out", "o"], "does not exist", "--batch"),
    "batch onto itself": (["--batch", "a.vcf", "--out", "a.vcf"], "one of the files that are read", ""),
    "html onto the VCF": (["--vcf", "a.vcf", "--html", "a.vcf"], "--html a.vcf is one of the files", "elsewhere"),
    "html onto it by a hard link": (["--vcf", "a.vcf", "--html", "hard.html"], "is one of the files", "elsewhere"),
    "html onto the outside calls": (
        ["--vcf", "a.vcf", "--outside", "outside.tsv", "--html", "./outside.tsv"],
        "one of the files",
        "elsewhere",
    ),
    "html onto the case": (["--vcf", "a.vcf", "--case", "c.json", "--html", "c.json"], "one of the files", "elsewhere"),
    "html onto a link": (["--vcf", "a.vcf", "--html", "link.html"], "no regular file", "--html"),
    "html onto a device": (["--vcf", "a.vcf", "--html", "/dev/full"], "no regular file", "--html"),
    "batch onto its part": (["--batch", "in.jsonl.part", "--out", "in.jsonl"], "one of the files that are read", ""),
    "batch beside a file of that name": (["--batch", "a.vcf", "--out", "p"], "no batch has begun it", "--out"),
    "batch into a folder": (["--batch", ".", "--out", "nothing"], "no regular file", "OUT.jsonl"),
}


@pytest.mark.parametrize("what", WRONG_USE)
def test_wrong_use_is_told_with_what_to_do(place, capsys, what):
    args, told, hint = WRONG_USE[what]
    text = (place / "a.vcf").read_text().replace("FORMAT\tSample_1", f"FORMAT\t{SECRET}")
    (place / "empty.vcf").write_text("")
    (place / "text.txt").write_text(f"{SECRET} has a cold")
    (place / "cut.vcf.gz").write_bytes(gzip.compress(text.encode())[:2000])
    (place / "hg19.vcf").write_text(text.replace("\n", "\n##reference=GRCh37\n", 1))
    two = [line if line.startswith("##") else f"{line}\t{line.split(chr(9))[-1]}" for line in text.splitlines()]
    (place / "two.vcf").write_text("\n".join(two).replace(f"{SECRET}\t{SECRET}", "A\tB") + "\n")
    (place / "broken.tsv").write_text(f"CYP2D6\t*1/*1\n{SECRET}\n")
    (place / "nothing").mkdir()
    os.link(place / "a.vcf", place / "hard.html")
    (place / "c.json").write_text('{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient"}}]}')
    (place / "other.html").write_text("kept")
    (place / "link.html").symlink_to("other.html")
    (place / "p.part").write_text("kept")
    shutil.copy(place / "a.vcf", place / "in.jsonl.part")
    before = {p: p.read_bytes() for p in place.iterdir() if p.is_file()}
    assert pgx(*args) == 2
    assert {p: p.read_bytes() for p in place.iterdir() if p.is_file()} == before
    assert (place / "link.html").is_symlink()
    said = capsys.readouterr()
    assert told in said.err
    assert hint in said.err
    assert said.out == ""
    assert SECRET not in said.err
    assert not (place / "o").exists()
    assert pgx(*args, "--json") == 2
    assert json.loads(capsys.readouterr().out)["error"]["message"]


def test_no_error_names_a_sample(place, capsys):
    lines = (place / "a.vcf").read_text().splitlines()
    two = [ln if ln.startswith("##") else f"{ln}\t{'Roe-Jane' if ln[0] == '#' else ln.split(chr(9))[-1]}" for ln in lines]
    (place / "two.vcf").write_text("\n".join(two).replace("Sample_1", SECRET) + "\n")
    for more in ([], ["--json"], ["--sample", "nobody"], ["--outside", "outside.tsv"]):
        assert pgx("--vcf", "two.vcf", *more) == 2
        said = capsys.readouterr()
        assert SECRET not in said.err + said.out
        assert "Roe-Jane" not in said.err + said.out
    assert run(["ask", "Is clopidogrel right?", "--case", "two.vcf", "--json"]) in (0, 1)
    assert SECRET not in capsys.readouterr().out


def test_definitions_that_were_not_pulled_are_told(place, capsys, monkeypatch):
    monkeypatch.delenv("BEDSIDE_MIRROR")
    assert pgx("--vcf", "a.vcf") == 1
    assert "bedside knowledge pull pharmcat" in capsys.readouterr().err


def test_without_cpic_the_genes_are_given(place, capsys, monkeypatch):
    monkeypatch.setenv("BEDSIDE_HOME", str(place / "new"))
    assert pgx("--vcf", "a.vcf", "--drugs", "clopidogrel", "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert data["recommendations"] == []
    assert "CPIC's recommendations are not loaded; type: bedside knowledge load cpic" in data["warnings"][0]
    assert [g["diplotypes"] for g in data["genes"] if g["gene"] == "CYP2C19"] == [["*38/*38"]]


def test_the_shape_of_the_json(place, capsys):
    assert pgx("--vcf", "a.vcf", "--outside", "outside.tsv", "--drugs", "codeine,foox", "--json") == 0
    data = json.loads(capsys.readouterr().out)
    genes = {g["gene"]: g for g in data["genes"]}
    for gene in genes.values():
        assert list(gene)[:8] == (
            "gene status diplotypes haplotypes phenotype activity_score missing_positions reason".split()
        )
        assert gene["status"] in ("called", "ambiguous", "not_assessed")
        assert isinstance(gene["missing_positions"], list)
        assert gene["status"] == "called" or gene["reason"]
        if gene["diplotypes"]:
            assert len(gene["phenotypes"]) == len(gene["activity_scores"]) == len(gene["diplotypes"])
    assert (genes["CYP2D6"]["phenotype"], genes["CYP2D6"]["source"]) == ("Intermediate Metabolizer", "outside")
    assert len(genes) >= 23
    first = data["recommendations"][0]
    assert (first["drug"], first["given"], first["status"]) == ("codeine", ["--drugs"], "recommended")
    assert first["text"].startswith("Use codeine label recommended")
    assert first["text"] in first["evidence"][0]["quote"]
    assert first["guideline"].startswith("https://cpicpgx.org/guidelines/")
    assert "PMID:33387367" in first["references"]
    assert first["strength"] == "CPIC level A (Final)"
    assert any("“foox” is not in the loaded drug names" in w for w in data["warnings"])
    assert {s["version"] for s in data["sources"].values()} >= {"definitions 2025-11-05-00-25"}
    assert str(place) not in json.dumps(data)


def test_the_case_says_which_medications_matter(place, capsys):
    order = {"resourceType": "MedicationRequest", "status": "active", "medicationCodeableConcept": {"text": "Plavix 75 mg"}}
    stopped = {**order, "status": "stopped", "medicationCodeableConcept": {"text": "codeine"}}
    bundle = {"resourceType": "Bundle", "entry": [{"resource": order}, {"resource": stopped}]}
    (place / "meds.json").write_text(json.dumps(bundle))
    assert pgx("--case", "a.vcf", "--case", "meds.json", "--json") == 0
    named = [r for r in json.loads(capsys.readouterr().out)["recommendations"] if r["given"]]
    assert [(r["drug"], r["given"]) for r in named] == [("clopidogrel", ["MedicationRequest/1"])]


def test_nothing_is_hidden_in_the_text(place, capsys):
    assert pgx("--vcf", "a.vcf", "--drugs", "clopidogrel, codeine") == 0
    out = capsys.readouterr().out
    assert out.index("Medications that matter now") < out.index("Other drugs.") < out.index("\nGenes\n")
    plain = " ".join(out.split())
    assert "If considering clopidogrel, use at standard dose (75 mg/day)." in plain
    assert "no statement by CYP2D6 on amitriptyline" in plain
    assert "HLA-B: not called from a VCF" in plain
    assert "not a medical device" in plain


def test_missing_positions_are_reference_only_when_asked(place, capsys):
    text = (place / "a.vcf").read_text()
    kept = [line for line in text.splitlines() if not line.startswith("chr10\t94781859")]  # CYP2C19*2
    (place / "b.vcf").write_text("\n".join(kept) + "\n")
    answers = []
    for more in ([], ["--missing-is-reference"]):
        assert pgx("--vcf", "b.vcf", "--drugs", "clopidogrel", "--json", *more) == 0
        data = json.loads(capsys.readouterr().out)
        gene = next(g for g in data["genes"] if g["gene"] == "CYP2C19")
        answers.append(
            (bool(gene["missing_positions"]), data["recommendations"][0]["urgency"], data["missing_is_reference"])
        )
        assert any("read as reference" in w for w in data["warnings"]) == bool(more)
    assert answers[0][0]
    assert not answers[1][0]
    assert answers[1][2]


class _Page(html.parser.HTMLParser):
    """Tags in order, and what would be loaded."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            if name == "href":
                self.links.append(value)
            if name in ("src", "srcset", "action", "data", "onload", "onclick") or (tag == "link" and name == "href"):
                self.loads.append(f"{tag} {name}={value}")


def test_the_report_is_one_file_that_loads_nothing_and_escapes_everything(place, capsys):
    evil = "<script>alert(1)</script>"
    text = (place / "a.vcf").read_text().splitlines()
    at = next(i for i, line in enumerate(text) if line.startswith("#CHROM"))
    text[at] = "\t".join([*text[at].split("\t")[:-1], evil])
    (place / "<b>.vcf").write_text("\n".join(text) + "\n")
    assert pgx("--vcf", "<b>.vcf", "--drugs", "clopidogrel,<i>x</i>", "--html", "r.html") == 0
    page = (place / "r.html").read_text(encoding="utf-8")
    parsed = _Page()
    parsed.feed(page)
    assert "script" not in parsed.tags
    assert "b" not in parsed.tags
    assert "i" not in parsed.tags
    assert parsed.loads == []
    assert all(link.startswith("https://") for link in parsed.links)
    assert "url(" not in page
    assert "@import" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    for expected in ('lang="en"', "<h1>", "@media print", "size: A4", "Method and limits", "Not assessed", "all-clear"):
        assert expected in page
    assert parsed.tags.count("h1") == 1
    assert str(place) not in page
    assert [p.name for p in place.glob("*.part")] == []


def test_a_report_touches_nothing_beside_it(place):
    for name in ("r.html.part", "r.html"):
        (place / name).write_text("mine")
    assert pgx("--vcf", "a.vcf", "--html", "r.html") == 0
    assert (place / "r.html.part").read_text() == "mine"
    assert "Pharmacogenomic report" in (place / "r.html").read_text()
    assert not [p.name for p in place.iterdir() if p.name.startswith(".")]


def test_a_name_that_turns_the_text_around_is_made_harmless(place):
    text = (place / "a.vcf").read_text(encoding="utf-8")
    (place / "a.vcf").write_text(text.replace("FORMAT\tSample_1", "FORMAT\tA\u202eB"), encoding="utf-8")
    assert pgx("--vcf", "a.vcf", "--html", "r.html") == 0
    page = (place / "r.html").read_text(encoding="utf-8")
    assert "\u202e" not in page
    assert "A�B" in page


def test_a_full_disk_is_told(place):
    script = "import sys; from bedside.integrations.cli.main import run; sys.exit(run(sys.argv[1:]))"
    command = [sys.executable, "-c", script, "genomics", "pgx", "--vcf", "a.vcf", "--json"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, env=dict(os.environ))
    assert done.returncode == 1
    assert "can't be printed: No space left" in done.stderr
    assert "Traceback" not in done.stderr


def test_assumed_reference_is_no_doubt_about_reading(place, capsys):
    assert pgx("--vcf", "a.vcf", "--missing-is-reference", "--json") == 0
    data = json.loads(capsys.readouterr().out)
    usual = [r for r in data["recommendations"] if r["urgency"] == "standard"]
    assert usual


def test_other_diplotypes_that_fit_are_shown(place, capsys):
    """TPMT *1/*3A, and without phase *3B/*3C, which is a poor metabolizer."""
    het = {"rs1800460": "0/1", "rs1142345": "0/1"}
    lines = (place / "a.vcf").read_text().splitlines()
    for i, line in enumerate(lines):
        cells = line.split("\t")
        if len(cells) > 9 and cells[2] in het:
            cells[9] = ":".join([het[cells[2]], *cells[9].split(":")[1:]])
            lines[i] = "\t".join(cells)
    (place / "a.vcf").write_text("\n".join(lines) + "\n")
    assert pgx("--vcf", "a.vcf", "--drugs", "azathioprine", "--json") == 0
    data = json.loads(capsys.readouterr().out)
    gene = next(g for g in data["genes"] if g["gene"] == "TPMT")
    assert {"diplotype": "*3B/*3C", "phenotype": "Poor Metabolizer"} in gene["alternatives"]
    assert any("*3B/*3C (Poor Metabolizer) fits" in note for note in data["recommendations"][0]["notes"])
    assert pgx("--vcf", "a.vcf") == 0
    assert "fits as well, ranked lower: *3B/*3C (Poor Metabolizer)" in " ".join(capsys.readouterr().out.split())
    assert pgx("--vcf", "a.vcf", "--html", "r.html") == 0
    assert "ranked lower: *3B/*3C (Poor Metabolizer)" in (place / "r.html").read_text()


def test_a_report_that_cannot_be_written_is_told(place, capsys):
    assert pgx("--vcf", "a.vcf", "--html", "gone/r.html") == 1
    assert "gone/r.html can't be written" in capsys.readouterr().err


def test_from_the_shell(place, mirror):
    """In a process of its own: nothing heavy is imported, and it answers within the second that was promised (on a machine
    that compiles nothing and does nothing else it takes half of it)."""
    script = (
        "import sys; from bedside.integrations.cli.main import run; code = run(sys.argv[1:]);"
        "heavy = {'torch', 'chromadb', 'pandas', 'numpy', 'langchain', 'tantivy', 'jinja2', 'rich'} & set(sys.modules);"
        "print(sorted(heavy), file=sys.stderr); sys.exit(code)"
    )
    command = [sys.executable, "-c", script, "genomics", "pgx", "--vcf", "a.vcf", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=dict(os.environ))
    assert (done.returncode, done.stderr.strip()) == (0, "[]")
    assert json.loads(done.stdout)["genes"]
