"""An IMAP server (pymap) and an SMTP server (aiosmtpd) on free ports of loopback, in one thread of this process.

Both speak plaintext and live in memory: they are for looking at the daemon, never for keeping mail.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from argparse import Namespace
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self, TypeVar

from aiosmtpd.smtp import SMTP, Envelope, Session
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import Config, DictBackend, Login
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

HOST = "127.0.0.1"
USER = "support"
PASSWORD = "only-for-the-demo"  # noqa: S105
_Result = TypeVar("_Result")
_START_SECONDS = 10.0
_CALL_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Accepted:
    """A letter that the SMTP server took, with CRLF lines; `at` is when, on the monotonic clock."""

    at: float
    sender: str
    recipients: tuple[str, ...]
    content: bytes


class Servers:
    """Both servers between `__enter__` and `__exit__`. Threads may call `deliver` and read `accepted`."""

    def __init__(self) -> None:
        self.imap_port = 0
        self.smtp_port = 0
        self.accepted: list[Accepted] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="demo servers", daemon=True)
        self._stack = AsyncExitStack()
        self._backend: DictBackend | None = None

    def __enter__(self) -> Self:
        # Clients that hang up in mid-sentence at the end are no news.
        for chatty in ("asyncio", "pymap", "mail.log"):
            logging.getLogger(chatty).setLevel(logging.CRITICAL)
        self._thread.start()
        self._call(self._start(), _START_SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        self._call(self._stop(), _CALL_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_CALL_SECONDS)
        self._loop.close()

    def deliver(self, raw: bytes) -> None:
        """Puts a mail into the inbox, as the mail server of the desk would; a client in IDLE hears of it."""
        self._call(self._append(raw), _CALL_SECONDS)

    def waiting(self) -> int:
        """How many mails lie in the inbox; the daemon moves what it has stored."""
        return self._call(self._count(), _CALL_SECONDS)

    def _call(self, what: Coroutine[Any, Any, _Result], seconds: float) -> _Result:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(seconds)

    async def _start(self) -> None:
        self.smtp_port = await self._start_smtp()
        self.imap_port = await self._start_imap()

    async def _stop(self) -> None:
        await self._stack.aclose()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _start_smtp(self) -> int:
        server = await self._loop.create_server(
            lambda: SMTP(_Taker(self.accepted), hostname="demo.example", loop=self._loop), HOST, 0
        )
        self._stack.callback(server.close)
        return _port(server)

    async def _start_imap(self) -> int:
        self._backend, config = await _backend()
        imap = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(self._backend.login, config))
        server = await asyncio.start_server(imap, HOST, 0)
        self._stack.callback(server.close)
        return _port(server)

    async def _append(self, raw: bytes) -> None:
        assert self._backend, "the servers are not running"
        message = AppendMessage(raw, datetime.now(UTC))
        async with self._backend.login.demo_user_identity.new_session() as session:
            await session.append_messages("INBOX", [message])

    async def _count(self) -> int:
        assert self._backend, "the servers are not running"
        async with self._backend.login.demo_user_identity.new_session() as session:
            snapshot, _ = await session.get_mailbox("INBOX")
        return snapshot.exists


class _Config(Config):
    """The greeting without a name, since looking up this machine's may take a resolver's whole timeout."""

    @property
    def greeting(self) -> bytes:
        return b"ready"


async def _backend() -> tuple[DictBackend, Config]:
    """One user, and every mail in memory."""
    config = _Config(
        Namespace(passlib_cfg=None, proxy_protocol=None),
        host=HOST,
        port=0,
        tls_enabled=False,
        hash_context=Cleartext(),
        demo_data=False,
        demo_user=USER,
        demo_password=PASSWORD,
    )
    config.apply_context()
    login = Login(config)
    await login.demo_user_identity.set(UserMetadata(config, USER, password=PASSWORD))
    return DictBackend(login, config), config


class _Taker:
    """Accepts every letter, as `handle_DATA` of aiosmtpd's handlers."""

    def __init__(self, accepted: list[Accepted]) -> None:
        self._accepted = accepted

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        self._accepted.append(Accepted(time.monotonic(), envelope.mail_from or "", tuple(envelope.rcpt_tos), content))
        return "250 2.0.0 taken"


def _port(server: asyncio.Server) -> int:
    port: int = server.sockets[0].getsockname()[1]
    return port
