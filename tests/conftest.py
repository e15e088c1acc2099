"""Rules for the whole suite."""

from __future__ import annotations

import os

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Where CI=true everything can be had but a GPU, so that a test that is skipped there is a test that broke."""
    report = yield
    if os.environ.get("CI") == "true" and report.skipped and "gpu" not in item.keywords and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped although CI=true: {call.excinfo.value if call.excinfo else report.longrepr}"
    return report
