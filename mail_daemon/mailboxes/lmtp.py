"""An LMTP listener (RFC 2033) for a mail server on the same machine: 250 means that the mail is durable."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import socket
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from aiosmtpd.controller import Controller, UnixSocketController
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from mail_daemon.mailboxes.base import Arrival, MailboxDown
from mail_daemon.settings.sections import LmtpMailbox

ENDLESS = 10_000_000  # bytes without an end of line
AT_ONCE = 4  # mails stored at the same time; the database takes one after the other anyway


class Lmtp:
    """Listens between `start` and `stop`, in a thread of its own; `store` is called in others."""

    def __init__(
        self,
        section: LmtpMailbox,
        *,
        store: Callable[[Arrival], None],
        mail_size: int,
        clock: Callable[[], datetime],
    ) -> None:
        """`store` returns once the mail is durable; whatever it raises, the mail server tries again later.

        `mail_size` in bytes; a larger mail is refused with 552, and the mail server tells its sender.
        Raises ValueError for an address off loopback.
        """
        self.name = section.name
        self._listen = section.listen
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix=f"lmtp-{section.name}")
        handler = _Handler(section.name, store, clock, self._threads)
        self._controller = _controller(section.listen, handler, mail_size)

    def start(self) -> None:
        """Raises MailboxDown if it can't listen."""
        with _listening(self._listen):
            self._controller.start()
            if isinstance(self._controller, _OnSocket):
                Path(self._listen).chmod(0o660)  # the mail server shares our group

    def stop(self) -> None:
        """Lets stores in hand end, then closes every connection; what was not answered will come again."""
        self._threads.shutdown()
        self._controller.stop(no_assert=True)
        if isinstance(self._controller, _OnSocket):
            Path(self._listen).unlink(missing_ok=True)


class _Handler:
    """What aiosmtpd calls for each mail."""

    def __init__(
        self,
        name: str,
        store: Callable[[Arrival], None],
        clock: Callable[[], datetime],
        threads: ThreadPoolExecutor,
    ) -> None:
        self._name, self._store, self._clock, self._threads = name, store, clock, threads

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """One mail, whatever the number of its recipients: they are all addresses of this desk."""
        raw = envelope.original_content or b""
        sender = "".join(c for c in envelope.mail_from or "" if c.isprintable()).removeprefix("<>")
        key = uuid.uuid4().hex
        arrival = Arrival(self._name, key, self._clock(), len(raw), raw, envelope_sender=sender)
        try:
            await asyncio.get_running_loop().run_in_executor(self._threads, self._store, arrival)
        except Exception:  # whatever it is, the mail stays safe with the mail server
            return "451 4.3.0 The mail could not be stored; try again later"
        return "250 2.0.0 Stored"

    async def handle_exception(self, error: Exception) -> str:
        return "451 4.3.0 Internal error; try again later"


class _Session(LMTP):
    """aiosmtpd's, which answers DATA only once. RFC 2033 section 4.2: once for each recipient."""

    line_length_limit = 100_000  # bytes; RFC 5321 says 1000, and not every program keeps to it
    _answers = 1
    _without_end = 0

    def data_received(self, data: bytes) -> None:
        """aiosmtpd keeps all of a line, even of one that it will refuse: so a line without end is cut off."""
        self._without_end = 0 if b"\n" in data else self._without_end + len(data)
        if self._without_end > ENDLESS and self.transport is not None:
            self.transport.close()
        else:
            super().data_received(data)

    async def smtp_DATA(self, arg: str) -> None:
        if self.envelope is not None and not arg:
            self._answers = max(1, len(self.envelope.rcpt_tos))
        try:
            await super().smtp_DATA(arg)
        finally:
            self._answers = 1

    async def push(self, status: str | bytes) -> None:
        text = status.decode() if isinstance(status, bytes) else status
        repeated = 1 if text.startswith("354") else self._answers
        await super().push("\r\n".join([text] * repeated))


class _OnPort(Controller):
    def factory(self) -> SMTP:
        return _Session(self.handler, **self.SMTP_kwargs)


class _OnSocket(UnixSocketController):
    def factory(self) -> SMTP:
        return _Session(self.handler, **self.SMTP_kwargs)


def check(section: LmtpMailbox, *, running: bool) -> str:
    """Tells whether a daemon could listen, or, when one is `running`, whether it does. Raises MailboxDown."""
    with _listening(section.listen):
        if "/" in section.listen:
            _try_socket(Path(section.listen), running)
        else:
            _try_port(*_on_loopback(section.listen), running)
    return f"{'the running daemon' if running else 'nobody else'} listens on {section.listen}"


def _try_socket(path: Path, running: bool) -> None:
    if running:
        with socket.socket(socket.AF_UNIX) as tried:
            tried.connect(f"{path}")
    else:
        path.parent.stat()  # a file that is left over in it will be replaced


def _try_port(host: str, port: int, running: bool) -> None:
    if running:
        socket.create_connection((host, port), 5).close()
    else:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)


@contextmanager
def _listening(listen: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else f"{error}"
        raise MailboxDown(
            f"can't listen on {listen}: {why}; stop what listens there, or write another `listen`"
        ) from error


def _controller(listen: str, handler: _Handler, mail_size: int) -> _OnPort | _OnSocket:
    if "/" in listen:
        return _OnSocket(handler, listen, data_size_limit=mail_size, server_hostname="localhost")
    host, port = _on_loopback(listen)
    return _OnPort(handler, host, port, data_size_limit=mail_size, server_hostname="localhost")


def _on_loopback(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    host = host.strip("[]")
    if not port.isdecimal() or not (host == "localhost" or ipaddress.ip_address(host).is_loopback):
        raise ValueError(f"{listen!r} is not on loopback; write 127.0.0.1:2424, [::1]:2424 or a socket's path")
    return host, int(port)
