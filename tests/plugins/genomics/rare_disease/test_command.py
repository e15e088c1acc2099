"""`bedside genomics rank` as it is typed: bad input first, then what it prints."""

from __future__ import annotations

import json
import math

import pytest
from bedside.core.errors import StoreError
from bedside.core.testing.doubles import MemorySources

SECRET = "John Doe"
LENS, ARACHNODACTYLY, SEPTUM = "HP:1000012", "HP:1000031", "HP:1000023"
# what is wrong → (arguments, exit code, what the error says, what it says to do)
WRONG = {
    "nothing": ([], 2, "there are no findings", "--text"),
    "white text": (["--text", " \n"], 2, "--text is empty", "--text"),
    "half a character": (["--text", "term 12 \ud800"], 2, "surrogate", ""),
    "a name for an id": (["--hpo", "arachnodactyly"], 2, "is no HPO id", "--text"),
    "a short id": (["--hpo", "HP:12"], 2, "'HP:12' is no HPO id", "HP:0001166"),
    "no id": (["--hpo", " , "], 2, "--hpo names no finding", "HP:"),
    "bad absent id": (["--hpo", LENS, "--not", "x"], 2, "--not: 'X' is no HPO id", "HP:0001166"),
    "unknown id": (["--hpo", "HP:7777777"], 1, "HP:7777777 is not a term", "--hpo"),
    "nothing in the text": (["--text", "He has a cold."], 1, "no finding could be read", "--hpo"),
    "only absent": (["--not", LENS], 1, "absent findings alone", "--hpo"),
    "present and absent": (["--hpo", LENS, "--not", LENS], 1, "present and as excluded", "--hpo"),
    "sex": (["--hpo", LENS, "--sex", "both"], 2, "sex", "female"),
    "onset": (["--hpo", LENS, "--onset", "soon"], 2, "onset", "P3Y2M"),
    "inheritance": (["--hpo", LENS, "--inheritance", "none"], 2, "inheritance", "AD"),
    "gene": (["--hpo", LENS, "--genes", "1/2"], 2, "no gene symbol", "FBN1"),
    "no gene": (["--hpo", LENS, "--genes", ","], 2, "--genes names no gene", "@panel.txt"),
    "gene file gone": (["--hpo", LENS, "--genes", "@gone.txt"], 2, "@gone.txt can't be read", "one symbol a line"),
    "complete without genes": (["--hpo", LENS, "--genes-complete"], 2, "empty list of genes", "genes"),
    "sample without vcf": (["--hpo", LENS, "--sample", "A"], 2, "--sample goes with --vcf", "--vcf FILE"),
    "vcf gone": (["--hpo", LENS, "--vcf", "gone.vcf"], 2, "gone.vcf", ""),
    "top": (["--hpo", LENS, "--top", "0"], 2, "--top", ""),
    "plot of no kind": (["--hpo", LENS, "--plot", "a.jpg"], 2, "must end in .svg or .png", "reasons.svg"),
    "plot nowhere": (["--hpo", LENS, "--plot", "gone/a.svg"], 2, "no such folder", "reasons.svg"),
    "plot is a folder": (["--hpo", LENS, "--plot", "folder.svg"], 2, "no such folder", "reasons.svg"),
    "case gone": (["--case", "gone.json"], 2, "gone.json does not exist", "--case"),
    "case empty": (["--case", "empty.txt"], 2, "empty.txt is empty", ""),
    "case of nothing": (["--case", "secret.txt"], 1, "no finding could be read", "--hpo"),
    "case cut off": (["--case", "cut.json"], 2, "cut.json is truncated", ""),
    "two people": (["--case", "one.json", "--case", "two.json"], 2, "2 patients", "one file per patient"),
    "subject of no shape": (["--case", "odd.json"], 2, "not those of a phenopacket", ""),
    "cases without out": (["--cases", "in.jsonl"], 2, "--cases and --out go together", "OUT.jsonl"),
    "out without cases": (["--hpo", LENS, "--out", "o.jsonl"], 2, "--cases and --out go together", "IN.jsonl"),
    "leave out of one": (["--hpo", LENS, "--leave-out-pmids"], 2, "--cases and --out go together", "IN.jsonl"),
    "cases with text": (["--cases", "in.jsonl", "--out", "o", "--text", "x"], 2, "--text do not go together", ""),
    "cases gone": (["--cases", "gone.jsonl", "--out", "o"], 2, "gone.jsonl does not exist", "--cases"),
    "cases a folder": (["--cases", ".", "--out", "o"], 2, "can't be read", "--cases"),
    "cases empty": (["--cases", "empty.txt", "--out", "o"], 2, "holds no cases", "case_id"),
    "cases onto itself": (["--cases", "in.jsonl", "--out", "in.jsonl"], 2, "name the same file", "elsewhere"),
    "out is a folder": (["--cases", "in.jsonl", "--out", "folder.svg"], 1, "can't be written", "--out"),
    "out in a folder that is not": (["--cases", "in.jsonl", "--out", "gone/o"], 1, "can't be written", "--out"),
}


