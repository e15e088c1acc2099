"""Downloads from a server that drops, lies, ignores and changes."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from bedside.core.errors import SourceError
from bedside.core.host.registered import RemoteFile
from bedside.knowledge.catalogue import download
from bedside.knowledge.catalogue.download import fetch
from bedside.knowledge.catalogue.web import Web, check_url

BODY = os.urandom(300_000)


def ranges(server) -> list[str]:
    return [span for _, span, _ in server.asked]


def test_a_file_comes_whole_and_verified(server, web, tmp_path):
    told = []
    got = fetch(server.file("a.bin", BODY), tmp_path, web, lambda done, total: told.append((done, total)))
    assert (tmp_path / "a.bin").read_bytes() == BODY
    assert (got.verified, got.size, got.sha256) == ("sha256", len(BODY), hashlib.sha256(BODY).hexdigest())
    assert told[-1] == (len(BODY), len(BODY))
    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]


def test_dropped_connections_go_on_where_they_were(server, web, waits, tmp_path):
    fetch(server.file("a.bin", BODY, drops=[100_000, 50_000]), tmp_path, web)
    assert (tmp_path / "a.bin").read_bytes() == BODY
    assert ranges(server)[0] == "" and all(span.startswith("bytes=") for span in ranges(server)[1:])
    assert len(ranges(server)) == 3 and len(waits) == 2
    assert server.asked[1][2] == '"v1"', "the rest is asked for only if the file is still the same"


def test_a_server_that_ignores_range_starts_anew(server, web, tmp_path):
    fetch(server.file("a.bin", BODY, drops=[100_000], ranges=False), tmp_path, web)
    assert (tmp_path / "a.bin").read_bytes() == BODY


def test_a_changed_etag_starts_anew(server, web, tmp_path):
    file = server.file("a.bin", BODY, drops=[100_000] + [0] * 9)
    file = replace(file, sha256="", size=0)
    with pytest.raises(SourceError, match="5 times in a row") as error:
        fetch(file, tmp_path, web)
    assert "it resumes" in error.value.hint
    assert (tmp_path / "a.bin.part").stat().st_size == 100_000
    other = os.urandom(200_000)
    server.file("a.bin", other, etag='"v2"')
    assert fetch(file, tmp_path, web).size == 200_000
    assert (tmp_path / "a.bin").read_bytes() == other


def test_a_later_run_asks_only_for_the_rest(server, web, tmp_path):
    file = server.file("a.bin", BODY, drops=[100_000] + [0] * 9)
    with pytest.raises(SourceError):
        fetch(file, tmp_path, web)
    server.serve["/a.bin"].drops = []
    server.asked.clear()
    fetch(file, tmp_path, web)
    assert ranges(server) == ["bytes=100000-"]
    assert (tmp_path / "a.bin").read_bytes() == BODY


def test_a_part_without_validator_is_not_trusted(server, web, tmp_path):
    file = replace(server.file("a.bin", BODY, etag="", drops=[100_000]), sha256="")
    fetch(file, tmp_path, web)
    assert ranges(server) == ["", ""]
    assert (tmp_path / "a.bin").read_bytes() == BODY


def test_a_part_that_is_whole_is_not_fetched_again(server, web, tmp_path):
    file = server.file("a.bin", BODY)
    (tmp_path / "a.bin.part").write_bytes(BODY)
    (tmp_path / "a.bin.part-of").write_text(f'{{"url": "{file.url}", "validator": "\\"v1\\""}}', encoding="utf-8")
    assert fetch(file, tmp_path, web).verified == "sha256"
    assert ranges(server) == [f"bytes={len(BODY)}-"]


def test_a_spoilt_part_is_found_out_and_fetched_anew(server, web, tmp_path):
    file = server.file("a.bin", BODY)
    (tmp_path / "a.bin.part").write_bytes(b"x" * 1000)
    (tmp_path / "a.bin.part-of").write_text(f'{{"url": "{file.url}", "validator": "\\"v1\\""}}', encoding="utf-8")
    fetch(file, tmp_path, web)
    assert (tmp_path / "a.bin").read_bytes() == BODY
    assert ranges(server) == ["bytes=1000-", ""]


def test_a_wrong_hash_removes_the_file_and_names_it(server, web, tmp_path):
    file = replace(server.file("a.bin", BODY), sha256="0" * 64)
    with pytest.raises(SourceError, match=r"a\.bin from .* sha256 hash; it was removed"):
        fetch(file, tmp_path, web)
    assert list(tmp_path.iterdir()) == []


def test_more_than_stated_is_cut_off(server, web, tmp_path):
    file = replace(server.file("a.bin", BODY, stated=False), size=1000)
    with pytest.raises(SourceError, match="more than the 1,000 bytes"):
        fetch(file, tmp_path, web)
    assert list(tmp_path.iterdir()) == []


def test_without_any_length_there_is_still_a_limit(server, web, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "UNSTATED_LIMIT", 5_000)
    file = replace(server.file("a.bin", BODY, stated=False), size=0, sha256="")
    with pytest.raises(SourceError, match="more than the 5,000 bytes"):
        fetch(file, tmp_path, web)


def test_another_length_than_the_catalogue_says(server, web, tmp_path):
    with pytest.raises(SourceError, match="catalogue says 999"):
        fetch(replace(server.file("a.bin", BODY), size=999), tmp_path, web)


def test_a_server_that_says_less_than_it_has(server, web, tmp_path):
    with pytest.raises(SourceError, match="hash; it was removed"):
        fetch(replace(server.file("a.bin", BODY, length=100_000), size=0), tmp_path, web)
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_says_more_than_it_has(server, web, tmp_path):
    fetch(replace(server.file("a.bin", BODY, length=400_000), size=0), tmp_path, web)
    assert (tmp_path / "a.bin").read_bytes() == BODY, "what is missing is asked for, and there is none"
    file = replace(server.file("b.bin", BODY, length=400_000, ranges=False), size=0, sha256="")
    with pytest.raises(SourceError, match="lost"):
        fetch(file, tmp_path, web)
    assert not (tmp_path / "b.bin").exists()


def test_an_early_end_without_length_is_resumed(server, web, tmp_path):
    fetch(server.file("a.bin", BODY, stated=False, drops=[100_000]), tmp_path, web)
    assert (tmp_path / "a.bin").read_bytes() == BODY


@pytest.mark.parametrize("status", [429, 500, 503])
def test_passing_refusals_are_tried_again(server, web, waits, tmp_path, status):
    fetch(server.file("a.bin", BODY, statuses=[status, status], retry_after="7"), tmp_path, web)
    assert waits == [7.0, 7.0]


def test_pauses_grow(server, web, waits, tmp_path):
    with pytest.raises(SourceError, match="answers 502, 5 times in a row"):
        fetch(server.file("a.bin", BODY, statuses=[502] * 9), tmp_path, web)
    assert waits == [0.5, 1.0, 2.0, 4.0]


@pytest.mark.parametrize("status", [403, 404])
def test_lasting_refusals_are_not(server, web, waits, tmp_path, status):
    with pytest.raises(SourceError, match=str(status)):
        fetch(server.file("a.bin", BODY, statuses=[status]), tmp_path, web)
    assert waits == []


def test_redirects_on_this_machine_are_followed(server, web, tmp_path):
    file = server.file("a.bin", BODY)
    moved = replace(file, url=f"{server.url}/moved")
    server.file("moved", b"", location="/a.bin")
    fetch(moved, tmp_path, web)
    assert (tmp_path / "a.bin").read_bytes() == BODY


@pytest.mark.parametrize("where", ["http://example.org/a.bin", "ftp://127.0.0.1/a.bin", "file:///etc/passwd"])
def test_redirects_to_anything_but_https_are_refused(server, web, tmp_path, where):
    file = server.file("a.bin", BODY, location=where)
    with pytest.raises(SourceError, match="not https"):
        fetch(file, tmp_path, web)
    assert list(tmp_path.iterdir()) == []


def test_a_public_address_may_not_lead_to_this_machine():
    with pytest.raises(SourceError, match="not https"):
        check_url("http://127.0.0.1/secret", "https://example.org/a.bin")


def test_redirects_in_a_circle_end(server, web, tmp_path):
    with pytest.raises(SourceError, match="redirects endlessly"):
        fetch(server.file("a.bin", BODY, location="/a.bin"), tmp_path, web)


def test_a_changed_form_is_refused(server, web, tmp_path):
    with pytest.raises(SourceError, match="content-encoding"):
        fetch(server.file("a.bin", BODY, encoding="gzip"), tmp_path, web)


def test_nobody_there(web, waits, tmp_path):
    file = RemoteFile("a.bin", "http://127.0.0.1:9/a.bin", sha256="0" * 64)
    with pytest.raises(SourceError, match=r"no connection to 127\.0\.0\.1"):
        fetch(file, tmp_path, web)
    assert len(waits) == 4


@pytest.mark.parametrize(
    "published", ["{md5}  a.bin\n", "MD5(a.bin)= {md5}\n", "MD5 (a.bin) = {md5}", "{md5}\n", "0 x\n{md5} *a.bin\n"]
)
def test_a_checksum_beside_the_file_is_used(server, web, tmp_path, published):
    md5 = hashlib.md5(BODY, usedforsecurity=False).hexdigest()
    server.file("a.bin.md5", published.format(md5=md5).encode())
    file = replace(server.file("a.bin", BODY), sha256="", checksum_url=f"{server.url}/a.bin.md5")
    assert fetch(file, tmp_path, web).verified == "md5"


def test_a_wrong_checksum_beside_the_file(server, web, tmp_path):
    server.file("a.bin.md5", b"MD5(a.bin)= " + b"0" * 32)
    file = replace(server.file("a.bin", BODY), sha256="", checksum_url=f"{server.url}/a.bin.md5")
    with pytest.raises(SourceError, match="md5 hash; it was removed"):
        fetch(file, tmp_path, web)


def test_a_checksum_file_without_checksum(server, web, tmp_path):
    server.file("a.bin.md5", b"<html>not here</html>")
    file = replace(server.file("a.bin", BODY), sha256="", checksum_url=f"{server.url}/a.bin.md5")
    with pytest.raises(SourceError, match="holds no checksum"):
        fetch(file, tmp_path, web)


_FETCH = """
import resource, sys
from pathlib import Path
from bedside.core.errors import SourceError
from bedside.core.host.registered import RemoteFile
from bedside.knowledge.catalogue.download import fetch
from bedside.knowledge.catalogue.web import Web
url, sha256, folder, limit = sys.argv[1:]
if int(limit):
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
try:
    fetch(RemoteFile("a.bin", url, sha256=sha256), Path(folder), Web())
