"""Case files: text, FHIR JSON and phenopackets are read; images and variant files are recognised for their specialists.

Every file that cannot be used raises `CaseError` with its own reason. No error contains anything of a file's content.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bedside.core.errors import CaseError
from bedside.core.evidence.case_kinds import HEAD_BYTES, CaseKind, brought, built_in, check_file
from bedside.core.reading import fhir, phenopacket
from bedside.core.reading.fhir_context.attached_text import attached_texts
from bedside.core.reading.fhir_context.versions import BEFORE_R4, DSTU2, R5, STU3, other_release
from bedside.core.types import Case, CaseFile, CaseText

from .case_patients import count_patients, patients_of

MAX_BYTES = 64 * 1024 * 1024
MAX_TEXT_CHARS = 100_000
_HEAD = HEAD_BYTES
_NUMBER = {DSTU2: "1.0", STU3: "3.0", BEFORE_R4: "3.0", R5: "5.0"}
_CLINICAL = frozenset({"resourceType", "phenotypicFeatures", "phenotypic_features"})
_TEXT_SUFFIXES = {".txt", ".md", ".text"}
_KINDS = "text (.txt, .md), FHIR R4 JSON, phenopacket JSON, VCF/BCF, DICOM, NIfTI, PNG, JPEG"


def read_case(paths: Iterable[str | Path], kinds: Sequence[CaseKind] = ()) -> Case:
    """One case from any number of files. `kinds` are those that plugins bring. Raises `CaseError` at the first file that
    can't be used."""
    case = Case()
    people: list[frozenset[str]] = []
    for path in paths:
        one = _read_one(Path(path), kinds)
        people += patients_of(one)
        case = _merge(case, one)
    if (patients := count_patients(people)) > 1:
        raise CaseError(
            f"the case files belong to {patients} patients; a case is one patient",
            hint="give one file per patient; files of one patient name the same patient id",
        )
    return case.model_copy(update={"fhir": _each_once(case.fhir), "texts": tuple(dict.fromkeys(case.texts))})