def packet(subject: object = None, **rest: object) -> str:
    return json.dumps({"subject": subject or {"id": "A"}, "phenotypicFeatures": [{"type": {"id": LENS}}], **rest})


@pytest.mark.parametrize("what", WRONG)
def test_wrong_input_is_told_with_what_to_do(rank, tmp_path, capsys, what):
    args, code, told, hint = WRONG[what]
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "secret.txt").write_text(f"{SECRET} is well.")
    (tmp_path / "cut.json").write_text(f'{{"name": "{SECRET}')
    (tmp_path / "one.json").write_text(packet({"id": SECRET}))
    (tmp_path / "two.json").write_text(packet({"id": "B"}))
    (tmp_path / "odd.json").write_text(packet([SECRET]))
    (tmp_path / "in.jsonl").write_text(json.dumps({"case_id": "1", "observed": [LENS]}) + "\n")
    (tmp_path / "folder.svg").mkdir()
    assert rank(*args) == code
    said = capsys.readouterr()
    assert told in said.err
    assert hint in said.err
    assert said.out == ""
    assert SECRET not in said.err
    assert "unexpected" not in said.err


def test_an_error_is_json_where_json_was_asked_for(rank, capsys):
    assert rank("--hpo", "x", "--json") == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["type"] == "UsageError" and error["hint"]


@pytest.mark.parametrize("missing", ["hpo", "hpo-annotations"])
def test_without_its_sources_it_says_what_to_load(rank, small, capsys, missing):
    small._parts["sources"] = MemorySources([i for i in small.sources.all() if i.id != missing])
    assert rank("--text", "term 12") == 1
    assert "try: bedside knowledge load" in capsys.readouterr().err


def test_a_broken_term_index_is_an_error_and_not_a_patient_without_findings(rank, small, capsys):
    small.fail("terms", StoreError("the term index is broken", hint="bedside doctor"))
    assert rank("--text", "term 12") == 1
    assert "the term index is broken" in capsys.readouterr().err


def test_findings_of_all_inputs_come_together_and_each_says_where_it_is_from(ranked, tmp_path):
    (tmp_path / "note.txt").write_text("No term 23.")
    answer = ranked("--hpo", LENS, "--text", "term 31", "--case", "note.txt", "--not", "HP:1000040")
    assert {(f["id"], f["origin"]) for f in answer["observed"]} == {(LENS, "case phenotypes"), (ARACHNODACTYLY, "question")}
    assert {(f["id"], f["origin"]) for f in answer["excluded"]} == {(SEPTUM, "note.txt"), ("HP:1000040", "case phenotypes")}
    assert {k: set(v) for k, v in answer["used"].items()} == {
        "observed": {LENS, ARACHNODACTYLY},
        "excluded": {"HP:1000040", SEPTUM},
    }


def test_what_is_ranked_adds_up(ranked):
    answer = ranked("--hpo", f"{LENS},{ARACHNODACTYLY}", "--top", "3")
    assert [d["rank"] for d in answer["diseases"]] == [1, 2, 3]
    assert answer["diseases"][0]["disease_id"] == "OMIM:100001"
    assert sum(d["posterior"] for d in answer["diseases"]) + answer["rest"] == pytest.approx(1, abs=1e-5)
    for disease in answer["diseases"]:
        product = disease["untold"]
        for reason in disease["reasons"]:
            product *= reason["likelihood_ratio"]
        assert product == pytest.approx(math.exp(disease["score"]), rel=1e-3)


def test_the_fields_of_the_json_are_those_that_are_documented(ranked):
    answer = ranked("--hpo", f"{LENS},{ARACHNODACTYLY}", "--not", SEPTUM)
    read = {"observed", "excluded", "context", "used", "unread", "notes"}
    assert set(answer) == {*read, "diseases", "rest", "tempering", "next_findings", "sources", "limits"}
    disease = answer["diseases"][0]
    assert set(disease) == {"rank", "disease_id", "name", "posterior", "score", "genes", "also", "reasons", "untold"}
    reason = disease["reasons"][0]
    assert set(reason) == {"term_id", "term", "excluded", "likelihood_ratio", "how", "frequency", "support"}
    assert set(reason["support"][0]) == {"edge_id", "term_id", "term", "frequency", "references", "disease_id"}
    assert reason["support"][0]["references"] == ["PMID:1"]
    assert {s["id"]: s["version"] for s in answer["sources"]} == {"hpo": "1", "hpo-annotations": "1", "hpo-genes": "1"}


