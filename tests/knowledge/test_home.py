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
        ("read", "write", "another bedside process is using"),
        ("write", "read", "another bedside process is writing to"),
        ("write", "write", "another bedside process"),
    ],
)
def test_many_readers_or_one_writer(tmp_path, mine, theirs, expected):
    with Home.open(tmp_path, mine):
        run = subprocess.run([sys.executable, "-c", OTHER, tmp_path, theirs], capture_output=True, text=True, timeout=30)
    assert expected in run.stdout