except SourceError as error:
    print(error, "|", error.hint)
    sys.exit(1)
"""


def _process(server, file: RemoteFile, folder: Path, limit: int = 0) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _FETCH, file.url, file.sha256, str(folder), str(limit)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_a_full_disk_is_told_and_the_part_is_kept(server, tmp_path):
    file = server.file("a.bin", BODY)
    process = _process(server, file, tmp_path, limit=100_000)
    output = process.communicate(timeout=60)[0]
    assert process.returncode == 1
    assert "no space left" in output and "free some space" in output
    assert 0 < (tmp_path / "a.bin.part").stat().st_size <= 100_000
    assert not (tmp_path / "a.bin").exists()
    process = _process(server, file, tmp_path)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert (tmp_path / "a.bin").read_bytes() == BODY


def test_no_room_is_known_beforehand(server, web, tmp_path, monkeypatch):
    class Usage:
        free = 1000

    monkeypatch.setattr("shutil.disk_usage", lambda path: Usage)
    with pytest.raises(SourceError, match="still to be fetched"):
        fetch(server.file("a.bin", BODY), tmp_path, web)


def test_killed_in_the_middle_and_run_again(server, tmp_path):
    body = os.urandom(4_000_000)
    file = server.file("a.bin", body, slow=0.05)
    for _ in range(3):
        process = _process(server, file, tmp_path)
        part = tmp_path / "a.bin.part"
        before = part.stat().st_size if part.exists() else 0
        until = time.monotonic() + 30
        while not (part.exists() and part.stat().st_size > before) and time.monotonic() < until:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert part.stat().st_size > before
        assert not (tmp_path / "a.bin").exists()
    server.serve["/a.bin"].slow = 0.0
    asked = len(server.asked)
    process = _process(server, file, tmp_path)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert (tmp_path / "a.bin").read_bytes() == body
    assert next(span for _, span, _ in server.asked[asked:]).startswith("bytes=")


def test_the_client_is_closed_cleanly(server):
    one = Web(timeout=2)
    assert one.small(server.file("x", b"abc").url, "it") == b"abc"
    one.close()
