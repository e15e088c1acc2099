"""`bedside ask --out DIR`: what is written, in which state it may be found, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bedside.core import Recommendation
from bedside.core.errors import OutputError, UsageError
from bedside.core.types import Figure
from bedside.integrations.page import folder as out
from bedside.integrations.page.folder import check_folder, write_folder

from .answers import SVG, answer_of

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_the_answer_its_page_and_its_pictures_are_written(tmp_path):
    answer = answer_of("x")
    png = Figure.of(PNG, title="t", alt="a", evidence=[answer.evidence[0].id])
    answer = answer.model_copy(update={"blocks": (*answer.blocks, png)})
    written = write_folder(answer, tmp_path / "new" / "dir")
    assert files_in(tmp_path / "new/dir") == ["answer.html", "answer.json", "figures/figure-1.svg", "figures/figure-2.png"]
    assert sorted(written) == sorted(tmp_path / "new/dir" / name for name in files_in(tmp_path / "new/dir"))
    assert (tmp_path / "new/dir/figures/figure-1.svg").read_text() == SVG
    assert (tmp_path / "new/dir/figures/figure-2.png").read_bytes() == PNG
    text = (tmp_path / "new/dir/answer.json").read_text()
    assert Recommendation.model_validate_json(text) == answer
    assert "\u202e" not in text


def test_an_answer_without_pictures_has_no_folder_for_them(tmp_path):
    answer = answer_of("x")
    write_folder(answer.model_copy(update={"blocks": answer.blocks[:2]}), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answer.html", "answer.json"]


def test_pictures_of_an_earlier_answer_do_not_stay_beside_this_one_and_nothing_else_is_touched(tmp_path):
    write_folder(answer_of("x"), tmp_path)
    (tmp_path / "figures/figure-7.png").write_bytes(PNG)
    (tmp_path / "figures/my-figure-7.png").write_bytes(PNG)
    (tmp_path / "notes.txt").write_text("mine")
    write_folder(answer_of("y"), tmp_path)
    assert files_in(tmp_path) == [
        "answer.html", "answer.json", "figures/figure-1.svg", "figures/my-figure-7.png", "notes.txt",
    ]  # fmt: skip
    assert json.loads((tmp_path / "answer.json").read_text())["question"] == "Which? y"


def test_what_fails_half_way_leaves_each_file_as_it_was(tmp_path, monkeypatch):
    write_folder(answer_of("old"), tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in files_in(tmp_path)}

    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(out, "write_whole", full)
    with pytest.raises(OutputError, match="No space left on device"):
        write_folder(answer_of("new"), tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in files_in(tmp_path)} == before


def test_a_picture_that_is_a_link_is_replaced_and_its_target_left_alone(tmp_path):
    (tmp_path / "mine.svg").write_text("mine")
    (tmp_path / "dir/figures").mkdir(parents=True)
    (tmp_path / "dir/figures/figure-1.svg").symlink_to(tmp_path / "mine.svg")
    write_folder(answer_of("x"), tmp_path / "dir")
    assert (tmp_path / "mine.svg").read_text() == "mine"
    assert (tmp_path / "dir/figures/figure-1.svg").read_text() == SVG


def test_what_is_no_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="is a file"):
        check_folder(tmp_path / "file")
    with pytest.raises(UsageError, match="leads nowhere"):
        check_folder(tmp_path / "link")
    with pytest.raises(OutputError, match="can't be written"):
        check_folder(tmp_path / "file" / "below")
    assert (tmp_path / "file").read_text() == "mine"


def test_a_folder_that_may_not_be_written_is_refused():
    with pytest.raises(OutputError, match="can't be written"):
        check_folder(Path("/proc/bedside"))  # where not even root may make a folder


def test_looking_whether_a_folder_can_be_written_leaves_nothing_in_it(tmp_path):
    check_folder(tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []
