"""The catalogue's entries: well-formed, told honestly, and readable from the mirror of real data."""

from __future__ import annotations

import itertools
import os
import zipfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bedside.core.errors import PluginError, SourceError
from bedside.core.host import KnowledgeSource, PluginHost, RemoteFile, RemoteFolder, hookimpl
from bedside.core.host.registered import source_problem
from bedside.core.types import GraphEdge, Passage, SourceInfo
from bedside.knowledge.catalogue import catalogue_sources, pull, ready_source, source_files, source_states
from bedside.knowledge.catalogue.literature import MEDQUAD

MIRROR = os.environ.get("BEDSIDE_MIRROR", "")
needs_mirror = pytest.mark.skipif(not MIRROR, reason="BEDSIDE_MIRROR names no folder with the real data")
BY_ID = {source.id: source for source in catalogue_sources()}
WANTED = {
    "pubmed-baseline", "pubmed-updates", "pmc-oa", "medquad", "pubmedqa", "hpo", "hpo-annotations", "hpo-genes", "cpic",
    "clinvar", "pharmcat", "cpic-changes", "disease-ontology", "hetionet", "pharmacotherapydb", "icd10cm",
    "drug-network",
}  # fmt: skip


@pytest.mark.parametrize("source", catalogue_sources(), ids=lambda source: source.id)
def test_every_entry_is_well_formed(source):
    assert source_problem(source) == ""
    assert source.licence and source.homepage.startswith("https://")
    if source.pulled:
        assert source.licence_url.startswith("https://") and source.note
        assert all(file.url.startswith("https://") for file in source.files)
        unfixed = [file for file in source.files if not file.sha256 and not file.checksum_url]
        assert not unfixed or "recorded at the first pull" in source.note or "beside it" in source.note
        assert all(file.sha256 for file in source.mirror_files)


def test_the_catalogue_has_what_was_promised():
    assert set(BY_ID) >= WANTED
    assert next(s.id for s in catalogue_sources()) == "cpic"


@needs_mirror
@pytest.mark.parametrize(
    ("source_id", "files", "version"),
    [
        ("medquad", "", "master (sha256:"),
        ("pubmedqa", "", "PQA-L 1f00b98 (sha256:"),
        ("pmc-oa", "1-3", "current (3 files, sha256:"),
        ("pubmed-baseline", "29768149", "current (1 files, sha256:"),
        ("disease-ontology", "", "main (sha256:"),
        ("hetionet", "", "integrate 93feba1 (sha256:"),
        ("pharmacotherapydb", "", "1.0 (11d535b) (sha256:"),
    ],
)
def test_real_data_from_the_mirror(source_id, files, version, tmp_path):
    report = pull(BY_ID[source_id], tmp_path, mirror=MIRROR, files=files)
    assert all(file.origin == "mirror" for file in report.files)
    assert report.notes[0] == BY_ID[source_id].note
    ready = ready_source(BY_ID[source_id], tmp_path)
    assert ready.version().startswith(version)
    first = list(itertools.islice(ready.records(), 200))
    assert first and all(record.source_id for record in first)


@needs_mirror
def test_the_allele_definitions_are_kept_as_files(tmp_path):
    report = pull(BY_ID["pharmcat"], tmp_path, mirror=MIRROR)
    assert len(report.files) == 39 and {f.verified for f in report.files} == {"sha256"}
    state = {s.id: s for s in source_states(tmp_path, BY_ID, [])}["pharmcat"]
    assert (state.pull, state.available, state.loadable) == ("done", "definitions 2025-11-05-00-25", False)


@needs_mirror
def test_edges_keep_their_licences(tmp_path):
    pull(BY_ID["hetionet"], tmp_path, mirror=MIRROR)
    edges = [r for r in ready_source(BY_ID["hetionet"], tmp_path).records() if isinstance(r, GraphEdge)]
    kinds = Counter(edge.props.get("licence") for edge in edges)
    assert len(edges) > 8_000 and None not in kinds


def test_hpo_reads_a_pulled_release(tmp_path):
    from bedside.knowledge.starter import annotations, hpo

    source = BY_ID["hpo-annotations"]
    assert ready_source(source, tmp_path).version() == source.version(), "the package's until one is pulled"
    mirror = tmp_path / "mirror" / "hpo"
    mirror.mkdir(parents=True)
    (mirror / "hp.obo").write_bytes(hpo.obo_path().read_bytes())
    lines = annotations.hpoa_path().read_text("utf-8").splitlines()[:60]
    newer = "\n".join(line.replace("2025-01-16", "2026-09-01") if line.startswith("#version") else line for line in lines)
    (mirror / "phenotype.hpoa").write_text(newer + "\nbroken\n", encoding="utf-8")
    pull(source, tmp_path, mirror=str(mirror.parent))
    ready = ready_source(source, tmp_path)
    assert ready.version() == "2026-09-01"
    edges = [r for r in ready.records() if isinstance(r, GraphEdge)]
    assert len(edges) == len(lines) - 5
    assert [(s.what, s.reason) for s in ready.skipped()] == [("line", "1 with a wrong columns")]


