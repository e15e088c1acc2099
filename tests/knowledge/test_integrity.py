"""A store that was deleted is told by status, and the same load heals it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from bedside.core.config import load_config
from bedside.integrations.app import file_source, open_app, source_states

LINES = [
    {"id": "1", "title": "Codeine", "text": "Codeine is an opioid that CYP2D6 turns into morphine."},
    {"id": "2", "title": "Warfarin", "text": "Warfarin is a vitamin K antagonist."},
]


@pytest.mark.slow
@pytest.mark.parametrize(("gone", "told"), [("words", "word index"), ("chroma", "passages"), ("", "")])
def test_what_a_store_lost_is_told_and_loaded_again(tmp_path: Path, gone: str, told: str) -> None:
    note = tmp_path / "notes.jsonl"
    note.write_text("\n".join(map(json.dumps, LINES)))
    config = load_config(tmp_path / "home", env={"BEDSIDE_LLM_ENABLED": "0"})
    with open_app(config, "write") as app:
        app.load(file_source(note, "notes"))
    if gone:
        shutil.rmtree(tmp_path / "home" / "stores" / "1" / gone)
    with open_app(config) as app:
        (state,) = [one for one in source_states(app) if one.id == "notes"]
    assert [w for w in state.warnings if "no longer hold" in w] == (
        [f"the stores no longer hold its {told}; type: the command that loaded it"] if gone else []
    )
    with open_app(config, "write") as app:
        app.load(file_source(note, "notes"))
    with open_app(config) as app:
        (state,) = [one for one in source_states(app) if one.id == "notes"]
        assert not [w for w in state.warnings if "no longer hold" in w]
        assert app.services.search.find("vitamin K antagonist", 1).hits[0].passage.doc_id == "2"
