"""Quotes of the case itself are read again where they stand: its texts, its FHIR elements, its images, what is computed."""

from __future__ import annotations

import hashlib
import struct
import zlib
from pathlib import Path

import pytest
from bedside.core import (
    Case,
    CaseFile,
    CaseText,
    Evidence,
    FhirAddress,
    ImageRegion,
    TextAddress,
)
from bedside.core.errors import ServiceError
from bedside.core.evidence.receipts import ReceiptOutput, read_receipt, run_with_receipt
from bedside.core.evidence.resolvers.fhir import element_at

NOTE = "He has had hypertension for years. Denies chest pain. Weight 72 kg."
PRESSURE = {
    "resourceType": "Observation",
    "id": "bp",
    "status": "final",
    "component": [
        {"valueQuantity": {"value": 142.0, "unit": "mmHg"}},
        {"valueQuantity": {"value": 90, "unit": "mmHg"}, "interpretation": [{"text": "hoch"}]},
    ],
    "performed": True,
    "note": [{"text": "gemessen am Arm"}],
}
CASE = Case(texts=(CaseText(origin="note.txt", text=NOTE),), fhir=(PRESSURE,))


def cite(locator, quote: str, **more) -> Evidence:
    return Evidence.of(kind="fact", quote=quote, source="case", locator=locator, **more)


def why(world, proposal, case=CASE, facts=None, host=None) -> str:
    checked = world.verify([proposal], facts, case, host)
    assert bool(checked.kept) != bool(checked.dropped)
    return checked.dropped.get(proposal.id, "")


def place(text: str) -> TextAddress:
    at = NOTE.index(text)
    return TextAddress(origin="note.txt", start=at, end=at + len(text))


# --- texts of the case ------------------------------------------------------------------------------------------------


def test_a_sentence_of_a_note_passes_and_is_the_patients(world):
    proposal = cite(place("Denies chest pain."), "Denies chest pain.")
    item = world.verify([proposal], None, CASE).kept[proposal.id]
    assert (item.source.id, item.source.title, item.source.licence) == ("case", "note.txt", "patient data")


def test_the_question_is_a_text_too(world):
    assert why(world, cite(TextAddress(start=0, end=10), "a question")) == ""


@pytest.mark.parametrize(
    ("locator", "quote", "reason"),
    [
        (place("Denies chest pain."), "Has chest pain....", "not verbatim"),
        (place("chest pain."), "chest pain.", "cut out of a sentence"),
        (TextAddress(origin="other.txt", start=0, end=5), "He ha", "no text of the case"),
        (TextAddress(origin="note.txt", start=900, end=905), "He ha", "not verbatim"),
    ],
)
def test_what_a_note_does_not_say_is_dropped(world, locator, quote, reason):
    assert reason in why(world, cite(locator, quote))


def test_two_notes_of_one_name_cannot_be_told_apart(world):
    twice = CASE.model_copy(update={"texts": CASE.texts * 2})
    assert "several texts" in why(world, cite(place("Denies chest pain."), "Denies chest pain."), twice)


# --- FHIR elements ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "quote"),
    [
        ("component[0].valueQuantity.value", "142.0"),
        ("component[1].valueQuantity.value", "90"),
        ("component[1].valueQuantity", '{"value": 90, "unit": "mmHg"}'),
        ("component[1].interpretation[0].text", "hoch"),
        ("performed", "true"),
        ("note[0].text", "gemessen am Arm"),
    ],
)
def test_an_element_is_quoted_as_it_stands(world, path, quote):
    proposal = cite(FhirAddress(reference="Observation/bp", path=path), quote)
    item = world.verify([proposal], None, CASE).kept[proposal.id]
    assert (item.source.id, item.source.title) == ("case", "Observation/bp")


@pytest.mark.parametrize(
    ("reference", "path", "quote"),
    [
        ("Observation/bp", "component[0].valueQuantity.value", "124.0"),
        ("Observation/bp", "component[2].valueQuantity.value", "142.0"),
        ("Observation/bp", "component.valueQuantity.value", "142.0"),
        ("Observation/bp", "component[-1].valueQuantity.value", "90"),
        ("Observation/bp", "component[0]..value", "142.0"),
        ("Observation/bp", "__class__", "x"),
        ("Observation/bp", "component[" + "9" * 5000 + "]", "x"),
        ("Observation/bp", "valueQuantity", "x"),
        ("Observation/other", "performed", "true"),
        ("Patient/bp", "performed", "true"),
    ],
)
def test_what_an_element_does_not_say_is_dropped(world, reference, path, quote):
    assert why(world, cite(FhirAddress(reference=reference, path=path), quote))


