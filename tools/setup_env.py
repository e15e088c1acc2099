"""Makes `.venv` and installs Bedside with everything it needs. Called by `make .venv`; runs again only when a stamp is old.

Why not one `pip install`: pip takes minutes where uv takes seconds, but uv cannot read the LZMA-packed CPU wheel of torch
that may lie in ../shared/wheels; and llama.cpp must not be built for the native CPU (gcc 12's AMX code crashes).
Written so that an old Python reads far enough to say that it is too old.

    python3 tools/setup_env.py              everything that is missing
    python3 tools/setup_env.py --only llama build llama-cpp-python again with the CMAKE_ARGS given
"""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
UV = BIN / "uv"
LOG = VENV / "setup.log"
STAMP = VENV / ".installed"
PINS = ["-c", str(ROOT / "constraints.txt")]
WHEELS = ROOT.parent / "shared" / "wheels"
SAFE_BUILD = "-DGGML_NATIVE=OFF"
NETWORK = (
    "A package index is needed once. Behind a proxy set HTTPS_PROXY, with an index of your own set PIP_INDEX_URL; "
    "without any network see docs/install.md. Then: make .venv"
)


class Failed(Exception):
    """A step that could not be done: the text says what failed and what to type."""


def new_enough(python: str) -> bool:
    test = "import sys; sys.exit(sys.version_info[:2] < (%d, %d))" % OLDEST
    try:
        return subprocess.run([python, "-c", test], stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def find_python() -> str:
    """The Python that runs this if it is new enough, else the first on the path that is."""
    for name in [sys.executable, "python3.11", "python3.12", "python3.13", "python3.14"]:
        path = shutil.which(name)
        if path and new_enough(path):
            return path
    raise Failed(
        "Bedside needs Python %d.%d or newer; this is %s and no newer one is on the PATH. "
        "Install one, then: make .venv PYTHON=python3.11" % (*OLDEST, sys.version.split()[0])
    )


def ask(env: dict, *arguments: str) -> str:
    """What the Python of .venv answers; empty where it cannot."""
    command = [str(PYTHON), *arguments]
    return subprocess.run(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, universal_newlines=True
    ).stdout


def base_env() -> dict:
    """The user's environment less what would send packages elsewhere than into .venv."""
    drop = {"PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_DRY_RUN", "PIP_NO_DEPS", "PIP_PYTHON", "PYTHONPATH", "PYTHONHOME"}
    env = {name: value for name, value in os.environ.items() if name not in drop}
    # The folder is offered besides the user's own, never instead of it.
    links = ([str(WHEELS)] if WHEELS.is_dir() else []) + env.get("PIP_FIND_LINKS", "").split()
    return {**env, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_FIND_LINKS": " ".join(links)}


def pip_settings() -> dict:
    """The pip settings from its files and from PIP_*."""
    shown = ask(base_env(), "-m", "pip", "config", "list")
    settings = {}
    for section in ("global", "install", ":env:"):  # as in pip, the later wins
        settings.update(re.findall(r"^%s\.([a-z-]+)='(.*)'$" % section, shown, re.M))
    return settings


def no_index(pip: dict) -> bool:
    return pip.get("no-index", "").lower() in ("1", "true", "yes", "on")


def uv_env() -> dict:
    """pip's settings in the words of uv, which reads none of them. What is set for uv itself wins."""
    env, pip = base_env(), pip_settings()
    words = {
        "index-url": "UV_DEFAULT_INDEX",
        "extra-index-url": "UV_INDEX",
        "cert": "SSL_CERT_FILE",
        "trusted-host": "UV_INSECURE_HOST",
    }
    if no_index(pip):
        words["find-links"] = "UV_FIND_LINKS"
        folders = [link for link in pip.get("find-links", "").split() if "://" in link or Path(link).is_dir()]
        pip["find-links"] = ",".join(folders)
    for name, uv_name in words.items():
        if pip.get(name):
            env.setdefault(uv_name, pip[name])
    return env


def run(command: list, env: dict, hint: str) -> None:
    """Run quietly into the log, with a sign of life now and then; on failure show the end of the log."""
    VENV.mkdir(exist_ok=True)
    with LOG.open("a") as log:
        log.write("\n$ %s\n" % " ".join(command))
        log.flush()
        begun, noted = time.monotonic(), 15
        process = subprocess.Popen(command, env=env, cwd=str(ROOT), stdout=log, stderr=subprocess.STDOUT)
        while process.poll() is None:
            time.sleep(0.1)
            if time.monotonic() - begun > noted:
                print("      still at it after %d s (details: .venv/setup.log)" % noted, flush=True)
                noted += 30
    if process.returncode:
        tail = LOG.read_text(errors="replace").splitlines()[-15:]
        raise Failed(
            "%s\n\nThat command failed (exit code %d): %s\n%s"
            % ("\n".join(tail), process.returncode, " ".join(command), hint)
        )


def pip_install(*what: str) -> list:
    return [str(PYTHON), "-m", "pip", "install", *what, *PINS]


def uv_install(*what: str) -> list:
    offline = ["--no-index"] if no_index(pip_settings()) else []  # uv has no variable for it
    return [str(UV), "pip", "install", "--python", str(PYTHON), *offline, *what, *PINS]


def without_index(package: str) -> str:
    """How `package` came at its pinned version without asking an index: it was there, or a folder has a ready wheel for this
    Python and machine. Empty where neither is so, which is no error."""
    env = base_env()
    for how, links in (("already there", ""), ("ready wheel", env["PIP_FIND_LINKS"])):
        if links or how == "already there":
            try:
                command = pip_install("--no-index", "--no-deps", "--only-binary", ":all:", package)
                run(command, {**env, "PIP_FIND_LINKS": links}, "")
            except Failed:
                continue
            return how
    return ""


def make_venv() -> str:
    if not new_enough(str(PYTHON)):
        python = find_python()
        shutil.rmtree(str(VENV), ignore_errors=True)  # what an older Python or a broken start left
        hint = "Debian and Ubuntu keep venv in a package of its own: sudo apt install python3-venv. Then: make .venv"
        run([python, "-m", "venv", str(VENV)], base_env(), hint)
    if not ask(base_env(), "-m", "pip", "--version"):
        run([str(PYTHON), "-m", "ensurepip", "--upgrade"], base_env(), "No pip in the venv. Type: rm -r .venv && make .venv")
    return ask(base_env(), "--version").strip()


def install_uv() -> str:
    run(pip_install("uv"), base_env(), NETWORK)
    return "by pip"


def install_torch() -> str:
    how = without_index("torch")
    if how:
        return how
    backend = os.environ.get("UV_TORCH_BACKEND")
    if not backend:
        print(
            "      no ready wheel: the default build (Linux: 4.5 GB with CUDA; UV_TORCH_BACKEND=cpu takes less)",
            flush=True,
        )
    run(uv_install("torch"), uv_env(), NETWORK)
    return "UV_TORCH_BACKEND=" + backend if backend else "default build"


def install_llama(again: bool = False) -> str:
    flags = os.environ.get("CMAKE_ARGS")
    how = "" if flags or again else without_index("llama-cpp-python")
    if how:
        return how
    compiler = os.environ.get("CXX", "c++").split()[0]
    if not any(shutil.which(name) for name in (compiler, "c++", "g++", "clang++")):
        raise Failed(
            "llama-cpp-python is built here, which needs a C++ compiler. "
            "Type: sudo apt install g++ (macOS: xcode-select --install). Then: make .venv"
        )
    print("      building it with CMAKE_ARGS='%s', some minutes" % (flags or SAFE_BUILD), flush=True)
    env = uv_env()
    env["CMAKE_ARGS"] = flags or SAFE_BUILD
    env.setdefault("CMAKE_BUILD_PARALLEL_LEVEL", str(os.cpu_count() or 2))
    # Without the cache: a build kept from other flags would be taken for this one.
    fresh = ["--no-cache", *(["--reinstall-package", "llama-cpp-python", "--no-deps"] if again else [])]
    run(uv_install(*fresh, "llama-cpp-python"), env, "The build of llama.cpp failed; see docs/install.md. Then: make .venv")
    return "built with " + env["CMAKE_ARGS"]


def install_rest() -> str:
    env = uv_env()
    env.pop("UV_TORCH_BACKEND", None)  # torch is in place; uv must not look for another build of it
    run(uv_install("-e", ".[dev]"), env, NETWORK)
    if list(VENV.glob("**/site-packages/torchvision")):
        print("      warning: torchvision is here and may break transformers. Type: .venv/bin/uv pip uninstall torchvision")
    return "constraints.txt"


def main() -> int:
    steps = [("Python", make_venv), ("uv", install_uv), ("torch", install_torch)]
    steps += [("llama-cpp-python", install_llama), ("everything else", install_rest)]
    if sys.argv[1:] == ["--only", "llama"]:
        steps = [("llama-cpp-python", lambda: install_llama(again=True))]
    elif sys.argv[1:]:
        print(__doc__, file=sys.stderr)
        return 2
    begun = time.monotonic()
    for number, (name, step) in enumerate(steps, 1):
        print("[%d/%d] %s" % (number, len(steps), name), flush=True)
        start = time.monotonic()
        try:
            how = step()
        except Failed as failed:
            print("\nSetting up stopped at '%s'.\n%s" % (name, failed), file=sys.stderr)
            return 1
        print("      done in %.1f s (%s)" % (time.monotonic() - start, how), flush=True)
    STAMP.touch()
    print("Bedside is installed in .venv (%.0f s)." % (time.monotonic() - begun))
    return 0


if __name__ == "__main__":
    sys.exit(main())
