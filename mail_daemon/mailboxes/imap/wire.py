"""imaplib over a socket of ours, on which a server can't stall us, flood us, or speak before TLS.

imaplib's own reading has a timeout per packet only, so one byte every half second lasts for ever, and it
allocates whatever literal the server announces. Here every command has a deadline and an allowance of bytes.
"""

from __future__ import annotations

import imaplib
import socket
import ssl
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from imapclient import SocketTimeout

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

ORDINARY_ANSWER = 2_000_000  # bytes; the longest that we ask for: 10,000 UIDs, or what is known of 100 mails
SLOWEST = 50_000  # bytes a second: a server that stays below this for the whole of an answer is stuck


class Wire(imaplib.IMAP4):
    """One connection. `expect` is called before each command; breaking it raises imaplib's abort."""

    sock: socket.socket

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None, timeout: SocketTimeout) -> None:
        """Connects, with TLS at once if there is a `context`, and reads greeting and capabilities."""
        self._context, self._timeout = context, timeout
        self._received = bytearray()
        self.expect()
        super().__init__(host, port)

    def expect(self, size: int = 0, *, seconds: float = 60) -> None:
        """Allows the next answer `seconds`, and twice `size` bytes: servers may estimate a mail's size."""
        self._left = ORDINARY_ANSWER + 2 * size
        self._until = time.monotonic() + seconds + size / SLOWEST

    @property
    def peer(self) -> str:
        """The address at the other end."""
        return str(self.sock.getpeername()[0])

    @property
    def news(self) -> bool:
        """Whether the server has announced mails since the folder was last selected."""
        return "EXISTS" in self.untagged_responses

    def enter_idle(self) -> None:
        """RFC 2177; what the server says before its `+` counts as well."""
        self._idle_tag = self._command("IDLE")
        while self._get_response() is not None:
            if self.tagged_commands[self._idle_tag]:
                raise self.error("the server offers IDLE and refuses it; write `idle: false`")

    def take_events(self) -> None:
        """Reads, without waiting, what has come in IDLE. Raises abort at the end of the stream."""
        self.sock.settimeout(0)
        with suppress(BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            while True:
                self._take(self.sock.recv(65536))
        while b"\n" in self._received:
            self._get_response()

    def leave_idle(self) -> None:
        self.send(b"DONE\r\n")
        self._command_complete("IDLE", self._idle_tag)

    # What follows replaces imaplib's "overridable methods" and its STARTTLS.

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        self.host, self.port = host, port
        self.sock = socket.create_connection((host, port), self._timeout.connect)
        try:
            if self._context:
                self.sock = self._context.wrap_socket(self.sock, server_hostname=host)
        except BaseException:
            self.sock.close()
            raise

    def read(self, size: int) -> bytes:
        if size > self._left + len(self._received):
            raise self.abort(f"the server announced {size} bytes, more than was asked for")
        while len(self._received) < size:
            self._receive()
        return self._cut(size)

    def readline(self) -> bytes:
        start = 0
        while (end := self._received.find(b"\n", start)) < 0:
            start = len(self._received)
            self._receive()
        return self._cut(end + 1)

    def send(self, data: ReadableBuffer) -> None:
        self._set_timeout()
        self.sock.sendall(data)

    def shutdown(self) -> None:
        self.sock.close()

    def starttls(self, ssl_context: ssl.SSLContext | None = None) -> Any:
        if ssl_context is None:
            raise self.error("STARTTLS needs a context that verifies the server")
        typ, data = self._simple_command("STARTTLS")
        if typ != "OK":
            raise self.error(f"the server offers STARTTLS and refuses it: {data[-1]!r}")
        if self._received:  # it would be taken for the server's word over TLS
            raise self.abort("the server sent plain text after STARTTLS; somebody may be in between")
        self.sock.settimeout(self._timeout.connect)
        self.sock = ssl_context.wrap_socket(self.sock, server_hostname=self.host)
        self.untagged_responses.clear()
        self._get_capabilities()
        return typ, data

    def _receive(self) -> None:
        self._set_timeout()
        self._take(self.sock.recv(65536))

    def _take(self, chunk: bytes) -> None:
        if not chunk:
            raise self.abort("the server closed the connection")
        self._left -= len(chunk)
        if self._left < 0:
            raise self.abort("the server sent far more than was asked for")
        self._received += chunk

    def _cut(self, size: int) -> bytes:
        with memoryview(self._received) as view:
            taken = bytes(view[:size])
        del self._received[:size]
        return taken

    def _set_timeout(self) -> None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the server took too long to answer")
        self.sock.settimeout(min(left, self._timeout.read))
