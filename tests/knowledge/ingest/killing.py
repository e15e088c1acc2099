"""Run by `test_kills.py` in a process of its own: loads in child processes, which are killed at random moments.

python killing.py FOLDER ROUNDS SEED   one JSON line a round: {"killed_after": s, "equal": bool, "resumed": bool}
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import chromadb  # noqa: F401  here once, not in each child
import conftest as tests
from bedside.core.errors import StoreError
from bedside.knowledge.ingest import load, recover

OLD = {"ident": "one", "passages": 400, "edges": 30, "version": "1"}
NEW = {"ident": "one", "passages": 6000, "edges": 40, "version": "2"}


def in_child(home: Path, what: str, kill_after: float | None = None) -> float:
    """Load (`old`, `new`) or only `look`; what is seen then is written beside `home`. How long it took once it had begun."""
    ready, begin = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            kit = tests.Kit(home)
            os.write(begin, b"x")
            if what == "look":
                recover(kit.stores)
            else:
                load(tests.source(**(OLD if what == "old" else NEW)), kit.stores)
            home.with_suffix(".seen").write_text(repr((kit.seen(), stored(kit, what))))
            kit.close()
            code = 0
        except BaseException:
            traceback.print_exc()  # the parent only says what failed
        finally:
            os._exit(code)
    os.close(begin)
    os.read(ready, 1)
    os.close(ready)
    began = time.monotonic()
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    elif os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
        raise SystemExit(f"{what} failed in {home}")
    return time.monotonic() - began


def stored(kit: tests.Kit, what: str) -> object:
    """A kill can tear the index that is being staged, which nobody reads: that one can't be counted before the next load."""
    try:
        return kit.stored()
    except StoreError:
        if what != "look" or not kit.stores.journal.entries():
            raise
        return "torn"


def seen(home: Path, what: str) -> str:
    in_child(home, what)
    return home.with_suffix(".seen").read_text()


def main(folder: Path, rounds: int, seed: int) -> None:
    chance = random.Random(seed)
    base, clean = folder / "base", folder / "clean"
    old = seen(base, "old")
    shutil.copytree(base, clean)
    whole = in_child(clean, "new")
    new = seen(clean, "look")
    for number in range(rounds):
        home = folder / f"round{number}"
        shutil.copytree(base, home)
        after = chance.uniform(0.01, 0.95) * whole
        in_child(home, "new", kill_after=after)
        resumed = any((home / "staging").glob("*/journal.json"))
        between = seen(home, "look")  # either release, never a mixture
        told = {
            "killed_after": round(after, 3),
            "resumed": resumed,
            "either": facts(between) in (facts(old), facts(new)),
            "equal": seen(home, "new") == new,
        }
        print(json.dumps(told), flush=True)
        shutil.rmtree(home)


def facts(text: str) -> str:
    """What was seen without the nodes and the counts: a node that only the new release has may be there already."""
    return text.partition("'nodes': ")[0]


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
