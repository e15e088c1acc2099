"""What was typed after `bedside genomics rank`, read and checked before anything slow is done."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bedside.core.errors import BedsideError, CaseError, UsageError
from bedside.core.toolkit.references import hpo_id

if TYPE_CHECKING:
    from bedside.core import Case, CommandContext, Question, Services

    from ..rare_disease.patient.case_evidence import Subject
    from ..rare_disease.patient.findings import CaseFindings


def ids_of(option: str, given: tuple[str, ...]) -> tuple[str, ...]:
    """Comma- or space-separated ids. Raises `UsageError` for what is no HPO id."""
    written = [one for group in given for one in re.split(r"[,;\s]+", group) if one]
    ids = [id_ for one in written if (id_ := hpo_id(one))]
    wrong = [one for one in written if not hpo_id(one)]
    if wrong:
        raise UsageError(
            f"{option}: {wrong[0].upper()!r} is no HPO id", hint="ids look like HP:0001166; give names with --text"
        )
    if given and not ids:
        raise UsageError(f"{option} names no finding", hint=f"{option} HP:0001166,HP:0001083")
    return tuple(dict.fromkeys(ids))


def genes_of(given: tuple[str, ...]) -> tuple[str, ...]:
    """Symbols, from the option or from files. Raises `UsageError`."""
    out: list[str] = []
    for one in given:
        text = one
        if one.startswith("@"):
            try:
                text = Path(one[1:]).read_text(encoding="utf-8-sig")
            except OSError as error:
                raise UsageError(f"--genes {one} can't be read: {error.strerror}", hint="one symbol a line") from error
            except UnicodeDecodeError as error:
                raise UsageError(f"--genes {one} is not UTF-8 text", hint="one symbol a line") from error
        for number, line in enumerate(text.splitlines(), 1):
            symbols = [word for word in re.split(r"[,;\s]+", line) if word]
            for word in symbols:
                if not _is_symbol(word):
                    where = f"{one}, line {number} has a word that" if text is not one else repr(word)
                    raise UsageError(
                        f"--genes: {where} is no gene symbol", hint="HGNC symbols: FBN1,TGFBR2; in a file one a line"
                    )
            out += symbols
    if given and not out:
        raise UsageError("--genes names no gene", hint="--genes FBN1,TGFBR2 or --genes @panel.txt")
    return tuple(dict.fromkeys(out))


def _is_symbol(word: str) -> bool:
    from ..rare_disease.variants.variant import symbol

    try:
        return bool(symbol(word))
    except UsageError:
        return False


def question_of(
    context: CommandContext, files: tuple[str, ...], text: str, present: tuple[str, ...], absent: tuple[str, ...]
) -> Question:
    """The text with the case of the files and the ids. Raises `QuestionError` and `CaseError`."""
    from bedside.core import Question
    from bedside.core.toolkit.questions import check_question

    if text:
        check_question(text)
    case = context.case(files)
    case = case.model_copy(
        update={"phenotypes": case.phenotypes + present, "excluded_phenotypes": case.excluded_phenotypes + absent}
    )
    return Question(text=text, case=case)


def modes_of(given: tuple[str, ...]) -> tuple[str, ...]:
    """`AD,AR` as well as an option for each."""
    return tuple(one.strip() for group in given for one in re.split(r"[,;]", group))


def subject_of_all(
    context: CommandContext, files: tuple[str, ...], case: Case, asked: dict[str, Any], findings_only: bool
) -> Subject:
    """What the case says, and in its place what the options say.

    Raises `UsageError` for what makes no sense, and `CaseError`, which names one of `files`, for a record of no known shape.
    """
    from ..rare_disease.patient.case_evidence import Subject, subject_of

    try:
        told = Subject() if findings_only else subject_of(case)
    except CaseError as error:
        for file in files:
            try:
                subject_of(context.case([file]))
            except CaseError as its:
                raise CaseError(f"{Path(file).name}: {its.message}", hint=its.hint) from error
        raise
    return replace(told, **{name: value for name, value in asked.items() if value not in (None, (), False)}).checked()


def with_variants(
    known: Subject, case: Case, vcf: str | None, sample: str | None, findings_only: bool, services: Services
) -> Subject:
    """And the variants of `--vcf` and of the case's own files. One of the case's that can't be used is reported, no more:
    its findings can be ranked without it."""
    from ..rare_disease.patient.case_evidence import with_vcf

    if vcf is not None:
        known = with_vcf(known, Path(vcf), services, sample)
    for file in case.files:
        if findings_only or file.need != "vcf" or file.path is None:
            continue
        try:
            known = with_vcf(known, file.path, services)
        except BedsideError as error:
            hint = f" (try: {error.hint})" if error.hint else ""
            known = replace(known, notes=(*known.notes, f"{file.name} was not used: {error}{hint}"))
    return known


def picture_of(plot: str | None) -> Path | None:
    """Where to draw. Raises `UsageError` before anything slow when the picture could not be written."""
    if plot is None:
        return None
    target = Path(plot)
    if target.suffix.lower() not in (".svg", ".png"):
        raise UsageError(f"--plot {plot}: the name must end in .svg or .png", hint="--plot reasons.svg")
    if target.is_dir() or not target.parent.is_dir():
        raise UsageError(f"--plot {plot}: there is no such folder to write a file in", hint="--plot reasons.svg")
    return target


def check_found(read: CaseFindings) -> None:
    """Raises `BedsideError`: what was given is well formed, and yet nothing can be ranked by it."""
    if not read.observed and not read.excluded:
        told = f": {'; '.join(read.unread)}" if read.unread else ""
        raise BedsideError(f"no finding could be read{told}", hint="name findings, or give their ids: --hpo HP:0001166")
