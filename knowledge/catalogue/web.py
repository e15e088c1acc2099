"""HTTPS for `knowledge pull`, and for nothing else: the only module of Bedside that contacts other machines, and only when
asked.

Redirects are followed by hand, so that each step is checked: https, or http from one loopback address to another.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from bedside.core.errors import SourceError
from bedside.core.host.registered import is_loopback

from ..importing import IMPORTS

if TYPE_CHECKING:
    import httpx

_REDIRECTS = 5
_TRIES = 5
_LONGEST_WAIT_S = 60.0
_SMALL = 8 * 2**20
"""Bytes of a checksum file or a folder's page at most; the longest known (PubMed's baseline) is under 1 MiB."""


class Passing(Exception):
    """A fault that may pass: a lost connection, 429, 5xx. `wait` is what the server asked for, in seconds."""

    def __init__(self, text: str, wait: float = 0.0) -> None:
        super().__init__(text)
        self.wait = wait


class Web:
    """An HTTP client with the rules of this module. `sleep` and the time-outs are for tests."""

    def __init__(
        self, *, sleep: Callable[[float], None] = time.sleep, timeout: float = 30.0, tries: int = _TRIES, pause: float = 0.5
    ) -> None:
        with IMPORTS:
            import httpx
        self._httpx = httpx
        self._sleep = sleep
        self.tries = tries
        self._pause = pause
        # The environment's proxies are honoured: a hospital often has no other way out.
        self._client = httpx.Client(timeout=timeout, follow_redirects=False, headers={"User-Agent": "bedside"})

    def close(self) -> None:
        self._client.close()

    @contextlib.contextmanager
    def open(self, url: str, headers: dict[str, str]) -> Iterator[httpx.Response]:
        """The answer to a GET, its body not yet read. Raises `Passing`, or SourceError where trying again is no use."""
        with contextlib.ExitStack() as stack:
            here, steps = url, 0
            while True:
                check_url(here, url)
                answer = stack.enter_context(self._faults(here, headers))
                if not answer.has_redirect_location:
                    break
                steps += 1
                if steps > _REDIRECTS:
                    raise SourceError(f"{url} redirects endlessly")
                with contextlib.suppress(ValueError):  # an address that is none stays as it is, and is refused
                    here = urljoin(here, answer.headers["location"])
            _check_status(answer, url)
            try:
                yield answer
            except self._httpx.TransportError as error:
                raise Passing(f"the connection to {_host(here)} was lost ({type(error).__name__})") from error

    def small(self, url: str, what: str) -> bytes:
        """The whole of a small file, tried again as often as a large one."""

        def get() -> bytes:
            body = bytearray()
            with self.open(url, {"Accept-Encoding": "identity"}) as answer:
                for piece in answer.iter_bytes():
                    body += piece
                    if len(body) > _SMALL:
                        raise SourceError(f"{what} at {url} is larger than {_SMALL // 2**20} MiB")
            return bytes(body)

        return self.again(get)

    def again(self, work: Callable[[], Any], moved: Callable[[], int] = lambda: 0) -> Any:
        """`work`, tried again after each `Passing` fault; tries start anew whenever `moved()` has grown meanwhile."""
        left, at = self.tries, moved()
        while True:
            try:
                return work()
            except Passing as fault:
                if moved() > at:
                    left, at = self.tries, moved()
                left -= 1
                if left <= 0:
                    raise SourceError(
                        f"{fault}, {self.tries} times in a row", hint="run the same command again: it resumes"
                    ) from fault
                wait = fault.wait or self._pause * 2 ** (self.tries - left - 1)
                self._sleep(min(wait, _LONGEST_WAIT_S))

    @contextlib.contextmanager
    def _faults(self, url: str, headers: dict[str, str]) -> Iterator[httpx.Response]:
        try:
            stream = self._client.stream("GET", url, headers=headers)
            answer = stream.__enter__()
        except self._httpx.TransportError as error:
            if isinstance(error, self._httpx.UnsupportedProtocol | self._httpx.ProxyError):
                raise SourceError(f"{url} can't be reached: {type(error).__name__}") from error
            raise Passing(f"no connection to {_host(url)} ({type(error).__name__})") from error
        except self._httpx.InvalidURL as error:
            raise SourceError(f"{url} is not a URL") from error
        try:
            yield answer
        finally:
            stream.__exit__(None, None, None)


def check_url(url: str, first: str) -> None:
    """SourceError unless `url` is https, or http on this machine asked for by an address on this machine."""
    here, start = urlsplit(url), urlsplit(first)
    if here.scheme == "https" and here.hostname:
        return
    if here.scheme == "http" and is_loopback(here.hostname or "") and is_loopback(start.hostname or ""):
        return
    via = f"{first} leads to {url}, which" if url != first else url
    raise SourceError(f"{via} is not https", hint="report it to whoever supplied the source; nothing was fetched from there")


def _check_status(answer: httpx.Response, url: str) -> None:
    code = answer.status_code
    if code == 429 or code >= 500:
        raise Passing(f"{_host(url)} answers {code}", _retry_after(answer))
    if code in (404, 410):
        raise SourceError(f"{url} is not there ({code})", hint="the release may have been replaced: bedside knowledge list")
    if code not in (200, 206, 304, 416):
        raise SourceError(f"{url} answers {code}")


def _retry_after(answer: httpx.Response) -> float:
    value = answer.headers.get("retry-after", "")
    return float(value) if value.isdigit() else 0.0


def _host(url: str) -> str:
    return urlsplit(url).hostname or url
