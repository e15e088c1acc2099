"""The data folder: never half-opened, never two writers, never another schema read as ours."""

import json
import subprocess
import sys

import pytest
from bedside.core.errors import DataFolderError
from bedside.knowledge.home import SCHEMA, Home


def test_it_is_made_once_and_opened_again(tmp_path):
    for _ in range(2):
        with Home.open(tmp_path / "new" / "home") as home:
            assert json.loads((home.path / "home.json").read_text()) == {"schema": SCHEMA}


def test_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataFolderError, match="is a file, not a folder"):
        Home.open(tmp_path / "file")
    with pytest.raises(DataFolderError, match="can't be written"):
        Home.open(tmp_path / "file" / "below")


def test_a_folder_where_nothing_can_be_made_is_refused():
    with pytest.raises(DataFolderError, match="can't be written"):
        Home.open("/proc/bedside")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"schema": 0}', "an older schema"),
        ('{"schema": 99}', "another schema"),
        ("{", "can't be read"),
        ("[]", "can't be read"),
    ],
)
def test_another_schema_is_refused_and_left_alone(tmp_path, content, told):
    (tmp_path / "home.json").write_text(content)
    with pytest.raises(DataFolderError, match=told):
        Home.open(tmp_path)
    assert (tmp_path / "home.json").read_text() == content


def test_data_without_a_schema_is_refused(tmp_path):
    (tmp_path / "sources.json").write_text("[]")
    with pytest.raises(DataFolderError, match="schema is unknown"):
        Home.open(tmp_path)


OTHER = """
import sys
from bedside.core.errors import DataFolderError
from bedside.knowledge.home import Home
try:
    Home.open(sys.argv[1], sys.argv[2]).close()
    print("opened")
except DataFolderError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        ("read", "read", "opened"),
        ("read", "write", "opened"),
        ("write", "read", "opened"),
        ("write", "write", "another bedside process is writing to"),
    ],
)
def test_many_readers_beside_one_writer(tmp_path, mine, theirs, expected):
    with Home.open(tmp_path, mine):
        run = subprocess.run([sys.executable, "-c", OTHER, tmp_path, theirs], capture_output=True, text=True, timeout=30)
    assert expected in run.stdout


def test_a_writer_fills_a_copy_that_readers_find_once_it_is_published(tmp_path):
    with Home.open(tmp_path, "write") as writer:
        writer.begin()
        (writer.stores / "sources.json").write_text("[1]")
        with Home.open(tmp_path) as reader:
            assert (reader.generation, writer.generation, reader.sources.exists()) == (0, 1, False)
            writer.publish(unfinished=False)
            assert reader.outdated and not reader.wake() and not writer.outdated
        with Home.open(tmp_path) as reader:
            assert reader.sources.read_text() == "[1]"
            writer.begin()
            (writer.stores / "sources.json").write_text("[2]")
            assert reader.sources.read_text() == "[1]"
            writer.publish(unfinished=False)
            writer.generations.sweep()
            assert reader.sources.read_text() == "[1]", "it was deleted while it was read"
            reader.rest()
            assert not reader.wake()
            writer.generations.sweep()
            assert not reader.sources.exists()


def test_what_was_not_published_is_gone_on_with_and_can_be_given_up(tmp_path):
    with Home.open(tmp_path, "write") as writer:
        writer.begin()
        (writer.stores / "part").touch()
        writer.leave()
    with Home.open(tmp_path, "write") as writer:
        writer.begin()
        assert (writer.stores / "part").exists()
        writer.discard()
        writer.begin()
        assert not (writer.stores / "part").exists()


def test_a_copy_that_was_cut_off_is_made_anew(tmp_path):
    with Home.open(tmp_path, "write") as writer:
        (tmp_path / "stores" / "1.part" / "chroma").mkdir(parents=True)
        writer.begin()
        assert not list(writer.stores.glob("chroma"))


def test_a_reader_does_not_begin(tmp_path):
    with Home.open(tmp_path) as reader, pytest.raises(DataFolderError, match="for reading only"):
        reader.begin()


@pytest.mark.parametrize("content", ["{", "{}", '{"generation": 0}', '{"generation": "1"}', "[]"])
def test_a_damaged_pointer_is_an_error(tmp_path, content):
    Home.open(tmp_path).close()
    (tmp_path / "current").write_text(content)
    with pytest.raises(DataFolderError, match="current can't be read"):
        Home.open(tmp_path)


def test_a_generation_that_somebody_deleted_is_named_with_what_to_do(tmp_path):
    Home.open(tmp_path).close()
    (tmp_path / "current").write_text('{"generation": 3}')
    with pytest.raises(DataFolderError, match="3, which holds what is loaded, is gone") as caught:
        Home.open(tmp_path)
    assert "knowledge load" in caught.value.hint
