"""One heavy import at a time.

Two threads that import packages with common parts (numpy, pydantic) can each see the other's half of them: the import system
breaks the deadlock by handing out modules that are not finished, and numpy never recovers from that. So whoever imports a
heavy library does it under this lock, also while a model's own lazy imports run.
"""

from __future__ import annotations

import threading

IMPORTS = threading.RLock()
