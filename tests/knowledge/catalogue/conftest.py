"""A real HTTP server on loopback that can be told to misbehave."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from bedside.core.host.registered import RemoteFile
from bedside.knowledge.catalogue.web import Web


@dataclass
class Behaviour:
    """How one path is served. `drops` are byte counts after which the connection is cut, one for each request."""

    body: bytes = b""
    etag: str = '"v1"'
    drops: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    ranges: bool = True
    length: int | None = None
    stated: bool = True
    location: str = ""
    retry_after: str = ""
    slow: float = 0.0
    encoding: str = ""


class Server:
    """`serve[path]` is its behaviour, `asked` what came: (path, Range, If-Range)."""

    def __init__(self) -> None:
        self.serve: dict[str, Behaviour] = {}
        self.asked: list[tuple[str, str, str]] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                owner.answer(self)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def file(self, name: str, body: bytes, **how: object) -> RemoteFile:
        """Serve `body` and give its catalogue entry, with its hash."""
        self.serve[f"/{name}"] = Behaviour(body=body, **how)  # type: ignore[arg-type]
        return RemoteFile(name, f"{self.url}/{name}", sha256=hashlib.sha256(body).hexdigest(), size=len(body))

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        span = request.headers.get("Range", "")
        condition = request.headers.get("If-Range", "")
        self.asked.append((request.path, span, condition))
        request.close_connection = True
        how = self.serve.get(request.path)
        if how is None:
            request.send_error(404)
            return
        if how.statuses:
            request.send_response(how.statuses.pop(0))
            if how.retry_after:
                request.send_header("Retry-After", how.retry_after)
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        if how.location:
            request.send_response(302)
            request.send_header("Location", how.location)
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        if request.headers.get("If-None-Match") == how.etag:
            request.send_response(304)
            request.end_headers()
            return
        begin = int(re.sub(r"\D", "", span) or 0) if how.ranges and condition in ("", how.etag) else 0
        if begin >= len(how.body) > 0:
            request.send_response(416)
            request.send_header("Content-Range", f"bytes */{len(how.body)}")
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        rest = how.body[begin:]
        request.send_response(206 if begin else 200)
        if how.etag:
            request.send_header("ETag", how.etag)
        if begin:
            request.send_header("Content-Range", f"bytes {begin}-{len(how.body) - 1}/{len(how.body)}")
        if how.encoding:
            request.send_header("Content-Encoding", how.encoding)
        if how.stated:
            request.send_header("Content-Length", str(len(rest) if how.length is None else how.length))
        else:
            request.send_header("Connection", "close")
        request.end_headers()
        if how.drops:
            rest = rest[: how.drops.pop(0)]
        try:
            if how.slow:
                for at in range(0, len(rest), 2**16):
                    request.wfile.write(rest[at : at + 2**16])
                    threading.Event().wait(how.slow)
            else:
                request.wfile.write(rest)
            request.wfile.flush()
        except OSError:
            pass  # the client cut it off


@pytest.fixture
def server() -> Iterator[Server]:
    one = Server()
    yield one
    one.stop()


@pytest.fixture
def waits() -> list[float]:
    """The pauses that were taken, which no test waits for."""
    return []


@pytest.fixture
def web(waits: list[float]) -> Iterator[Web]:
    one = Web(sleep=waits.append, timeout=5.0)
    yield one
    one.close()
