"""A Neo4j server through the official driver: every call bounded in time, every error one of ours."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from bedside.core.errors import StoreError

from ..call_timeout import TooLate, within

T = TypeVar("T")

READ_SECONDS = 8.0
WRITE_SECONDS = 120.0
"""For one batch; a load has as many as it needs."""
_DRIVER = {
    "connection_timeout": 3.0,
    "connection_acquisition_timeout": 4.0,
    "max_transaction_retry_time": 3.0,
    "liveness_check_timeout": 30.0,
    "keep_alive": True,
    "telemetry_disabled": True,
    "notifications_min_severity": "OFF",
}
_RUNNING = "is the server running? `make neo4j` starts one; BEDSIDE_GRAPH_URI names another"
_PASSWORD = "check BEDSIDE_GRAPH_USER and BEDSIDE_GRAPH_PASSWORD"


class ServerLost(StoreError):
    """Nobody answers, or not as a server that is up: the same call may succeed once it is back."""


class Neo4jServer:
    """A lost server is an error within seconds; the next call tries it anew."""

    def __init__(self, uri: str, *, user: str, password: str, database: str | None) -> None:
        """Raises `StoreError` when nobody answers or lets us in."""
        self.name = f"the Neo4j server {uri}"
        self._uri = uri
        self._auth = (user, password)
        self._database = database
        self._driver: Any = None
        self._closed = False
        # The driver warns of each retry; without a handler of the application's own that would go to stderr.
        logging.getLogger("neo4j").addHandler(logging.NullHandler())
        try:
            self._bounded("connect", lambda: self._connected().verify_connectivity(), READ_SECONDS)
        except BaseException:
            self.close()
            raise

    def read(self, query: str, **values: Any) -> list[list[Any]]:
        def work() -> list[list[Any]]:
            from neo4j import unit_of_work

            with self._connected().session(database=self._database) as session:
                return session.execute_read(unit_of_work(timeout=READ_SECONDS)(lambda tx: run(tx, query, **values)))

        return self._bounded("read", work, READ_SECONDS)

    def write(self, doing: str, work: Callable[[Any], T]) -> T:
        """`work(transaction)`, again for as long as the driver thinks that it may succeed."""

        def in_session() -> T:
            from neo4j import unit_of_work

            with self._connected().session(database=self._database) as session:
                return session.execute_write(unit_of_work(timeout=WRITE_SECONDS)(work))

        return self._bounded(doing, in_session, WRITE_SECONDS)

    def close(self) -> None:
        self._closed = True
        self._drop()

    def _connected(self) -> Any:
        """The driver. No lock is held: a frozen server would keep it, and a second driver made at once does no harm."""
        if self._closed:
            raise StoreError(f"{self.name} is closed")
        if self._driver is None:
            try:
                import neo4j
            except ImportError as error:
                raise StoreError("the Neo4j driver is not installed", hint="pip install 'bedside[neo4j]'") from error
            self._driver = neo4j.GraphDatabase.driver(self._uri, auth=self._auth, **_DRIVER)
        return self._driver

    def _bounded(self, doing: str, work: Callable[[], T], seconds: float) -> T:
        try:
            return within(seconds, work)
        except StoreError:
            raise
        except TooLate:
            self._drop()
            raise ServerLost(f"{self.name} did not {doing} within {seconds:.0f} s", hint=_RUNNING) from None
        except Exception as error:
            raise self._told(doing, error) from error

    def _told(self, doing: str, error: Exception) -> StoreError:
        name = type(error).__name__
        if name in ("AuthError", "TokenExpired", "Unauthorized", "Forbidden"):
            return StoreError(f"{self.name} refuses the user {self._auth[0]!r} ({name})", hint=_PASSWORD)
        if name in ("ServiceUnavailable", "SessionExpired", "OSError", "ConnectionRefusedError"):
            return ServerLost(f"{self.name} does not answer ({name})", hint=_RUNNING)
        if name in ("ConfigurationError", "ValueError"):
            return StoreError(
                f"{self._uri!r} is not the address of a Neo4j server", hint="BEDSIDE_GRAPH_URI=bolt://127.0.0.1:7687"
            )
        reason = (str(getattr(error, "message", None) or error).strip().splitlines() or [name])[0][:200]
        kind = ServerLost if name in ("TransientError", "DatabaseUnavailable") else StoreError
        return kind(f"{self.name} could not {doing}: {reason} ({name})", hint=_RUNNING)

    def _drop(self) -> None:
        """Close the driver without waiting for a server that may be frozen."""
        driver, self._driver = self._driver, None
        if driver is not None:
            with suppress(Exception):
                within(2.0, driver.close)


def run(tx: Any, query: str, **values: Any) -> list[list[Any]]:
    return tx.run(query, values).values()