def test_an_unknown_id_beside_a_known_one_is_told_and_the_rest_is_ranked(ranked):
    answer = ranked("--hpo", f"{LENS},HP:7777777")
    assert any("HP:7777777" in told for told in answer["unread"])
    assert answer["diseases"]


def test_what_is_said_of_a_relative_is_told_and_does_not_count(ranked):
    answer = ranked("--text", "term 31. Mother has term 12.")
    assert [f["id"] for f in answer["observed"]] == [ARACHNODACTYLY]
    assert any("relative (Mother)" in told for told in answer["unread"])


def test_ids_in_a_text_are_denied_like_names(ranked):
    answer = ranked("--text", f"{ARACHNODACTYLY}, no {LENS}")
    assert [f["id"] for f in answer["observed"]] == [ARACHNODACTYLY]
    assert [f["id"] for f in answer["excluded"]] == [LENS]


def test_what_else_is_known_counts_and_is_told(ranked, rank, capsys):
    plain = ranked("--hpo", ARACHNODACTYLY)
    with_gene = ranked("--hpo", ARACHNODACTYLY, "--genes", "GENB")
    place = (
        {d["disease_id"]: d["rank"] for d in plain["diseases"]},
        {d["disease_id"]: d["rank"] for d in with_gene["diseases"]},
    )
    assert place[1]["OMIM:100002"] == 1 < place[0]["OMIM:100002"]
    assert with_gene["context"]["genes"] == ["GENB"]
    assert any(r["how"] == "context" for r in with_gene["diseases"][0]["reasons"])
    assert rank("--hpo", ARACHNODACTYLY, "--genes", "GENB") == 0
    assert "Also known: genes GENB" in capsys.readouterr().out


def test_genes_are_read_from_a_file(ranked, tmp_path):
    (tmp_path / "panel.txt").write_text("GENA\nGENB\r\nGENA\n")
    assert ranked("--hpo", LENS, "--genes", "@panel.txt")["context"]["genes"] == ["GENA", "GENB"]


def test_a_phenopackets_sex_counts_unless_findings_only_are_wanted(ranked, tmp_path):
    (tmp_path / "p.json").write_text(packet({"id": "A", "sex": "FEMALE"}))
    assert ranked("--case", "p.json")["context"]["sex"] == "female"
    assert ranked("--case", "p.json", "--sex", "male")["context"]["sex"] == "male"
    assert ranked("--case", "p.json", "--findings-only")["context"]["sex"] is None


VCF = """##fileformat=VCFv4.2
##reference=GRCh38
##INFO=<ID=CLNSIG,Number=.,Type=String,Description="Clinical significance">
##INFO=<ID=CLNREVSTAT,Number=.,Type=String,Description="Review status">
##INFO=<ID=GENEINFO,Number=1,Type=String,Description="Genes">
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tJohn Doe
chr1\t100\t.\tA\tG\t.\tPASS\tCLNSIG=Pathogenic;CLNREVSTAT=reviewed_by_expert_panel;GENEINFO=GENB:1\tGT\t0/1
"""


@pytest.mark.parametrize("how", [["--vcf", "a.vcf"], ["--case", "a.vcf"]])
def test_a_pathogenic_variant_lifts_the_diseases_of_its_gene(ranked, tmp_path, how):
    (tmp_path / "a.vcf").write_text(VCF)
    answer = ranked("--hpo", "HP:1000022", *how)
    assert answer["diseases"][0]["disease_id"] == "OMIM:100002"
    [variant] = answer["context"]["variants"]
    assert (variant["gene"], variant["classification"], variant["zygosity"]) == ("GENB", "pathogenic", "heterozygous")
    assert any("1 variants" in note or "a.vcf" in note for note in answer["notes"])
    assert SECRET not in json.dumps(answer)
    assert ranked("--hpo", "HP:1000022")["diseases"][0]["disease_id"] != "OMIM:100002"


def test_a_variant_file_of_the_case_that_cannot_be_used_is_told_and_findings_are_ranked(ranked, tmp_path):
    (tmp_path / "a.vcf").write_text("##fileformat=VCFv4.2\n#CHROM\tPOS\n")
    answer = ranked("--hpo", LENS, "--case", "a.vcf")
    assert any(note.startswith("a.vcf was not used") for note in answer["notes"])
    assert answer["diseases"]


def test_a_person_reads_what_was_read_ranked_why_and_what_to_look_for(rank, capsys):
    assert rank("--text", f"term 31, term 12, no term 23, no {ARACHNODACTYLY[:-1]}9", "--explain", "1") == 0
    out = capsys.readouterr().out
    assert (
        out.index("Present: ") < out.index("Absent: ") < out.index("! not used: ") < out.index("All other diseases together")
    )
    assert "Lens syndrome 1 (OMIM:100001" in out
    assert "9 of 10 patients" in out and "PMID:1" in out
    assert "Other findings of the disease, not reported: " in out
    assert "What to look for next" in out
    assert "not a medical device" in out


