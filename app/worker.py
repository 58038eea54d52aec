"""gunicorn's threaded worker, hardened: neither silent nor slow clients hold a thread; refusals are problem documents.

Knows sockets and gunicorn's worker; knows nothing of Flask or of what is served.
"""

import contextlib
import json
import logging
import re
import selectors
import socket
import struct
import time
import uuid
from functools import partial
from typing import Any, NamedTuple

from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.http import errors
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn, ThreadWorker

logger = logging.getLogger(__name__)

IDLE_SECONDS = 15.0
REQUEST_SECONDS = 10.0
REST_SECONDS = 5.0
SEND_SECONDS = 20
HANDICAP_SECONDS = 0.0001
MOST_HANDICAPS = 10
LARGEST_HEAD = 128 * 1024
LARGEST_BODY = 64 * 1024
_READ_BYTES = 1 << 16
_HEAD_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,6})[ \t]*\r\n", re.IGNORECASE)
_AWAITED = re.compile(rb"\r\nexpect:", re.IGNORECASE)


class Refusal(NamedTuple):
    """What is answered to a request that cannot be read."""

    status: int
    title: str


_BAD = Refusal(400, "Bad Request")
_FAULT = Refusal(500, "Internal Server Error")
_REFUSALS = {
    errors.LimitRequestLine: Refusal(414, "URI Too Long"),
    errors.LimitRequestHeaders: Refusal(431, "Request Header Fields Too Large"),
    errors.ExpectationFailed: Refusal(417, "Expectation Failed"),
    errors.UnsupportedTransferCoding: Refusal(501, "Not Implemented"),
    errors.InvalidResponseHeader: _FAULT,
    errors.InvalidResponseHeaderName: _FAULT,
}


class TooSlow(errors.NoMoreData):  # type: ignore[misc]
    """The rest of a request does not arrive in time: of its head, gunicorn closes; of its body, the app refuses it."""


