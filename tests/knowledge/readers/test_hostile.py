"""Files made to do harm, and files that were harmed: refused or left out with the reason, never a crash."""

from __future__ import annotations

import gzip
import io
import json
import os
import resource
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from bedside.core.errors import SourceError
from bedside.knowledge.readers import READERS, SourceReading, file_source
from bedside.knowledge.readers.archive_members import unsafe
from bedside.knowledge.readers.read_session import MOST_REPORTED, Run

LAUGHS = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
GOOD = json.dumps({"id": "good", "text": "A good line."})


def refused(path: Path, match: str, reader: str | None = None) -> SourceError:
    with pytest.raises(SourceError, match=match) as told:
        list(file_source(path, "x", reader=reader).records())
    assert path.name in str(told.value)
    return told.value


@pytest.mark.parametrize("where", ["text", "attribute", "quadratic"])
@pytest.mark.parametrize("root", ["PubmedArticleSet", "article"])
def test_xml_bombs(tmp_path: Path, root: str, where: str, patience: Callable[[float], float]) -> None:
    inner = {"PubmedArticleSet": "PubmedArticle", "article": "article"}[root]
    declared = f'<!ENTITY a "{"x" * 100_000}">' if where == "quadratic" else f'<!ENTITY a "aaaaaaaaaa">{LAUGHS}'
    use = {"text": "<p>&j;</p>", "attribute": '<p x="&j;"/>', "quadratic": "<p>" + "&a;" * 100_000 + "</p>"}[where]
    path = tmp_path / "bomb.xml"
    path.write_text(f"<!DOCTYPE {root} [{declared}]><{root}><{inner}>{use}</{inner}></{root}>")
    start = time.monotonic()
    refused(path, "declares entities|not well-formed")
    assert time.monotonic() - start < patience(10)


