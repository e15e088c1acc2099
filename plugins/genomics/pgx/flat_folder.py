"""The files of a source side by side in one folder, whatever folders they lie in."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from bedside.core.errors import SourceError
from bedside.core.toolkit.atomic_files import aside_of
from bedside.core.types import content_id

if TYPE_CHECKING:
    from bedside.core import Services
    from bedside.core.types import SourceFiles


def flat_folder(files: SourceFiles, services: Services) -> Path:
    """A folder in which every file has the name that the source gives it: its own, where they lie so, else one of links.

    Raises `SourceError` when it can't be made.
    """
    folders = {path.parent for path in files.paths.values()}
    if len(folders) == 1 and all(path.name == name for name, path in files.paths.items()):
        return folders.pop()
    places = sorted((name, str(path.resolve())) for name, path in files.paths.items())
    folder = services.workspace("genomics") / content_id("files", files.id, places)
    if not folder.is_dir():
        aside = aside_of(folder)
        try:
            aside.mkdir()
            for name, path in places:
                (aside / name).symlink_to(path)
            aside.rename(folder)
        except OSError as error:
            shutil.rmtree(aside, ignore_errors=True)
            if not folder.is_dir():  # else another process was faster
                raise SourceError(
                    f"the files of {files.id} could not be laid side by side: {error.strerror}",
                    hint=f"bedside knowledge pull {files.id}",
                ) from error
    return folder
