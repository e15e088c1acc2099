"""The fields of a ranking and their order are what others read."""

from __future__ import annotations

import json

from .test_command import LENS

DOCUMENT = ("observed excluded context used unread notes diseases rest tempering next_findings sources limits").split()
DISEASE = "rank disease_id name posterior score genes also reasons untold".split()
REASON = "term_id term excluded likelihood_ratio how frequency support".split()
SUPPORT = "edge_id term_id term frequency references disease_id".split()
CONTEXT = "sex onset age inheritance genes genes_complete variants".split()


def test_the_names_of_the_fields_and_their_order(ranked):
    data = ranked("--hpo", LENS, "--sex", "female", "--genes", "FBN1")
    assert list(data) == DOCUMENT
    assert list(data["observed"][0]) == ["id", "name", "said", "origin"]
    assert list(data["context"]) == CONTEXT and data["context"]["genes"] == ["FBN1"]
    assert list(data["used"]) == ["observed", "excluded"]
    first = data["diseases"][0]
    assert list(first) == DISEASE and list(first["reasons"][0]) == REASON
    assert list(first["reasons"][0]["support"][0]) == SUPPORT
    assert list(data["next_findings"][0]) == ["term_id", "term", "gain", "frequencies"]
    assert list(data["next_findings"][0]["frequencies"][0]) == ["disease_id", "frequency"]
    assert [list(source) for source in data["sources"]] == [["id", "version", "loaded_at"]] * 3
    numbers = [first["posterior"], first["score"], *(r["likelihood_ratio"] for r in first["reasons"])]
    assert all(json.dumps(x) == json.dumps(float(f"{x:.6g}")) for x in numbers)
