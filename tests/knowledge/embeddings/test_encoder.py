"""The starter embedding model."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import numpy
import pytest
from bedside.core.errors import EmbeddingError
from bedside.core.protocols import Embedder
from bedside.knowledge.embeddings import SentenceTransformerEmbedder, starter_folder

TEXTS = [
    f"{word} {n} {'and more words ' * (n % 9)}" for n in range(24) for word in ("aorta", "clopidogrel", "fever", "gene")
]


@pytest.fixture(scope="module")
def embedder() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(device="cpu")


def test_facts_without_loading_the_model() -> None:
    code = """
import sys
from bedside.knowledge.embeddings import SentenceTransformerEmbedder
one = SentenceTransformerEmbedder()
print(one.dimensions, one.fingerprint, one.embed([]).shape, "torch" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "384 all-MiniLM-L6-v2:53aa51172d142c89 (0, 384) False"


def test_nothing_on_stderr() -> None:
    code = """
from bedside.knowledge.embeddings import SentenceTransformerEmbedder
one = SentenceTransformerEmbedder()
print(one.embed(["a question"]).shape, one.embed(["many"] * 100).shape)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=240, check=True)
    assert (done.stdout.strip(), done.stderr) == ("(1, 384) (100, 384)", "")


def test_rows_are_unit_vectors_in_order(embedder: SentenceTransformerEmbedder) -> None:
    assert isinstance(embedder, Embedder)
    rows = embedder.embed(TEXTS)
    assert rows.shape == (len(TEXTS), 384) and rows.dtype == numpy.float32
    assert numpy.allclose(numpy.linalg.norm(rows, axis=1), 1, atol=1e-5)
    for place in (0, 5, 50, len(TEXTS) - 1):
        assert float(rows[place] @ embedder.embed([TEXTS[place]])[0]) > 0.999


def test_meaning(embedder: SentenceTransformerEmbedder) -> None:
    lens, heart, question = embedder.embed(
        ["Dislocation of the lens of the eye", "Heart failure", "the eye's lens has moved"]
    )
    assert question @ lens > question @ heart + 0.2


def test_bulk_and_single_precision_agree(embedder: SentenceTransformerEmbedder) -> None:
    exact = SentenceTransformerEmbedder(device="cpu", exact=True).embed(TEXTS)
    bulk = embedder.embed(TEXTS)
    assert float((exact * bulk).sum(axis=1).min()) > 0.999
    asked = embedder.embed(["pain in the chest", "a drug for the heart", "inherited disease"])
    for query in asked:
        first, second = (set(numpy.argsort(-(rows @ query))[:10].tolist()) for rows in (exact, bulk))
        assert len(first & second) >= 9


def test_odd_texts(embedder: SentenceTransformerEmbedder) -> None:
    rows = embedder.embed(["", " ", "\x00", "😀" * 50, "x" * 20_000, "漢字", "\u200b"])
    assert numpy.isfinite(rows).all() and numpy.allclose(numpy.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_several_threads(embedder: SentenceTransformerEmbedder) -> None:
    expected = embedder.embed(TEXTS[:3])
    wrong: list[float] = []

    def work(many: bool) -> None:
        for _ in range(3):
            rows = embedder.embed(TEXTS if many else TEXTS[:3])[:3]
            nearest = float((rows * expected).sum(axis=1).min())
            if nearest < 0.999:
                wrong.append(nearest)

    threads = [threading.Thread(target=work, args=(n % 2 == 0,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_rest_of_the_process_keeps_its_threads(embedder: SentenceTransformerEmbedder) -> None:
    import torch

    before = torch.get_num_threads()
    embedder.embed(TEXTS)
    assert torch.get_num_threads() == before


def test_folders_that_hold_no_model(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(EmbeddingError, match="holds no embedding model"):
            SentenceTransformerEmbedder(path)
    (tmp_path / "model.safetensors").write_bytes(b"not weights")
    broken = SentenceTransformerEmbedder(tmp_path, device="cpu")
    assert broken.fingerprint.startswith(f"{tmp_path.name}:")
    with pytest.raises(EmbeddingError, match="can't be loaded"):
        broken.embed(["a case text"])


def test_an_error_holds_no_text(embedder: SentenceTransformerEmbedder) -> None:
    with pytest.raises(EmbeddingError) as told:
        embedder.embed(["fine", {"secret": "Mrs Smith"}])  # type: ignore[list-item]
    assert "Smith" not in str(told.value)


def test_started_in_the_background() -> None:
    one = SentenceTransformerEmbedder(device="cpu")
    one.start()
    assert one.embed(["a"]).shape == (1, 384)
    one.close()
    assert one.embed(["a"]).shape == (1, 384)


@pytest.mark.gpu
def test_on_the_gpu() -> None:
    import torch

    if not torch.cuda.is_available() and not torch.backends.mps.is_available():
        pytest.skip("no GPU is visible")
    one = SentenceTransformerEmbedder()
    assert one.device.startswith(("cuda", "mps"))
    exact = SentenceTransformerEmbedder(starter_folder(), device="cpu", exact=True).embed(TEXTS)
    assert float((exact * one.embed(TEXTS)).sum(axis=1).min()) > 0.999
