"""The version of the installed package."""

from __future__ import annotations


def bedside_version() -> str:
    """As its metadata says; `unknown` where Bedside runs without having been installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("bedside")
    except PackageNotFoundError:
        return "unknown"
