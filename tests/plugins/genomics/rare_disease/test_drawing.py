"""The picture: a bar for each reason, the same file each time, and nothing of a name is taken for markup."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
from bedside.core.errors import OutputError
from bedside.plugins.genomics.rare_disease.report.drawing import MOST_DISEASES, MOST_ROWS, draw
from bedside.plugins.genomics.rare_disease.scoring.results import ContextWords, DiseaseRanking, RankedDisease, Reason


def reasons(count: int, excluded: int = 0) -> tuple[Reason, ...]:
    there = [Reason(f"HP:{i:07}", f"finding {i}", False, 3.0 + i, "annotated", 0.5) for i in range(count)]
    absent = [Reason(f"HP:{5000 + i:07}", f"sign {i}", True, 0.5, "absent", 0.5) for i in range(excluded)]
    return (*there, *absent)


def ranking(diseases: int = 3, count: int = 4, excluded: int = 2, name: str = "Syndrome") -> DiseaseRanking:
    why = reasons(count, excluded)
    score = sum(math.log(r.likelihood_ratio) for r in why) - 1
    ranked = [
        RankedDisease(f"OMIM:{i}", f"{name} {i}", 0.9 / 2**i, score, genes=("FBN1",), reasons=why) for i in range(diseases)
    ]
    return DiseaseRanking("", tuple(ranked))


def texts(svg: Path) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg.read_text(encoding="utf-8"))


def test_it_names_diseases_findings_and_weights(tmp_path):
    draw(ranking(), tmp_path / "a.svg", source="HPO 2025")
    said = texts(tmp_path / "a.svg")
    assert {"1. Syndrome 0", "90 %", "OMIM:0 · FBN1", "finding 0", "no sign 1", "×3.0", "÷2.0", "÷2.7"} <= set(said)
    assert any("HPO 2025" in text for text in said)


def test_the_same_ranking_gives_the_same_file(tmp_path):
    for kind in ("svg", "png"):
        for name in ("a", "b"):
            draw(ranking(), tmp_path / f"{name}.{kind}")
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(("diseases", "findings", "excluded"), [(1, 1, 0), (5, 40, 0), (9, 10, 30), (2, 30, 170)])
def test_it_grows_with_what_it_shows_up_to_a_bound(tmp_path, diseases, findings, excluded):
    draw(ranking(diseases, findings, excluded), tmp_path / "a.svg")
    said = texts(tmp_path / "a.svg")
    assert sum(text.startswith("OMIM:") for text in said) == min(diseases, MOST_DISEASES)
    rows = sum(bool(re.fullmatch(r"(no sign|finding) \d+", text)) for text in said)
    assert rows == min(findings + excluded, MOST_ROWS)
    left_out = findings + excluded - rows
    assert any(f"{left_out} of little weight" in text for text in said) == bool(left_out)


def test_names_are_no_markup_and_long_ones_are_cut(tmp_path):
    odd = ranking(name="Cost $5 & <b> _x_ \\frac{1}{2} " + "very " * 40)
    draw(odd, tmp_path / "a.svg")
    assert "$5" in (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "&lt;b&gt;" in (tmp_path / "a.svg").read_text(encoding="utf-8")


def test_a_reason_that_only_some_diseases_have_leaves_the_others_blank(tmp_path):
    base = ranking(2, 2, 0)
    words = ContextWords("sex: male", "only men have it")
    sex = Reason("sex", "sex: male; only men have it", False, 2.0, "context", words=words)
    first = replace(base.diseases[0], reasons=(*base.diseases[0].reasons, sex))
    draw(replace(base, diseases=(first, base.diseases[1])), tmp_path / "a.svg")
    assert texts(tmp_path / "a.svg").count("sex: male") == 1


def test_it_cannot_be_written_is_told(tmp_path):
    with pytest.raises(OutputError, match="can't be written"):
        draw(ranking(), tmp_path / "gone" / "a.svg")


def test_no_window_and_no_global_setting_is_touched(tmp_path):
    import matplotlib

    before = dict(matplotlib.rcParams)
    draw(ranking(), tmp_path / "a.png")
    assert dict(matplotlib.rcParams) == before


def test_the_command_draws_what_it_explains(rank, tmp_path, capsys):
    assert rank("--hpo", "HP:1000012,HP:1000031", "--not", "HP:1000023", "--plot", "a.svg", "--explain", "2") == 0
    said = texts(tmp_path / "a.svg")
    assert "1. Lens syndrome 1" in said and "term 12" in said
    assert "no term 23" not in said  # weighs nothing in either
    assert sum(text.startswith(("OMIM:", "ORPHA:")) for text in said) == 2
    assert "a.svg written" in capsys.readouterr().err


def test_it_says_that_the_posterior_is_not_the_product_of_the_bars(tmp_path):
    draw(ranking(1), tmp_path / "a.svg", source="HPO 2025")
    assert "not the product of the" in " ".join(texts(tmp_path / "a.svg"))


def test_letters_that_the_font_lacks_are_no_warning(tmp_path):
    draw(ranking(name="\u5927\u8b66"), tmp_path / "a.png")  # warnings are errors here
