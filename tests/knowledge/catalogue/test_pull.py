"""Pulling a source: what is kept, what is told, what is refused; and the source that is ready afterwards."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from bedside.core.errors import ConfigError, SourceError, UsageError
from bedside.core.host.registered import KnowledgeSource, RemoteFile, RemoteFolder
from bedside.core.types import Passage
from bedside.knowledge.catalogue import pull, ready_source
from bedside.knowledge.catalogue.choose import parse_ranges
from bedside.knowledge.catalogue.pulled import latest

A, B = b"one\ntwo\n", b"three\n"


def source_of(*files: RemoteFile, source_id: str = "sample", **more: object) -> KnowledgeSource:
    """A source of these files; each line of each is a passage."""

    def read(folder: Path) -> Iterator[Passage]:
        for file in sorted(folder.glob("*.txt")):
            for line in file.read_text(encoding="utf-8").splitlines():
                yield Passage.of(source_id=source_id, text=line, doc_id=file.name)

    given: dict[str, object] = {"version": lambda: "1", "read": read, "licence": "CC0 1.0", "title": "A sample", **more}
    return KnowledgeSource(id=source_id, files=files, **given)  # type: ignore[arg-type]


def texts(source: KnowledgeSource) -> list[str]:
    return [record.text for record in source.records()]


def test_pulled_then_ready(server, web, tmp_path):
    source = source_of(server.file("a.txt", A), server.file("b.txt", B))
    with pytest.raises(SourceError, match="has not been pulled") as error:
        ready_source(source, tmp_path)
    assert error.value.hint == "bedside knowledge pull sample"
    report = pull(source, tmp_path, web=web)
    assert [(f.name, f.state, f.verified, f.origin) for f in report.files] == [
        ("a.txt", "pulled", "sha256", "web"),
        ("b.txt", "pulled", "sha256", "web"),
    ]
    assert report.notes == [] and report.folder == tmp_path / "downloads" / "sample" / "1"
    ready = ready_source(source, tmp_path)
    assert texts(ready) == ["one", "two", "three"]
    assert ready.version() == "1", "its hashes are fixed, so the version says it all"


def test_pulled_again_asks_nobody(server, web, tmp_path):
    source = source_of(server.file("a.txt", A))
    pull(source, tmp_path, web=web)
    asked = len(server.asked)
    assert [f.state for f in pull(source, tmp_path, web=web).files] == ["here"]
    assert len(server.asked) == asked


def test_a_file_that_went_missing_is_told_and_pulled_again(server, web, tmp_path):
    source = source_of(server.file("a.txt", A), server.file("b.txt", B))
    report = pull(source, tmp_path, web=web)
    (report.folder / "b.txt").unlink()
    with pytest.raises(SourceError, match=r"b\.txt of sample is gone"):
        ready_source(source, tmp_path)
    assert [f.state for f in pull(source, tmp_path, web=web).files] == ["here", "pulled"]
    assert texts(ready_source(source, tmp_path)) == ["one", "two", "three"]


def test_an_unfinished_pull_is_not_ready(server, web, tmp_path):
    source = source_of(server.file("a.txt", A), server.file("b.txt", B))
    server.serve["/b.txt"].statuses = [404]
    with pytest.raises(SourceError, match="404"):
        pull(source, tmp_path, web=web)
    with pytest.raises(SourceError, match=r"was not finished: b\.txt of 2 files"):
        ready_source(source, tmp_path)
    assert [f.state for f in pull(source, tmp_path, web=web).files] == ["here", "pulled"]


def test_without_a_published_hash_it_is_recorded_and_compared(server, web, tmp_path):
    source = source_of(replace(server.file("a.txt", A), sha256="", size=0))
    report = pull(source, tmp_path, web=web)
    assert "nobody publishes a hash of a.txt" in report.notes[0]
    first = ready_source(source, tmp_path).version()
    assert [f.state for f in pull(source, tmp_path, web=web).files] == ["here"], "the server says it is the same"
    server.file("a.txt", B, etag='"v2"')
    report = pull(source, tmp_path, web=web)
    assert [f.state for f in report.files] == ["replaced"]
    assert any("is not the file of" in note and hashlib.sha256(A).hexdigest()[:12] in note for note in report.notes)
    assert ready_source(source, tmp_path).version() != first


def test_a_changed_checksum_beside_it_brings_the_new_file(server, web, tmp_path):
    def publish(body: bytes) -> RemoteFile:
        md5 = hashlib.md5(body, usedforsecurity=False).hexdigest()
        server.file("a.txt.md5", f"MD5(a.txt)= {md5}".encode())
        return replace(server.file("a.txt", body), sha256="", size=0, checksum_url=f"{server.url}/a.txt.md5")

    source = source_of(publish(A))
    assert pull(source, tmp_path, web=web).files[0].verified == "md5"
    assert pull(source, tmp_path, web=web).files[0].state == "here"
    publish(B)
    assert pull(source, tmp_path, web=web).files[0].state == "replaced"


def test_a_package_needs_no_pull(tmp_path):
    source = KnowledgeSource("x", "X", "CC0", lambda: "1", lambda: iter(()), package="xpkg")
    with pytest.raises(UsageError, match="comes with the package xpkg"):
        pull(source, tmp_path)


def test_the_version_is_read_from_the_files(server, web, tmp_path):
    source = source_of(server.file("a.txt", A), release=lambda folder: (folder / "a.txt").read_text("utf-8").split()[0])
    pull(source, tmp_path, web=web)
    assert ready_source(source, tmp_path).version() == "one"


def test_only_pulled(server, web, tmp_path):
    source = source_of(server.file("a.txt", A), read=None)
    pull(source, tmp_path, web=web)
    with pytest.raises(SourceError, match="no reader"):
        ready_source(source, tmp_path)


def test_a_damaged_record_is_told(server, web, tmp_path):
    pull(source_of(server.file("a.txt", A)), tmp_path, web=web)
    (tmp_path / "downloads" / "sample" / "1.json").write_text("{", encoding="utf-8")
    with pytest.raises(SourceError, match="record of a pull"):
        latest(tmp_path, "sample")


# --- folders whose files change ------------------------------------------------------------------------------------


def folder_source(server, *, whole: bool = True, **more: object) -> KnowledgeSource:
    page = '<a href="../">up</a><a href="set26n0001.txt">1</a><a HREF=set26n0002.txt>2</a><a href="/x/set26n0003.txt">3</a>'
    page += '<a href="set26n0001.txt.md5">m</a><a href="..%2F..%2Fevil26n0009.txt">e</a>'
    server.file("dir/", page.encode())
    for n in (1, 2, 3):
        server.file(f"dir/set26n000{n}.txt", f"line {n}\n".encode())
        md5 = hashlib.md5(f"line {n}\n".encode(), usedforsecurity=False).hexdigest()
        server.file(f"dir/set26n000{n}.txt.md5", md5.encode())
    folder = RemoteFolder(
        f"{server.url}/dir/", r"(?P<release>set\d\d)n(?P<number>\d{4})\.txt", checksum=".md5", whole=whole, **more
    )
    return source_of(folder=folder, version=lambda: "current")


def test_a_folder_is_listed_and_chosen_from(server, web, tmp_path):
    source = folder_source(server)
    server.file("x/set26n0003.txt", b"never asked for\n")
    report = pull(source, tmp_path, files="1-2", web=web)
    assert [f.name for f in report.files] == ["set26n0001.txt", "set26n0002.txt"]
    assert {f.verified for f in report.files} == {"md5"}
    assert report.version == "set26"
    ready = ready_source(source, tmp_path)
    assert texts(ready) == ["line 1", "line 2"]
    before = ready.version()
    pull(source, tmp_path, web=web)
    assert texts(ready_source(source, tmp_path)) == ["line 1", "line 2", "line 3"]
    assert ready_source(source, tmp_path).version() != before
    assert "3 files" in ready_source(source, tmp_path).version()


def test_numbers_that_a_folder_does_not_have(server, web, tmp_path):
    with pytest.raises(UsageError, match="3 files, numbered 1 to 3; there is no 7, 8"):
        pull(folder_source(server), tmp_path, files="2,7-8", web=web)


def test_a_folder_of_too_many_wants_a_range(server, web, tmp_path):
    with pytest.raises(UsageError, match="too many files") as error:
        pull(folder_source(server, whole=False), tmp_path, web=web)
    assert "--files" in error.value.hint


def test_a_page_without_files(server, web, tmp_path):
    source = folder_source(server)
    server.file("dir/", b"<html>moved</html>")
    with pytest.raises(SourceError, match="lists no file"):
        pull(source, tmp_path, web=web)


def test_files_by_their_numbers(server, web, tmp_path):
    server.file("PMC7.1.txt", b"seven\n")
    folder = RemoteFolder(f"{server.url}/", r"PMC(?P<number>\d+)\.1\.txt", template="PMC{number}.1.txt", whole=False)
    source = source_of(folder=folder)
    assert [f.name for f in pull(source, tmp_path, files="PMC7", web=web).files] == ["PMC7.1.txt"]


@pytest.mark.parametrize(
    ("text", "numbers"), [("1-3,7", [1, 2, 3, 7]), (" 5 ", [5]), ("PMC12,PMC14", [12, 14]), ("0001-0002", [1, 2])]
)
def test_ranges(text, numbers):
    assert [n for span in parse_ranges(text) or () for n in span] == numbers


@pytest.mark.parametrize("text", ["3-1", "x", "1-", "1,,2", "-1", "1-999999999"])
def test_ranges_that_are_none(text):
    with pytest.raises(UsageError, match="--files"):
        parse_ranges(text)


# --- mirrors --------------------------------------------------------------------------------------------------------


@pytest.fixture
def mirror(tmp_path):
    folder = tmp_path / "mirror"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "a.txt").write_bytes(A)
    return folder


def remote(body: bytes = A, **more: object) -> RemoteFile:
    given = {"sha256": hashlib.sha256(body).hexdigest(), "mirror": "sub/a.txt", **more}
    return RemoteFile("a.txt", "https://example.org/a.txt", **given)  # type: ignore[arg-type]


def test_a_mirror_is_used_and_checked(mirror, tmp_path):
    source = source_of(remote())
    report = pull(source, tmp_path, mirror=str(mirror))
    assert [(f.state, f.verified, f.origin) for f in report.files] == [("pulled", "sha256", "mirror")]
    assert texts(ready_source(source, tmp_path)) == ["one", "two"]
    assert [f.state for f in pull(source, tmp_path, mirror=str(mirror)).files] == ["here"]


def test_a_wrong_file_in_a_mirror(mirror, tmp_path):
    with pytest.raises(SourceError, match="its hash differs; nothing was copied"):
        pull(source_of(remote(B)), tmp_path, mirror=str(mirror))
    assert not list((tmp_path / "downloads").rglob("a.txt*"))


def test_a_mirror_without_the_file_asks_nobody_else(mirror, tmp_path):
    with pytest.raises(SourceError, match=r"has no file other/a\.txt") as error:
        pull(source_of(remote(mirror="other/a.txt")), tmp_path, mirror=str(mirror))
    assert "unset BEDSIDE_MIRROR" in error.value.hint


def test_a_mirror_can_not_be_left(mirror, tmp_path):
    (tmp_path / "secret.txt").write_bytes(A)
    for way in ("../secret.txt", str(tmp_path / "secret.txt")):
        with pytest.raises(SourceError, match="leads out of the mirror"):
            pull(source_of(remote(mirror=way)), tmp_path, mirror=str(mirror))
    (mirror / "sub" / "link.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(SourceError, match="leads out of the mirror"):
        pull(source_of(remote(mirror="sub/link.txt")), tmp_path, mirror=str(mirror))


def test_a_mirror_that_is_no_folder(tmp_path):
    with pytest.raises(ConfigError, match="is not a folder"):
        pull(source_of(remote()), tmp_path, mirror=str(tmp_path / "nowhere"))


def test_another_form_in_a_mirror_is_said(mirror, tmp_path):
    source = source_of(
        RemoteFile("whole.zip", "https://example.org/whole.zip", mirror="whole.zip"),
        mirror_files=(remote(),),
        note="the mirror has lines",
    )
    report = pull(source, tmp_path, mirror=str(mirror))
    assert report.notes == ["the mirror has lines"]
    ready = ready_source(source, tmp_path)
    assert texts(ready) == ["one", "two"] and "sha256:" in ready.version()


def test_a_checksum_file_in_a_mirror_is_used(mirror, tmp_path):
    file = remote(sha256="", checksum_url="https://example.org/a.txt.md5")
    assert pull(source_of(file), tmp_path, mirror=str(mirror)).files[0].verified == ""
    (mirror / "sub" / "a.txt").write_bytes(B)
    (mirror / "sub" / "a.txt.md5").write_text("0" * 32, encoding="utf-8")
    with pytest.raises(SourceError, match="hash differs"):
        pull(source_of(file), tmp_path, mirror=str(mirror))


def test_a_folder_of_a_mirror(mirror, tmp_path, server):
    source = folder_source(server, mirror=("none", "sub"), mirror_pattern=r"(?:set\d\dn(?P<number>\d+)|.*)\.txt")
    report = pull(source, tmp_path, mirror=str(mirror))
    assert [f.name for f in report.files] == ["a.txt"] and server.asked == []
    with pytest.raises(SourceError, match="has no file of sample in none"):
        pull(folder_source(server, mirror=("none",)), tmp_path, mirror=str(mirror))


def test_two_pulls_of_one_source_do_not_meet(server, web, tmp_path):
    import portalocker

    source = source_of(server.file("a.txt", A))
    folder = tmp_path / "downloads" / "sample"
    folder.mkdir(parents=True)
    with (folder / ".lock").open("a+") as lock:
        portalocker.lock(lock, portalocker.LOCK_EX)
        with pytest.raises(SourceError, match="another process is pulling"):
            pull(source, tmp_path, web=web)
    assert json.loads((pull(source, tmp_path, web=web).folder.parent / "1.json").read_text("utf-8"))["source"] == "sample"
