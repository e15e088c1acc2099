"""Opening Chroma: its telemetry off, no embedding function of its own, nothing asked of the network but the given server."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bedside.core.errors import StoreError

from ..importing import with_numpy


def open_folder(path: Path) -> Any:
    """A `PersistentClient`. Raises what Chroma raises."""
    with with_numpy():
        import chromadb
        from chromadb.config import Settings

    return chromadb.PersistentClient(path=path, settings=Settings(anonymized_telemetry=False))


def parse_url(url: str) -> tuple[str, int, bool]:
    """Host, port and whether it is https. Raises `StoreError` for what is no http(s) address."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not host:
        raise StoreError(f"{url!r} is not the address of a Chroma server", hint="BEDSIDE_VECTORS_URL=http://127.0.0.1:8000")
    secure = parts.scheme == "https"
    return host, port or (443 if secure else 8000), secure


def open_server(url: str, token: str | None) -> Any:
    """An `HttpClient`. Raises `StoreError` for a bad address, else what Chroma raises."""
    host, port, secure = parse_url(url)
    with with_numpy():
        import chromadb
        from chromadb.config import Settings

    # The one header is Chroma's own token header, the other what proxies before it ask for.
    headers = {"x-chroma-token": token, "Authorization": f"Bearer {token}"} if token else None
    return chromadb.HttpClient(
        host=host, port=port, ssl=secure, headers=headers, settings=Settings(anonymized_telemetry=False)
    )


def close_client(client: Any) -> None:
    """Close it with its two connection pools, which Chroma (1.5) leaves open until they are collected."""
    servers = [getattr(owner, "_server", None) for owner in (client, getattr(client, "_admin_client", None))]
    for closing in (client, *(getattr(server, "_session", None) for server in servers)):
        with contextlib.suppress(Exception):
            closing.close()


def is_missing(error: BaseException) -> bool:
    """Whether Chroma says that there is no such collection."""
    return type(error).__name__ == "NotFoundError"


def is_panic(error: BaseException) -> bool:
    """A panic of Chroma's Rust core is a BaseException, so that `except Exception` misses it."""
    return type(error).__name__ == "PanicException"