@pytest.mark.parametrize("kind", ["SYSTEM", "PARAMETER"])
def test_xml_never_reads_another_file(tmp_path: Path, kind: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("TOPSECRET")
    entity = (
        f'<!ENTITY x SYSTEM "{secret.as_uri()}">' if kind == "SYSTEM" else f'<!ENTITY % x SYSTEM "{secret.as_uri()}"> %x;'
    )
    path = tmp_path / "xxe.nxml"
    path.write_text(f"<!DOCTYPE article [{entity}]><article><front><article-meta/></front><body><p>&x;</p></body></article>")
    assert "TOPSECRET" not in str(refused(path, "declares entities"))


def test_a_dtd_is_not_fetched_and_its_characters_are_known(tmp_path: Path) -> None:
    path = tmp_path / "a.nxml"
    path.write_text(
        '<!DOCTYPE article PUBLIC "-//NLM//DTD" "http://127.0.0.1:9/x.dtd"><article><front><article-meta>'
        "<article-id pub-id-type='doi'>10.1/x</article-id></article-meta></front>"
        "<body><p>&alpha;-blocker &amp; beta</p></body></article>"
    )
    (passage,) = file_source(path, "x").records()
    assert passage.text == "α-blocker & beta" and passage.doc_id == "DOI:10.1/x"


def test_xml_in_endless_depth_or_one_endless_record(tmp_path: Path) -> None:
    deep = tmp_path / "deep.xml"
    deep.write_text("<article><body>" + "<sec>" * 100_000)
    refused(deep, "not well-formed|cut off")
    wide = tmp_path / "wide.xml.gz"
    with gzip.open(wide, "wb", compresslevel=1) as out:
        out.write(b"<PubmedArticleSet><PubmedArticle>")
        for _ in range(80):
            out.write(os.urandom(50_000).hex().encode().join([b"<x>", b"</x>"]) * 10)
    refused(wide, "record of more than 64 MiB")


def _memory(field: str) -> int:
    """KiB that this process holds (VmRSS), or held at most since its peak was last reset (VmHWM)."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(f"{field}:")))


def test_gzip_bomb(tmp_path: Path) -> None:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak is of this test, not of those before it
    before = _memory("VmRSS")
    for name, line in (("bomb.jsonl.gz", GOOD.encode() + b"\n"), ("bomb.xml.gz", b"<a></a>"), ("bomb.txt.gz", b" ")):
        path = tmp_path / name
        with gzip.open(path, "wb", compresslevel=9) as out:
            out.write(b"<PubmedArticleSet>" if "xml" in name else b"")
            for _ in range(100):
                out.write(line * (2**20 // len(line)))
        refused(path, "more than 200 times its size|line 2: the id of line 1|larger than")
    assert _memory("VmHWM") - before < 2**20  # KiB: nothing of this held a gigabyte


def test_zip_bomb_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(3):
            archive.writestr(f"{n}.txt", b"\0" * 100_000_000)
    refused(path, "more than 200 times its size")


def test_names_that_lead_out_of_an_archive(tmp_path: Path) -> None:
    names = ["../out.jsonl", "/abs.jsonl", "a/../../b.jsonl", "C:\\x.jsonl", "..\\w.jsonl", "\\\\host\\x.jsonl"]
    zipped, tarred = tmp_path / "a.zip", tmp_path / "a.tar.gz"
    with zipfile.ZipFile(zipped, "w") as archive:
        for name in (*names, "in/good.jsonl"):
            archive.writestr(name, GOOD)
    with tarfile.open(tarred, "w:gz") as archive:
        for name in (*names, "in/good.jsonl"):
            info = tarfile.TarInfo(name)
            info.size = len(GOOD)
            archive.addfile(info, io.BytesIO(GOOD.encode()))
        for kind, target in ((tarfile.SYMTYPE, "/etc/passwd"), (tarfile.LNKTYPE, "in/good.jsonl"), (tarfile.FIFOTYPE, "")):
            info = tarfile.TarInfo(f"special{kind.decode()}.jsonl")
            info.type, info.linkname = kind, target
            archive.addfile(info)
    for path, most in ((zipped, 6), (tarred, 9)):
        source = file_source(path, "x")
        (passage,) = source.records()
        assert passage.doc_id == "good"
        assert len(source.skipped()) == most and all(str(path) in skip.where for skip in source.skipped())
        assert sum("refused" in skip.reason for skip in source.skipped()) == 6
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.tar.gz", "a.zip"]
    assert all(unsafe(name) for name in (*names, "", "a\0b")) and not unsafe("a/b..c/d.txt")


def test_archives_that_are_damaged_encrypted_or_nested(tmp_path: Path) -> None:
    zipped = tmp_path / "a.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("good.jsonl", GOOD)
        archive.writestr("inner.zip", b"PK")
        archive.writestr("link.jsonl", "/etc/passwd")
        archive.getinfo("link.jsonl").external_attr = 0o120777 << 16
        archive.writestr(".hidden.jsonl", GOOD)
    source = file_source(zipped, "x")
    assert [p.doc_id for p in source.records()] == ["good"]
    assert {skip.what for skip in source.skipped()} == {"archive", "link", "hidden"}
    data = bytearray(zipped.read_bytes())
    place = data.find(b"A good line")
    data[place] ^= 0xFF
    zipped.write_bytes(data)
    refused(zipped, "CRC|contains nothing")
    zipped.write_bytes(data[:60])
    refused(zipped, "can't be read")
    cut = tmp_path / "cut.tar.gz"
    with tarfile.open(cut, "w:gz") as archive:
        info = tarfile.TarInfo("a.jsonl")
        info.size = 200_000
        archive.addfile(info, io.BytesIO(os.urandom(200_000)))
    cut.write_bytes(cut.read_bytes()[:100_000])
    refused(cut, "can't be read")


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.json", "a.txt", "a.nxml"])
def test_a_line_of_two_gigabytes_is_not_read_into_memory(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with path.open("wb") as out:
        out.write(b"id,text\n" if name == "a.csv" else b"")
        out.truncate(2 * 2**30)  # a sparse file: nothing is stored
    reader = "phenopackets" if name == "a.json" else None
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(SourceError, match=r"line . is longer than|larger than 128 MiB|is not well-formed"):
        list(SourceReading(path, "x", reader))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 700 * 2**10


@pytest.mark.parametrize(
    ("name", "data", "match"),
    [
        ("a.jsonl", GOOD.encode() + b'\n{"id": "b", "text": "\xff"}', r"line 2 is not UTF-8 \(byte 21"),
        ("a.csv", b"id,text\na,good\nb,b\xe4d\n", r"line 3 is not UTF-8 \(byte 18 of the file"),
        ("a.txt", b"abc\xc3\x28", "is not UTF-8 at byte 3"),
        ("a.md", b"# T\n\xa0", "is not UTF-8 at byte 4"),
        ("a.html", b"<p>caf\xe9</p>", "is not UTF-8 at byte 6"),
        ("a.html", b'<meta charset="no-such"><p>x</p>', "is not no-such"),
        ("a.obo", b"[Term]\nid: X:1\nname: \xff\n", r"line 3 is not UTF-8 \(byte 21"),
        ("a.xml", b"<PubmedArticleSet><PubmedArticle>\xff</PubmedArticle></PubmedArticleSet>", "not well-formed.*encoding"),
        ("a.txt", b"text\0with zero", "is not text"),
    ],
)
def test_invalid_bytes_are_named(tmp_path: Path, name: str, data: bytes, match: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    refused(path, match)
    (tmp_path / "other.jsonl").write_text(GOOD.replace("good", "other"))
    source = file_source(tmp_path, "folder")
    assert "other" in {passage.fields["document"] for passage in source.records()}
    assert [skip.where for skip in source.skipped()] == [str(path)]


@pytest.mark.parametrize("reader", sorted(READERS))
@pytest.mark.parametrize(
    "data", [b"", b" \n", b"\xff\xfe\x00", b"{", b"[" * 100_000, b"<", b"%PDF-1.4\n", b"\x1f\x8b", b"9" * 5000]
)
def test_no_reader_lets_another_error_through(tmp_path: Path, reader: str, data: bytes) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(data)
    source = file_source(path, "x", reader=reader)
    try:
        found = list(source.records())
    except SourceError:
        return
    assert reader in ("text", "markdown", "html") and found


def test_cut_off_packed_files(tmp_path: Path) -> None:
    for name, text in (("a.jsonl.gz", GOOD + "\n"), ("a.txt.xz", "x" * 9), ("a.md.bz2", "y" * 9)):
        import bz2
        import lzma

        packed = {"gz": gzip.compress, "xz": lzma.compress, "z2": bz2.compress}[name[-2:]](text.encode() * 50)
        path = tmp_path / name
        path.write_bytes(packed[:-5])
        refused(path, "can't be read")


def test_folders_that_go_round_and_things_that_are_no_files(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (inner / "good.jsonl").write_text(GOOD)
    (inner / "loop").symlink_to(tmp_path, target_is_directory=True)
    (inner / "out.jsonl").symlink_to("/etc/passwd")
    os.mkfifo(inner / "pipe.jsonl")
    (inner / ".git").mkdir()
    (inner / "empty.txt").write_bytes(b"")
    (inner / "picture.png").write_bytes(b"\x89PNG")
    source = file_source(tmp_path, "x")
    assert [p.doc_id for p in source.records()] == ["good"]
    told = {Path(skip.where).name: skip.reason for skip in source.skipped()}
    assert set(told) == {"loop", "out.jsonl", "pipe.jsonl", ".git", "empty.txt", "picture.png"}
    assert "is empty" in told["empty.txt"] and "symbolic" in told["loop"] and "not a regular" in told["pipe.jsonl"]
    with pytest.raises(SourceError, match="can't be read"):
        file_source(inner / "pipe.jsonl", "x")


def test_a_number_that_no_record_can_have(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    for number in ("999999999999999999999", "0", "-1", "x", ""):
        path.write_text(
            f"<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>{number}</PMID><Article/></MedlineCitation>"
            "</PubmedArticle></PubmedArticleSet>"
        )
        refused(path, "without a PubMed number")


def test_names_that_are_no_unicode(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    Path(os.fsdecode(path)).write_text("Some words.")
    (passage,) = file_source(tmp_path, "x").records()
    assert passage.doc_id == "caf\ufffd.txt"


def test_half_characters_and_fields_without_end(tmp_path: Path) -> None:
    half = "\\ud800"
    for name, line in (
        ("a.jsonl", f'{{"id": "1", "question": "Q", "answer": "{half}"}}'),
        ("a.json", f'{{"id": "1", "phenotypicFeatures": [{{"type": {{"label": "{half}"}}}}]}}'),
        ("b.json", f'{{"1": {{"CONTEXTS": ["x"], "MESHES": ["{half}"]}}}}'),
    ):
        (tmp_path / name).write_text(line)
        refused(tmp_path / name, "half a character")
    path = tmp_path / "long.jsonl"
    path.write_text(json.dumps({"id": "i" * 5_000, "text": "x"}))
    refused(path, 'line 1 has an "id" of more than')
    path.write_text(json.dumps({"id": "i", "title": "t" * 10**6, "text": "x" * 10**5, "url": "https://" + "u" * 10**6}))
    found = list(file_source(path, "x").records())
    assert len(found) > 50 and sum(len(p.model_dump_json()) for p in found) < 4 * 10**5


def test_a_record_without_an_article(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    record = "<PubmedArticle><MedlineCitation><PMID>5</PMID></MedlineCitation></PubmedArticle>"
    path.write_text(f"<PubmedArticleSet>{record}</PubmedArticleSet>")
    refused(path, "PMID:5 has no Article")


def test_the_list_of_what_is_left_out_is_bounded() -> None:
    run = Run("x")
    for number in range(MOST_REPORTED + 500):
        run.skip("file", str(number), "why")
    assert len(run.skipped) == MOST_REPORTED + 1 and run.skipped[-1].reason == "500 more were skipped"
    run.close()
