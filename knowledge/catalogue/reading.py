"""How pulled files become records: each entry names its files and the reader that takes them."""

from __future__ import annotations

import importlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bedside.core.errors import SourceError
from bedside.core.host.registered import Skip

if TYPE_CHECKING:
    from bedside.core.types import Record

    from ..readers.read_session import Reader


class DocumentFiles:
    """The `read` of a source whose files are read each by itself: those whose name matches `pattern`, by the reader of
    that name in `readers.READERS`, or `module:function` of the catalogue. A zip is gone through member by member.
    """

    def __init__(self, source_id: str, *kinds: tuple[str, str]) -> None:
        """`kinds` are (pattern, reader)."""
        self._source_id, self._kinds = source_id, kinds
        self._skipped: Sequence[Skip] = ()

    def __call__(self, folder: Path) -> Iterator[Record]:
        from ..readers.archive_members import is_archive, items
        from ..readers.read_session import Run

        run = Run(self._source_id)
        self._skipped = run.skipped
        # names that do not match are parts of a pull and licences in archives, not data: left out without a word
        paths = [path for path in sorted(folder.iterdir(), reverse=True) if path.is_file() and self._takes(path.name)]
        many = len(paths) > 1 or any(is_archive(path.name) for path in paths)
        read = 0
        try:
            for item in (item for path in paths for item in items(path, run.skip)):
                reader = self._reader(item.name)
                if reader is None:
                    continue
                try:
                    with item.open() as stream:
                        for record in reader(item, stream, run):
                            read += 1
                            yield record
                except SourceError as error:
                    if not many:
                        raise
                    run.skip("file", item.where, error.message.removeprefix(item.where).strip())
        finally:
            run.close()
        if not read:
            first = f" ({run.skipped[0].where}: {run.skipped[0].reason})" if run.skipped else ""
            raise SourceError(
                f"{folder} contains nothing that {self._source_id} is read from{first}",
                hint=f"bedside knowledge pull {self._source_id}",
            )

    def skipped(self) -> Sequence[Skip]:
        return self._skipped

    def _takes(self, name: str) -> bool:
        return name.endswith(".zip") or any(re.search(pattern, name) for pattern, _ in self._kinds)

    def _reader(self, name: str) -> Reader | None:
        from ..readers import READERS

        for pattern, reader in self._kinds:
            if re.search(pattern, name):
                module, _, function = reader.partition(":")
                return getattr(importlib.import_module(f"{__package__}.{module}"), function) if function else READERS[reader]
        return None


class Tables:
    """The `read` of a source of the starter, from newer files than its package has. `records(folder, counter)` yields."""

    def __init__(self, records: Callable[[Path, Counter[str]], Iterator[Record]], where: str) -> None:
        self._records, self._where = records, where
        self._counter: Counter[str] = Counter()

    def __call__(self, folder: Path) -> Iterator[Record]:
        self._counter = Counter()
        yield from self._records(folder, self._counter)

    def skipped(self) -> Sequence[Skip]:
        return [Skip("line", self._where, f"{n:,} with a wrong {what}") for what, n in self._counter.most_common()]


class Folder:
    """The `read` of a source whose files are read together: `function(folder, run)`, given as `module:function`, of a module
    of readers or by its whole name."""

    def __init__(self, source_id: str, function: str) -> None:
        self._source_id, self._function = source_id, function
        self._skipped: Sequence[Skip] = ()

    def __call__(self, folder: Path) -> Iterator[Record]:
        from .. import readers
        from ..readers.read_session import Run

        module, _, name = self._function.partition(":")
        run = Run(self._source_id)
        self._skipped = run.skipped
        try:
            whole = module if "." in module else f"{readers.__name__}.{module}"
            yield from getattr(importlib.import_module(whole), name)(folder, run)
        finally:
            run.close()

    def skipped(self) -> Sequence[Skip]:
        return self._skipped


class OneOf:
    """The `read` of a source that comes in two forms: `first` where the file `name` is there, else `other`."""

    def __init__(self, name: str, first: DocumentFiles, other: Folder) -> None:
        self._name, self._first, self._other = name, first, other
        self._latest: DocumentFiles | Folder = first

    def __call__(self, folder: Path) -> Iterator[Record]:
        self._latest = self._first if (folder / self._name).is_file() else self._other
        return self._latest(folder)

    def skipped(self) -> Sequence[Skip]:
        return self._latest.skipped()
