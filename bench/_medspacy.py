"""medspaCy with its default rules on the notes of standard input; run by `reading.py` in a Python that has it.

Each finding is given to it as a literal target, so that only the judgement is compared, not the names that are known.
One line of JSON: {"read": {"ID:START": {"negated": …, "relative": …, "uncertain": …, "past": …}}, "seconds": …,
"version": …}.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from typing import Any

STATUSES = ("present", "absent", "past", "not_patient", "uncertain", "not_present")


def main() -> None:
    logging.disable(logging.CRITICAL)
    from importlib.metadata import version

    import medspacy
    from medspacy.ner import TargetRule

    given = json.loads(sys.stdin.read())
    nlp = medspacy.load()
    names = {f["text"].lower() for note in given["notes"] for s in STATUSES for f in note["expect"].get(s, ())}
    nlp.get_pipe("medspacy_target_matcher").add([TargetRule(name, "FINDING") for name in sorted(names)])
    read: dict[str, dict[str, Any]] = {}
    for note in given["notes"]:
        for entity in nlp(note["text"]).ents:
            read[f"{note['id']}:{entity.start_char}"] = {
                "negated": entity._.is_negated,
                "relative": entity._.is_family,
                "uncertain": entity._.is_uncertain or entity._.is_hypothetical,
                "past": entity._.is_historical,
            }
    nlp(given["long"])
    best = min(_timed(lambda: nlp(given["long"])) for _ in range(5))
    print(json.dumps({"read": read, "seconds": best, "version": version("medspacy")}))


def _timed(run: Any) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
