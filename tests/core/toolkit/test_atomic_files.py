"""A file is there whole or not at all, and never in the place of what is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from bedside.core.errors import UsageError
from bedside.core.toolkit.atomic_files import aside_of, check_target, put_in_place, replacing, write_whole


@pytest.mark.parametrize("sync", [False, True])
def test_what_was_written_takes_the_place_of_the_target(tmp_path, sync):
    target = tmp_path / "a.json"
    write_whole(target, "old")
    with replacing(target, sync=sync) as out:
        out.write(b"n")
        out.write("eü".encode())
        assert target.read_text(encoding="utf-8") == "old"
    assert target.read_text(encoding="utf-8") == "neü"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("error", [OSError("disk"), KeyboardInterrupt(), ValueError("x")])
def test_what_goes_wrong_leaves_the_old_file_and_nothing_beside_it(tmp_path, error):
    target = tmp_path / "a.json"
    write_whole(target, b"old")
    with pytest.raises(type(error)), replacing(target) as out:
        out.write(b"half")
        raise error
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_that_can_not_be_written_is_an_os_error(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        write_whole(tmp_path / "none" / "a", "x")


def test_a_link_is_replaced_and_not_followed(tmp_path):
    (tmp_path / "theirs").write_text("kept")
    (tmp_path / "link").symlink_to("theirs")
    write_whole(tmp_path / "link", "new")
    assert (tmp_path / "theirs").read_text() == "kept"
    assert not (tmp_path / "link").is_symlink()


@pytest.mark.parametrize("name", ["a", "x" * 255, "ü" * 127, "𝄞" * 63])
def test_there_is_a_name_beside_every_name(tmp_path, name):
    aside = aside_of(tmp_path / name)
    assert aside.parent == tmp_path and aside != aside_of(tmp_path / name)
    write_whole(tmp_path / name, "x")
    assert [one.name for one in tmp_path.iterdir()] == [name]


def test_a_finished_part_is_put_in_place(tmp_path):
    (tmp_path / "part").write_bytes(b"whole")
    put_in_place(tmp_path / "part", tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b"whole"
    assert not (tmp_path / "part").exists()


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "in").write_text("read")
    (tmp_path / "hard").hardlink_to(tmp_path / "in")
    (tmp_path / "soft").symlink_to("in")
    (tmp_path / "elsewhere").symlink_to("other")
    (tmp_path / "other").write_text("x")
    (tmp_path / "sub").mkdir()
    return tmp_path


@pytest.mark.parametrize("name", ["in", "hard", "soft", "sub/../in"])
def test_what_is_read_is_not_written_over(folder, name):
    with pytest.raises(UsageError, match="is one of the files that are read"):
        check_target("--out", folder / name, [folder / "other", folder / "in"], example="OUT")
    with pytest.raises(UsageError, match="--cases and --out name the same file"):
        check_target("--out", folder / name, [folder / "in"], example="OUT", read_by="--cases")


@pytest.mark.parametrize(("name", "stream"), [("elsewhere", False), ("elsewhere", True), ("sub", False)])
def test_a_link_or_a_folder_is_no_place_for_a_result(folder, name, stream):
    with pytest.raises(UsageError, match="is no regular file") as told:
        check_target("--out", folder / name, [folder / "in"], example="OUT.jsonl", stream=stream)
    assert "--out OUT.jsonl" in told.value.hint


def test_a_device_only_where_it_is_written_into(folder):
    with pytest.raises(UsageError, match="is no regular file"):
        check_target("--out", Path("/dev/null"), [], example="OUT")
    check_target("--out", Path("/dev/null"), [], example="OUT", stream=True)
    check_target("--out", folder / "new", [folder / "in"], example="OUT")
    check_target("--out", folder / "other", [folder / "in"], example="OUT")
