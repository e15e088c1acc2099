"""The shape of the tree: which folder is which package, how large files are, what an import costs, what calls home."""

from __future__ import annotations

import ast
import importlib.util
import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("core", "knowledge", "plugins", "integrations")
CODE = (*PARTS, "tools", "bench", "tests", "examples")
MOST_LINES = 400

# What must not be loaded before it is used: each costs a tenth of a second to several.
HEAVY = (
    "chromadb langchain langchain_core langgraph ladybug llama_cpp lxml neo4j numpy onnxruntime openai pandas pydicom pyhpo "
    "pypgx rapidfuzz scipy sentence_transformers sklearn torch transformers"
).split()


def files(*folders: str) -> list[Path]:
    return sorted(p for f in folders for p in (ROOT / f).rglob("*.py") if "__pycache__" not in p.parts)


def in_fresh_python(code: str) -> list[str]:
    """What `code` leaves in its list `out`, run by a Python of its own."""
    done = subprocess.run(
        [sys.executable, "-c", f"import json, sys\nout = []\n{code}\nprint(json.dumps(out), file=sys.__stdout__)"],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def loaded_by(code: str) -> set[str]:
    return {name.partition(".")[0] for name in in_fresh_python(f"{code}\nout = sorted(sys.modules)")} & set(HEAVY)


def package_folders() -> set[str]:
    """Folders that hold Python files, as dotted names under `bedside`."""
    return {"bedside." + ".".join(p.parent.relative_to(ROOT).parts) for p in files(*PARTS)}


def test_setup_lists_exactly_the_package_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, object] = {}
    monkeypatch.setattr("setuptools.setup", lambda **arguments: given.update(arguments))
    monkeypatch.chdir(ROOT)
    runpy.run_path(str(ROOT / "setup.py"))
    assert set(given["packages"]) == package_folders()
    assert given["package_dir"] == {f"bedside.{part}": part for part in PARTS}


def test_every_package_is_found_and_lies_in_this_tree() -> None:
    for name in sorted(package_folders()):
        spec = importlib.util.find_spec(name)
        assert spec is not None and spec.origin is not None, f"{name} has no __init__.py or is not installed: make .venv"
        assert Path(spec.origin).resolve().parent == ROOT.joinpath(*name.split(".")[1:])


def test_no_file_is_over_the_cap() -> None:
    sizes = {str(p.relative_to(ROOT)): len(p.read_text(encoding="utf-8").splitlines()) for p in files(*CODE)}
    assert {name: lines for name, lines in sizes.items() if lines > MOST_LINES} == {}


@pytest.mark.parametrize("module", ["bedside.core", "bedside.core.engine", "bedside.core.host", "bedside.plugins.genomics"])
def test_importing_it_loads_nothing_heavy(module: str) -> None:
    assert loaded_by(f"import {module}") == set()


def test_no_module_loads_a_heavy_library_at_import() -> None:
    names = sorted(".".join(("bedside", *p.relative_to(ROOT).with_suffix("").parts)) for p in files(*PARTS))
    names = [n.removesuffix(".__init__") for n in names if not n.endswith(".__main__")]
    names.remove("bedside.knowledge.llm.langchain")  # its class derives from LangChain's; imported only by who wants that
    code = f"""
import importlib
heavy = set({HEAVY})
for name in {names}:
    before = set(sys.modules)
    importlib.import_module(name)
    out += [f"{{name}} loads {{new}}" for new in sorted((set(sys.modules) - before) & heavy)]
"""
    assert in_fresh_python(code) == []


def test_core_does_not_load_click() -> None:
    assert "click" not in in_fresh_python("import bedside.core.host.hookspecs\nout = sorted(sys.modules)")


def test_help_loads_nothing_heavy() -> None:
    code = """
import contextlib, io
from bedside.integrations.cli.main import main
sys.argv = ["bedside", "--help"]
with contextlib.redirect_stdout(io.StringIO()) as shown, contextlib.suppress(SystemExit):
    main()
assert "Usage" in shown.getvalue(), shown.getvalue()
"""
    assert loaded_by(code) == set()


def test_chroma_is_never_opened_with_telemetry() -> None:
    clients = {"PersistentClient", "HttpClient", "EphemeralClient", "Client", "AsyncHttpClient"}
    for path in files(*PARTS):
        text = path.read_text(encoding="utf-8")
        calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
        opened = [c for c in calls if isinstance(c.func, ast.Attribute) and c.func.attr in clients and "chromadb" in text]
        set_to = [k.value for c in calls for k in c.keywords if k.arg == "anonymized_telemetry"]
        assert all(isinstance(v, ast.Constant) and v.value is False for v in set_to), f"{path} turns Chroma's telemetry on"
        assert set_to or not opened, f"{path} opens Chroma without anonymized_telemetry=False"


def test_nothing_here_turns_calling_home_on() -> None:
    """No file sets a telemetry or tracing switch the wrong way, or offline mode off."""
    words = ('HF_HUB_OFFLINE="0"', 'HF_HUB_DISABLE_TELEMETRY="0"', 'TRACING="true"', "TRACING=true", "DO_NOT_TRACK=0")
    plain = [ROOT / "Makefile", ROOT / ".ci/run", ROOT / "pyproject.toml", *ROOT.glob("compose*.yaml")]
    for path in [*files(*PARTS, "tools", "bench"), *plain]:
        text = path.read_text(encoding="utf-8").replace(" ", "").replace("'", '"')
        assert not [word for word in words if word in text], path