def test_medquad_as_its_publisher_gives_it(tmp_path):
    page = """<?xml version="1.0"?><Document id="0000001" source="CancerGov" url="https://www.cancer.gov/x">
    <Focus>Leukemia</Focus><QAPairs>
    <QAPair pid="1"><Question qid="0000001-1" qtype="information">What is it ?</Question><Answer>A cancer of blood.</Answer>
    </QAPair><QAPair pid="2"><Question qid="0000001-2" qtype="x">And then ?</Question><Answer></Answer></QAPair>
    </QAPairs></Document>"""
    folder = tmp_path / "mirror" / "medquad"
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / "medquad-master.zip", "w") as archive:
        archive.writestr("MedQuAD-master/1_CancerGov_QA/0000001.xml", page)
        archive.writestr("MedQuAD-master/readme.txt", "not data")
    pull(MEDQUAD, tmp_path, mirror=str(folder.parent))
    ready = ready_source(MEDQUAD, tmp_path)
    [passage] = ready.records()
    assert isinstance(passage, Passage)
    assert (passage.text, passage.title, passage.fields["focus"]) == ("A cancer of blood.", "What is it ?", "Leukemia")
    assert passage.fields["row"] == "0000001-1" and passage.url == "https://www.cancer.gov/x"
    assert [s.reason for s in ready.skipped()] == ["1 without an answer"]


# --- what plugins register -------------------------------------------------------------------------------------------

GOOD = RemoteFile("a.txt", "https://example.org/a.txt", sha256="0" * 64)


def entry(**changed: object) -> KnowledgeSource:
    given: dict[str, object] = {"id": "mine", "title": "T", "licence": "L", "version": lambda: "1", "files": (GOOD,)}
    return KnowledgeSource(**(given | changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"id": "Mine!"}, "is not made of"),
        ({"id": "it's"}, "is not made of"),
        ({"title": " "}, "title is missing"),
        ({"licence": ""}, "licence is missing"),
        ({"version": "1"}, "version is not a function"),
        ({"read": "x"}, "must be functions"),
        ({"files": ()}, "neither records nor files"),
        ({"sha256": "abc"}, "64 hex"),
        ({"files": (GOOD, GOOD)}, "there twice"),
        ({"files": ("a.txt",)}, "not RemoteFile"),
        ({"files": (RemoteFile("../a", "https://example.org/a"),)}, "plain file name"),
        ({"files": (RemoteFile("a/b", "https://example.org/a"),)}, "plain file name"),
        ({"files": (RemoteFile("a.part", "https://example.org/a"),)}, "plain file name"),
        ({"files": (RemoteFile("a", "http://example.org/a"),)}, "is not https"),
        ({"files": (RemoteFile("a", "https://me:secret@example.org/a"),)}, "user name or password"),
        ({"files": (RemoteFile("a", "https://example.org/a", sha256="F" * 64),)}, "64 hex"),
        ({"files": (RemoteFile("a", "https://example.org/a", size=-1),)}, "number of bytes"),
        ({"files": (RemoteFile("a", "https://example.org/a", checksum_url="ftp://example.org/a"),)}, "is not https"),
        ({"files": (RemoteFile("a", "https://example.org/a", mirror="../a"),)}, "without '..'"),
        ({"mirror_files": (RemoteFile("a", "https://example.org/a", mirror="/etc/passwd"),)}, "without '..'"),
        ({"folder": RemoteFolder("https://example.org/", "x")}, "no group called 'number'"),
        ({"folder": RemoteFolder("https://example.org/", "(")}, "no regular expression"),
        ({"folder": RemoteFolder("https://example.org/", r"(?P<number>\d)", template="x")}, "no {number}"),
    ],
)
def test_a_malformed_source_names_its_plugin(changed, wrong):
    class Plugin:
        @hookimpl
        def bedside_sources(self):
            return [entry(**changed)]

    host = PluginHost()
    with pytest.raises(PluginError) as error:
        host.register(Plugin(), "stranger")
    assert wrong in str(error.value) and "stranger" in str(error.value)
    assert host.sources == {}


def test_loopback_http_is_for_local_mirrors():
    assert source_problem(entry(files=(RemoteFile("a", "http://127.0.0.1:8000/a"),))) == ""