def _each_once(resources: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Without resources that the files hold more than once, word for word: an address then names one."""
    kept: dict[object, list[dict[str, Any]]] = {}
    for number, resource in enumerate(resources):
        key = (fhir.kind_of(resource), str(resource["id"])) if resource.get("id") else number
        same = kept.setdefault(key, [])
        if resource not in same:
            same.append(resource)
    return tuple(resource for same in kept.values() for resource in same)


def _read_one(path: Path, kinds: Sequence[CaseKind]) -> Case:
    first = _bytes(path, _HEAD)
    # what a specialist reads itself, from its place: such a file may be of any size
    kind = built_in(path.name, first)
    if kind is None and path.suffix.lower() not in _TEXT_SUFFIXES and (theirs := brought(path.name, first, kinds)):
        kind = None if _is_clinical_json(path, first) else theirs
    if kind is not None:
        check_file(kind, path)
        return Case(files=(CaseFile(name=path.name, kind=kind.kind, offers=kind.offers, path=path.resolve()),))
    raw = first if len(first) < _HEAD else _bytes(path, MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise CaseError(f"{path} is larger than {MAX_BYTES // 2**20} MiB")
    if b"\x00" in raw:
        raise CaseError(f"{path} is binary and not a kind of file that can be read", hint=_known(kinds))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CaseError(
            f"{path} is not UTF-8 text (byte {error.start})", hint=f"convert it: iconv -f LATIN1 -t UTF-8 {path}"
        ) from error
    if not text.strip():
        raise CaseError(f"{path} contains only white space")
    if path.suffix.lower() in _TEXT_SUFFIXES:
        if len(text) > MAX_TEXT_CHARS:
            raise CaseError(
                f"{path} has {len(text):,} characters; at most {MAX_TEXT_CHARS:,} are read", hint="split the file"
            )
        return Case(texts=(CaseText(origin=path.name, text=text),))
    if text.lstrip()[0] in "{[" or ".json" in path.name.lower():
        return _from_json(path, text)
    raise CaseError(f"{path} is not a kind of file that can be read", hint=_known(kinds))


def _known(kinds: Sequence[CaseKind]) -> str:
    return f"known kinds: {', '.join((_KINDS, *(kind.what for kind in kinds)))}"


def _is_clinical_json(path: Path, first: bytes) -> bool:
    """Is it a FHIR resource or a phenopacket, or a broken one? No plugin may take these from the reader."""
    if not first.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"[")):
        return False
    raw = _bytes(path, MAX_BYTES + 1)
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        return any(f'"{name}"'.encode() in raw for name in _CLINICAL)
    return isinstance(data, dict) and ("resourceType" in data or bool(phenopacket.form_of(data)))


def _bytes(path: Path, most: int) -> bytes:
    """At most `most` bytes of the file, unpacked when gzipped."""
    try:
        if path.is_dir():
            raise CaseError(f"{path} is a folder", hint="name the files in it: --case FILE --case FILE")
        with path.open("rb") as file:
            raw = file.read(most)
    except FileNotFoundError:
        raise CaseError(f"{path} does not exist", hint="check the path given to --case") from None
    except OSError as error:
        raise CaseError(f"{path} can't be read: {error.strerror}") from error
    if not raw:
        raise CaseError(f"{path} is empty")
    if raw[:2] == b"\x1f\x8b":
        try:
            with gzip.open(path) as file:
                raw = file.read(most)
        except (OSError, EOFError, zlib.error) as error:
            raise CaseError(f"{path} is truncated or not valid gzip") from error
        if not raw:
            raise CaseError(f"{path} is empty after decompression")
    return raw


def _from_json(path: Path, text: str) -> Case:
    try:
        data = json.loads(text)
    except RecursionError:
        raise CaseError(f"{path} is nested too deeply to be a case") from None
    except ValueError as error:
        line = getattr(error, "lineno", "?")
        at_end = "Unterminated" in str(error) or getattr(error, "pos", 0) >= len(text.rstrip()) - 1
        why = "is truncated" if at_end else "is not valid JSON"
        raise CaseError(f"{path} {why} (line {line})") from error
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise CaseError(f"{path} contains half of a surrogate pair, so it is not Unicode text") from None
    if not isinstance(data, dict):
        raise CaseError(f"{path} is JSON but not a FHIR resource or phenopacket", hint=f"known kinds: {_KINDS}")
    if "resourceType" in data:
        return _fhir(path, data)
    form = phenopacket.form_of(data)
    if form == "phenopacket":
        return _phenopacket(path, data)
    if form:
        whose = "proband" if form == "family" else "patient"
        raise CaseError(
            f"{path} is a GA4GH {form.capitalize()} of several people; a case is one patient's",
            hint=f"give the {whose}'s phenopacket alone",
        )
    raise CaseError(f"{path} is JSON but not a FHIR resource or phenopacket", hint=f"known kinds: {_KINDS}")


def _fhir(path: Path, data: dict[str, Any]) -> Case:
    if data["resourceType"] != "Bundle":
        _refuse_other_releases(path, [data])
        return _with_texts((data,))
    try:
        resources = fhir.of_bundle(data)
    except TypeError as error:
        raise CaseError(f"{path}: {error}") from None
    if not resources:
        raise CaseError(f"{path} is a Bundle without resources")
    patients = len(list(fhir.of_kind(resources, "Patient")))
    if patients > 1:
        raise CaseError(f"{path} contains {patients} patients; a case is one patient's", hint="give one file per patient")
    _refuse_other_releases(path, resources)
    return _with_texts(tuple(resources))


def _refuse_other_releases(path: Path, resources: Sequence[dict[str, Any]]) -> None:
    """Raises `CaseError` for FHIR of another release than R4: its elements mean other things there."""
    for resource in resources:
        if release := other_release(resource):
            raise CaseError(
                f"{path} is FHIR {release}; R4 (4.0.1) is read",
                hint="ask the server for R4 (Accept: application/fhir+json; fhirVersion=4.0), or convert it with HL7's "
                f"validator: java -jar validator_cli.jar {path.name} -version {_NUMBER[release]} -to-version 4.0 "
                "-output r4.json",
            )


def _with_texts(resources: tuple[dict[str, Any], ...]) -> Case:
    """The resources, and the plain texts that are attached to them."""
    texts = tuple(CaseText(origin=reference, text=text) for reference, text in attached_texts(resources))
    return Case(fhir=resources, texts=texts)


def _phenopacket(path: Path, data: dict[str, Any]) -> Case:
    try:
        features = phenopacket.features_of(data)
    except ValueError as error:
        raise CaseError(f"{path}: {error}") from None
    return Case(
        phenotypes=tuple(f.id for f in features if not f.excluded),
        excluded_phenotypes=tuple(f.id for f in features if f.excluded),
        phenopackets=(data,),
    )


def _merge(a: Case, b: Case) -> Case:
    return Case(**{name: getattr(a, name) + getattr(b, name) for name in Case.model_fields})