def test_a_broken_path_takes_no_other_quote_with_it(world):
    good = cite(FhirAddress(reference="Observation/bp", path="performed"), "true")
    bad = cite(FhirAddress(reference="Observation/bp", path="a[" + "9" * 9000 + "]"), "x")
    checked = world.verify([bad, good], None, CASE)
    assert list(checked.kept) == [good.id] and list(checked.dropped) == [bad.id]


def test_two_resources_of_one_reference_cannot_be_told_apart(world):
    twice = CASE.model_copy(update={"fhir": CASE.fhir * 2})
    assert "several resources" in why(world, cite(FhirAddress(reference="Observation/bp", path="performed"), "true"), twice)


def test_an_empty_path_is_the_whole_resource():
    assert element_at(PRESSURE, "") is PRESSURE


# --- regions of images ------------------------------------------------------------------------------------------------


def png(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    rows = zlib.compress(b"".join(b"\0" + b"\7" * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


SAID = "An opacity in the left lower zone (probability 0.91)."
BOX = (2, 3, 8, 9)


class Image:
    """An image of the case, a model's file, and the receipt of its run."""

    def __init__(self, world, folder: Path, size: tuple[int, int] = (10, 12), box=BOX) -> None:
        self.image, self.model = folder / "x.png", folder / "net.onnx"
        self.image.write_bytes(png(*size))
        self.model.write_bytes(b"weights")
        self.case = Case(files=(CaseFile(name="x.png", kind="PNG", path=self.image),))
        self.receipt = run_with_receipt(
            world.services,
            self.model,
            self.image,
            lambda model, image: [ReceiptOutput(sentence=SAID, box=box)],
            name="chest-net",
            version="3",
            licence="Apache-2.0",
        )

    def region(self, **change) -> ImageRegion:
        hashes = {"sha256": self.receipt.input, "model": self.receipt.model}
        return ImageRegion(**{"file": "x.png", "box": BOX, **hashes, **change})


@pytest.fixture
def image(world, tmp_path) -> Image:
    return Image(world, tmp_path)


def test_a_region_with_a_receipt_passes_and_names_the_model(world, image):
    assert image.receipt.model == hashlib.sha256(b"weights").hexdigest()
    proposal = cite(image.region(), SAID)
    item = world.verify([proposal], None, image.case).kept[proposal.id]
    assert (item.source.id, item.source.title, item.source.version) == ("case", "chest-net on x.png", "3")
    assert item.source.licence == "Apache-2.0"


@pytest.mark.parametrize(
    ("change", "quote", "reason"),
    [
        ({}, SAID.replace("left", "right"), "not verbatim"),
        ({"sha256": "0" * 64}, SAID, "not the file that was read"),
        ({"model": "0" * 64}, SAID, "no receipt"),
        ({"output": 1}, SAID, "no such output"),
        ({"box": (2, 3, 8, 8)}, SAID, "another region"),
        ({"frame": 1}, SAID, "another region"),
        ({"file": "y.png"}, SAID, "no image of the case"),
    ],
)
def test_what_no_run_said_of_this_image_is_dropped(world, image, change, quote, reason):
    assert reason in why(world, cite(image.region(**change), quote), image.case)


def test_a_changed_image_is_another_image(world, image):
    image.image.write_bytes(png(10, 13))
    assert "not the file that was read" in why(world, cite(image.region(), SAID), image.case)


@pytest.mark.parametrize("box", [(2, 3, 11, 9), (2, 3, 8, 13), (8, 3, 2, 9), (-1, 3, 8, 9)])
def test_a_region_outside_the_image_is_none(world, tmp_path, box):
    image = Image(world, tmp_path, box=box)
    assert "does not lie in x.png" in why(world, cite(image.region(box=box), SAID), image.case)


def test_a_receipt_is_bound_to_both_files(world, image):
    assert read_receipt(world.services, image.receipt.model, "0" * 64) is None
    assert read_receipt(world.services, "../../etc/passwd", image.receipt.input) is None
    kept = world.services.workspace("receipts") / f"{image.receipt.model}-{image.receipt.input}.json"
    kept.write_text(kept.read_text().replace(image.receipt.input, "1" * 64))
    assert read_receipt(world.services, image.receipt.model, image.receipt.input) is None


def test_a_run_that_changes_its_own_input_leaves_no_receipt(world, image):
    def run(model: Path, of: Path) -> list[ReceiptOutput]:
        of.write_bytes(png(3, 3))
        return []

    with pytest.raises(ServiceError, match="changed while it was run"):
        run_with_receipt(world.services, image.model, image.image, run, name="n", version="1")