def test_the_help_names_every_option_of_the_documentation(rank, capsys):
    assert rank("--help") == 0
    said = capsys.readouterr().out
    for option in (
        "--case",
        "--text",
        "--hpo",
        "--not",
        "--vcf",
        "--genes",
        "--plot",
        "--cases",
        "--leave-out-pmids",
        "--json",
    ):
        assert option in said


BESIDE = {
    "--top": ["--top", "5"],
    "--explain": ["--explain", "0"],
    "--genes-complete": ["--genes-complete"],
    "--sample": ["--sample", "A"],
    "--findings-only": ["--findings-only"],
    "--sex": ["--sex", ""],
}


@pytest.mark.parametrize("flag", BESIDE)
def test_in_bulk_nothing_is_ignored_silently(rank, tmp_path, capsys, flag):
    (tmp_path / "in.jsonl").write_text('{"case_id": 1, "observed": []}')
    assert rank("--cases", "in.jsonl", "--out", "o", *BESIDE[flag]) == 2
    assert f"--cases and {flag} do not go together" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("id_", "where"), [("HP:0000006", "--inheritance"), ("HP:0003577", "--onset"), ("HP:0000118", "above all findings")]
)
def test_an_id_that_is_no_finding_is_sent_where_it_belongs(rank, ranked, capsys, id_, where):
    [told] = ranked("--hpo", f"{LENS},{id_}")["unread"]
    assert told.startswith(id_) and where in told
    assert rank("--hpo", id_) == 1
    assert where in capsys.readouterr().err


def test_words_that_are_not_listed_were_not_read(ranked, rank, capsys):
    assert "were not read as findings" in ranked("--text", "term 12, purple toes")["limits"]
    assert "were not read as findings" not in ranked("--hpo", LENS)["limits"]
    assert rank("--text", "term 12, purple toes") == 0
    assert "Words of the text that are not listed" in capsys.readouterr().out


def test_a_finding_without_what_it_implies_is_told(ranked):
    [note] = ranked("--hpo", LENS, "--not", "HP:1000010")["notes"]
    assert f"({LENS}) is given as present and" in note and "(HP:1000010), which it implies, as absent" in note
    assert ranked("--hpo", "HP:1000010", "--not", LENS)["notes"] == []


def test_what_was_not_used_is_not_among_what_was_used(ranked):
    answer = ranked("--hpo", f"{ARACHNODACTYLY},{LENS}", "--text", f"no {LENS}")
    assert LENS not in (*answer["used"]["observed"], *answer["used"]["excluded"])


def test_several_modes_with_commas(ranked):
    assert ranked("--hpo", LENS, "--inheritance", "AD,AR")["context"]["inheritance"] == ["AD", "AR"]


@pytest.mark.parametrize(("genes", "where"), [("FBN1,x!", "'x!'"), ("@panel.txt", "@panel.txt, line 2")])
def test_a_bad_gene_is_named_or_its_line(rank, tmp_path, capsys, genes, where):
    (tmp_path / "panel.txt").write_text("FBN1\nJohn!Doe\n")
    assert rank("--hpo", LENS, "--genes", genes) == 2
    said = capsys.readouterr().err
    assert where in said and "John" not in said


def test_a_record_of_no_known_shape_is_named_among_several(rank, tmp_path, capsys):
    (tmp_path / "fine.json").write_text(packet())
    (tmp_path / "odd.json").write_text(packet(diseases=["x"]))
    assert rank("--case", "fine.json", "--case", "odd.json") == 2
    assert "odd.json: " in capsys.readouterr().err


def test_a_disease_that_only_its_kin_speak_for_is_marked(rank, capsys):
    from bedside.plugins.genomics.rare_disease.report.report_text import inferred
    from bedside.plugins.genomics.rare_disease.scoring.results import RankedDisease, Reason

    def disease(*hows: str) -> RankedDisease:
        reasons = tuple(Reason("HP:1", "x", False, 0.5 if how == "unexplained" else 3.0, how) for how in hows)  # type: ignore[arg-type]
        return RankedDisease("OMIM:1", "x", 0.5, 0.0, reasons=reasons)

    assert inferred(disease("kin", "unexplained", "context")) and inferred(disease("name"))
    assert not inferred(disease("kin", "related")) and not inferred(disease("unexplained")) and not inferred(disease())
    assert rank("--hpo", "HP:1000022", "--explain", "0") == 0
    out = capsys.readouterr().out
    assert " †" in out and "only of its kin, or by its name" in out
    assert "Lens syndrome 1 †" not in out
