"""The process in which `check_plugin` checks an installed plugin: `python -m bedside.core.testing.check_child FD JSON`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def main(descriptor: int, wanted: Mapping[str, Any]) -> None:
    """Writes lines of JSON to `descriptor`: what is being done, and at last the report."""
    sys.path[:] = wanted["path"]
    os.set_inheritable(descriptor, False)
    from ..errors import BedsideError
    from ..host import PluginHost, installed
    from .check_steps import Steps

    def send(said: Mapping[str, Any]) -> None:
        os.write(descriptor, json.dumps(said).encode() + b"\n")

    name = wanted["plugin"]
    problems: list[str] = []
    host = PluginHost()
    send({"doing": "importing it and calling its hooks"})
    try:
        host = PluginHost.load(deny={c.name for c in installed()} - {name})
    except BedsideError as error:
        problems.append(str(error))
    if wanted["beside"] is not None:
        send({"doing": "importing it beside the other plugins"})
        problems += _beside(name, *wanted["beside"], alone={i.reason for i in host.failed})
    pulled = {id_: Path(folder) for id_, folder in wanted["pulled"].items()}
    report = Steps(name, host, pulled, lambda doing: send({"doing": doing})).report()
    send({"checked": report.checked, "problems": [*problems, *report.problems], "remarks": report.remarks})
    os._exit(0)  # whatever the plugin left running


def _beside(name: str, allow: Any, deny: Any, *, alone: set[str]) -> list[str]:
    from ..errors import BedsideError
    from ..host import PluginHost

    try:
        infos = PluginHost.load(allow, deny).failed
    except BedsideError as error:
        return [str(error)]
    mine = [i for i in infos if i.name == name or i.name.startswith(f"{name} (")]
    return [f"beside the other plugins: {i.reason}" for i in mine if i.reason not in alone]


if __name__ == "__main__":
    main(int(sys.argv[1]), json.loads(sys.argv[2]))
