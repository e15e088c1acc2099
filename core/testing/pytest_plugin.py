"""pytest fixtures for plugin authors; loaded by its entry point wherever Bedside is installed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .doubles import TestServices


@pytest.fixture
def bedside_services() -> Iterator[TestServices]:
    """All services as in-memory doubles."""
    from .doubles import TestServices

    yield TestServices()
