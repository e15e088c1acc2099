"""Reading, keeping and opening the network."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from bedside.core.errors import SourceError
from bedside.plugins.drug_targets.network import open_network
from bedside.plugins.drug_targets.network.licences import permits_commercial_use
from bedside.plugins.drug_targets.network.read import read_network


def pairs(network, name):
    edges = network.edges[name]
    sources, targets = network.nodes[edges.source].ids, network.nodes[edges.target].ids
    return {(sources[r], targets[c]) for r, c in zip(*network.matrix(name).nonzero(), strict=True)}


def test_drugs_and_genes_are_those_of_the_list_and_diseases_grow(network):
    assert network.nodes["drug"].ids == tuple(f"DB{n}" for n in range(1, 9))
    assert "DOID:50" in network.nodes["disease"].index and network.nodes["drug"].names[0] == "drug1"
    assert pairs(network, "binds") == {("DB1", "1"), ("DB2", "1"), ("DB3", "2"), ("DB4", "3")}


def test_several_genes_in_a_cell_are_several_edges(network):
    assert pairs(network, "pathway") == {("P1", "1"), ("P1", "2"), ("P2", "3")}


def test_columns_stay_with_their_edges(network):
    edges = network.edges["binds"]
    assert edges.texts["pubmed_ids"][0] == "11|12" and edges.numbers["affinity_nM"][0] == 5
    assert np.isnan(edges.numbers["affinity_nM"][1])
    assert [edges.licence[i] for i in range(3)] == ["CC BY 4.0", "CC BY-NC 4.0", "CC BY 4.0"]


def test_commercial_leaves_out_what_may_not_be_used_so(network):
    left = pairs(replace(network, commercial=True), "binds")
    assert pairs(network, "binds") - left == {("DB2", "1")}


@pytest.mark.parametrize(
    ("licence", "permitted"),
    [("CC0 1.0", True), ("CC BY-SA 3.0", True), ("CC BY 4.0 | EBI terms", True), ("CC BY-NC 4.0", False), ("", False),
     ("CC BY 4.0 | CC BY-NC-SA 4.0", False), ("proprietary", False)],
)  # fmt: skip
def test_licences(licence, permitted):
    assert permits_commercial_use(licence) is permitted


def test_what_was_kept_is_what_was_read(services, network):
    first, again = open_network(services), open_network(services)
    assert isinstance(again.edges["binds"].rows, np.memmap) and not isinstance(first.edges["binds"].rows, np.memmap)
    assert first.key == again.key and again.nodes == network.nodes and again.structures == network.structures
    for name in network.edges:
        assert (again.matrix(name) != network.matrix(name)).nnz == 0
        assert again.edges[name].licence.categories == network.edges[name].licence.categories


def test_a_changed_table_is_another_network(services, tmp_path):
    before = open_network(services).key
    paths = services.pulled["drug-network"].paths
    changed = tmp_path / "gene_family.tsv.gz"
    changed.write_text(paths["gene_family.tsv.gz"].read_text().replace("7\tfam\t2", "7\tfam\t3"))
    paths_of = {**paths, "gene_family.tsv.gz": changed}
    services.pulled["drug-network"] = services.pulled["drug-network"].model_copy(update={"paths": paths_of})
    after = open_network(services)
    assert after.key != before and ("7", "3") in pairs(after, "in_family")


def test_a_damaged_copy_is_made_anew(services):
    open_network(services)
    (folder,) = services.workspace("drug_targets").iterdir()
    (folder / "network.json").write_text("{")
    assert len(open_network(services).edges["binds"]) == 4
    assert (folder / "network.json").exists()


def test_missing_tables_and_columns_are_named(services, paths, tmp_path):
    some = {name: path for name, path in paths.items() if name != "pathways.tsv.gz"}
    services.pulled["drug-network"] = services.pulled["drug-network"].model_copy(update={"paths": some})
    with pytest.raises(SourceError, match=r"pathways\.tsv\.gz") as caught:
        open_network(services)
    assert "BEDSIDE_MIRROR" in caught.value.hint
    broken = tmp_path / "broken.tsv"
    broken.write_text("doid_id\tother\nDOID:1\tx\n")
    with pytest.raises(SourceError, match="mesh_id, symptom"):
        read_network({**paths, "disease_symptom.tsv.gz": broken}, "key")