def test_a_plugin_can_not_take_the_place_of_a_source():
    class Plugin:
        @hookimpl
        def bedside_sources(self):
            return [entry(id="cpic")]

    with pytest.raises(PluginError, match="comes with Bedside"):
        PluginHost(reserved=BY_ID).register(Plugin(), "stranger")


# --- status ----------------------------------------------------------------------------------------------------------


def info(**more: object) -> SourceInfo:
    given = {"id": "mine", "title": "T", "licence": "L", "version": "1", "loaded_at": "2026-11-01T00:00:00+00:00"}
    return SourceInfo(**(given | {"counts": {"passages": 1}} | more))  # type: ignore[arg-type]


def warnings(source: KnowledgeSource | None, loaded: SourceInfo | None, home, **more: object) -> list[str]:
    catalogue = {source.id: source} if source else {}
    found = source_states(
        home, catalogue, [loaded] if loaded else [], now=lambda: datetime(2026, 11, 22, tzinfo=UTC), **more
    )  # type: ignore[arg-type]
    return list(found[0].warnings)


def test_nothing_to_warn_of(tmp_path):
    assert warnings(entry(max_age_days=30), info(fingerprint="m:1"), tmp_path, fingerprint="m:1") == []
    assert warnings(None, info(), tmp_path) == []


def test_stale_releases(tmp_path):
    [told] = warnings(entry(max_age_days=10), info(), tmp_path)
    assert "21 days old" in told and "bedside knowledge pull mine" in told
    [told] = warnings(entry(max_age_days=400), info(date="2025-01-16"), tmp_path)
    assert "675 days old" in told


def test_a_newer_version_is_here(tmp_path):
    packaged = KnowledgeSource("mine", "T", "L", lambda: "2", lambda: iter(()))
    [told] = warnings(packaged, info(), tmp_path)
    assert told.startswith("2 is here, but 1 is loaded") and told.endswith("bedside knowledge load mine")


def test_another_embedding_model(tmp_path):
    [told] = warnings(entry(), info(fingerprint="m:1"), tmp_path, fingerprint="n:2")
    assert "m:1" in told and "n:2" in told and "reembed" in told
    assert warnings(entry(), info(fingerprint="m:1", counts={"edges": 1}), tmp_path, fingerprint="n:2") == []


def test_cut_off_loads_and_pulls(tmp_path):
    part = tmp_path / "downloads" / "mine" / "1" / "a.txt.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"x")
    told = warnings(entry(), None, tmp_path, cut_off=["mine"])
    assert any("pull was not finished" in one for one in told) and any(
        "a load or removal of it was interrupted" in one for one in told
    )


def test_a_load_cut_off_before_its_source_was_known(tmp_path):
    [state] = source_states(tmp_path, {}, [], cut_off=["notes"])
    assert state.id == "notes" and "load PATH --source notes (or: remove notes)" in state.warnings[0]


@needs_mirror
def test_pulled_files_are_found_by_name_and_without_a_pull_those_of_the_mirror(tmp_path):
    in_place = source_files(BY_ID["pharmcat"], tmp_path, Path(MIRROR))
    assert in_place.paths["CYP2C19_phenotype.json"].parent.name == "phenotype"
    pull(BY_ID["pharmcat"], tmp_path, mirror=MIRROR)
    pulled = source_files(BY_ID["pharmcat"], tmp_path, None)
    assert set(pulled.paths) >= set(in_place.paths) and pulled.version == in_place.version
    assert all(path.is_relative_to(tmp_path) for path in pulled.paths.values())


def test_files_that_were_not_pulled_are_an_error_that_says_what_to_type(tmp_path):
    with pytest.raises(SourceError) as error:
        source_files(BY_ID["pharmcat"], tmp_path, None)
    assert "bedside knowledge pull pharmcat" in error.value.hint


@needs_mirror
def test_a_changed_file_of_the_mirror_is_not_used_in_place(tmp_path):
    mirror = tmp_path / "mirror"
    for file in BY_ID["pharmcat"].mirror_files:
        (mirror / file.mirror).parent.mkdir(parents=True, exist_ok=True)
        (mirror / file.mirror).write_bytes((Path(MIRROR) / file.mirror).read_bytes())
    assert source_files(BY_ID["pharmcat"], tmp_path, mirror).version.startswith("definitions")
    (mirror / "pharmcat/definitions/TPMT_translation.json").write_text("{}")
    with pytest.raises(SourceError, match="TPMT"):
        source_files(BY_ID["pharmcat"], tmp_path, mirror)
    (mirror / "pharmcat/definitions/TPMT_translation.json").unlink()
    with pytest.raises(SourceError, match="TPMT"):
        source_files(BY_ID["pharmcat"], tmp_path, mirror)
