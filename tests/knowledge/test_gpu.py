"""onnxruntime where a device is visible: the library that imaging models run on. (LLM layers: `llm/test_adapters.py`;
embedding: `embeddings/test_encoder.py`.)"""

from __future__ import annotations

import numpy as np
import pytest

N = 256


def _field(number: int, value: bytes | int) -> bytes:
    """One field of a protocol buffer: length-delimited for bytes, else a varint."""
    if isinstance(value, int):
        return bytes([number << 3]) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _matrix(name: bytes) -> bytes:
    dims = b"".join(_field(1, _field(1, N)) for _ in range(2))
    return _field(1, name) + _field(2, _field(1, _field(1, 1) + _field(2, dims)))


def product_model() -> bytes:
    """An ONNX model of one node, c = a · b (onnx.proto: ModelProto, GraphProto, NodeProto, ValueInfoProto)."""
    node = _field(1, b"a") + _field(1, b"b") + _field(2, b"c") + _field(4, b"MatMul")
    graph = _field(1, node) + _field(2, b"product") + _field(11, _matrix(b"a")) + _field(11, _matrix(b"b"))
    graph += _field(12, _matrix(b"c"))
    return _field(1, 8) + _field(7, graph) + _field(8, _field(2, 13))


def product_on(provider: str) -> tuple[np.ndarray, list[str]]:
    import onnxruntime

    session = onnxruntime.InferenceSession(product_model(), providers=[provider])
    random = np.random.default_rng(0)
    a, b = (random.standard_normal((N, N), dtype=np.float32) for _ in range(2))
    [out] = session.run(None, {"a": a, "b": b})
    assert np.allclose(out, a @ b, rtol=1e-2, atol=1e-1)
    return out, session.get_providers()


def test_on_the_processor() -> None:
    _, used = product_on("CPUExecutionProvider")
    assert used == ["CPUExecutionProvider"]


@pytest.mark.gpu
def test_on_the_gpu() -> None:
    import onnxruntime

    if "CUDAExecutionProvider" not in onnxruntime.get_available_providers():
        pytest.skip("this onnxruntime was built without CUDA, or no device is visible")
    out, used = product_on("CUDAExecutionProvider")
    assert used[0] == "CUDAExecutionProvider", "it fell back to the processor"
    assert np.allclose(out, product_on("CPUExecutionProvider")[0], rtol=1e-2, atol=1e-1)