class TimedUnreader(SocketUnreader):  # type: ignore[misc]
    """Reads the rest of a request within its time and size, whatever the pace of its bytes."""

    def begin(self, arrived: bytes) -> None:
        """Start the clock, with what has arrived already."""
        self._deadline = time.monotonic() + REST_SECONDS
        self._left: int | None = LARGEST_HEAD
        self.unread(arrived)

    def begin_body(self) -> None:
        """Leave the size to the app from now on."""
        self._left = None

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return the next bytes.

        Raises
        ------
        TooSlow
            If none come before the deadline.
        LimitRequestHeaders
            If the head grows too large.
        """
        self.sock.settimeout(max(self._deadline - time.monotonic(), 0.001))
        try:
            data: bytes = super().chunk(size_hint)
        except TimeoutError:
            raise TooSlow from None
        finally:
            self.sock.setblocking(True)
        if self._left is not None:
            self._left -= len(data)
            if self._left < 0:
                raise errors.LimitRequestHeaders("the head of the request is too large")
        return data


class Connection(TConn):  # type: ignore[misc]
    """A connection that gathers a request before a thread is given to it."""

    arrived = b""

    def gather(self) -> bool:
        """Take what has arrived; tell whether a thread can go on without waiting.

        Raises
        ------
        OSError
            If the client is gone.
        """
        data = self.sock.recv(_READ_BYTES)
        if not data:
            raise ConnectionResetError
        if not self.arrived:
            self.timeout = time.monotonic() + REQUEST_SECONDS
        self.arrived += data
        return is_whole(self.arrived)

    def init(self) -> None:
        """Prepare to read a request."""
        super().init()
        if not isinstance(self.parser.unreader, TimedUnreader):
            self.parser.unreader = TimedUnreader(self.sock)
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("@ll", SEND_SECONDS, 0))
        self.parser.unreader.begin(self.arrived)
        self.arrived = b""


class Worker(ThreadWorker):  # type: ignore[misc]
    """Threads are given only to requests that have arrived; the poller waits for the others, however many."""

    def accept(self, listener: socket.socket) -> None:
        """Take a connection and wait for its request; who has fewer connections is quicker, so none has all."""
        time.sleep(min(self.nr_conns, MOST_HANDICAPS) * HANDICAP_SECONDS)
        try:
            client, address = listener.accept()
        except OSError:
            return
        self.nr_conns += 1
        connection = Connection(self.cfg, client, address, listener.getsockname())
        connection.timeout = time.monotonic() + IDLE_SECONDS
        self._await(connection)

    def on_client_socket_readable(self, conn: Connection, client: socket.socket) -> None:
        """Gather the next request of a connection that was kept."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._await(conn)
        self.on_pending_socket_readable(conn, client)

    def on_pending_socket_readable(self, conn: Connection, client: socket.socket) -> None:
        """Gather what has arrived, and answer where that is a request."""
        try:
            whole = conn.gather()
        except BlockingIOError:
            return
        except OSError:
            self._drop(conn)
            return
        if whole:
            self.poller.unregister(client)
            self.pending_conns.remove(conn)
            conn.data_ready = True
            self.enqueue_req(conn)

    def murder_pending(self) -> None:
        """Close connections whose request does not arrive in time."""
        now = time.monotonic()
        for connection in [each for each in self.pending_conns if each.timeout <= now]:
            self._drop(connection)

    def handle(self, conn: Connection) -> Any:  # noqa: ANN401
        """Read a request and answer it."""
        if conn.initialized:
            conn.sock.setblocking(True)
            conn.parser.unreader.begin(conn.arrived)
            conn.arrived = b""
        return super().handle(conn)

    def handle_request(self, req: Any, conn: Connection) -> Any:  # noqa: ANN401
        """Answer a request."""
        conn.parser.unreader.begin_body()
        return super().handle_request(req, conn)

    def handle_error(self, req: object, client: socket.socket, addr: object, exc: Exception) -> None:
        """Refuse what is no request in the form of every refusal; nothing of it is repeated or logged."""
        otherwise = _BAD if isinstance(exc, errors.ParseException) else _FAULT
        refusal = next((found for kind, found in _REFUSALS.items() if isinstance(exc, kind)), otherwise)
        number = uuid.uuid4().hex
        if refusal is _FAULT:
            logger.error("request %s failed outside the app: %s", number, type(exc).__name__)
        else:
            logger.info("request %s is none: %s", number, type(exc).__name__)
        with contextlib.suppress(OSError):  # the client may be gone
            client.sendall(problem(refusal, number))

    def _await(self, conn: Connection) -> None:
        """Wait for a connection's bytes in the poller."""
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def _drop(self, conn: Connection) -> None:
        """Close a connection that waits in the poller."""
        self.poller.unregister(conn.sock)
        self.pending_conns.remove(conn)
        self.nr_conns -= 1
        conn.close()

    def _cap_keepalive(self, deadline: float) -> None:
        """Let a stopping worker wait no longer for connections that have sent nothing."""
        super()._cap_keepalive(deadline)
        for connection in self.pending_conns:
            if not connection.arrived:
                connection.timeout = min(connection.timeout, deadline)


class ForwardedLog(Logger):  # type: ignore[misc]
    """What gunicorn says goes where all logs go."""

    def setup(self, cfg: Config) -> None:
        """Leave handlers and format to the root of all logs."""
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            log.handlers.clear()
            log.propagate = True


def is_whole(arrived: bytes) -> bool:
    """Tell whether a request can be read without waiting for its client, or is too large to be gathered."""
    end = arrived.find(_HEAD_END)
    if end < 0:
        return len(arrived) > LARGEST_HEAD
    head = arrived[: end + 2]
    length = _LENGTH.search(head)
    if length is None or _AWAITED.search(head):
        return True
    return len(arrived) - end - len(_HEAD_END) >= min(int(length.group(1)), LARGEST_BODY)


def problem(refusal: Refusal, number: str) -> bytes:
    """Return the whole answer that refuses a request and closes its connection."""
    detail = "The request could not be read." if refusal.status < 500 else "The server failed."
    fields = {"type": "about:blank", "title": refusal.title, "status": refusal.status, "detail": detail}
    body = json.dumps({**fields, "request_id": number}).encode() + b"\n"
    head = (
        f"HTTP/1.1 {refusal.status} {refusal.title}\r\n"
        "Connection: close\r\nContent-Type: application/problem+json\r\n"
        "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
        f"X-Request-ID: {number}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("ascii") + body
