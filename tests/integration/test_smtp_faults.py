"""The relay against SMTP servers that misbehave line by line."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from responders.smtp import Deferred, Relay
from tests.servers.certificate import Certificate, certificate

pytestmark = pytest.mark.integration

MAIL = b"Subject: x\r\n\r\n.dot\r\nbye\r\n"


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    if not shutil.which("openssl"):
        pytest.skip("openssl is missing: apt install openssl")
    return certificate(tmp_path_factory.mktemp("tls"))


def relay(port: int, **options: Any) -> Relay:
    settings: dict[str, Any] = {"security": "none", "timeout": 5.0, **options}
    return Relay("localhost" if options else "127.0.0.1", port, **settings)


class Scripted:
    """A server that says fixed lines, and keeps all that it hears."""

    def __init__(self, talk: Callable[[Scripted, socket.socket], None]) -> None:
        self._talk = talk
        self.heard = bytearray()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listening.accept()
            with connection:
                try:
                    self._talk(self, connection)
                except OSError:
                    continue

    def hear(self, connection: socket.socket) -> bytes:
        said = connection.recv(65536)
        self.heard += said
        return said


def test_stripped_starttls_stops_before_the_login() -> None:
    def strips(server: Scripted, connection: socket.socket) -> None:
        connection.sendall(b"220 hi\r\n")
        server.hear(connection)
        connection.sendall(b"250-hi\r\n250 AUTH PLAIN\r\n")
        server.hear(connection)

    server = Scripted(strips)
    with pytest.raises(Deferred, match="offers no STARTTLS"):
        relay(server.port, security="starttls", username="support", password="secret").check()
    assert b"AUTH" not in server.heard.upper()


def test_words_slipped_in_before_tls_stop_before_the_login(pem: Certificate) -> None:
    def slips_in(server: Scripted, connection: socket.socket) -> None:
        connection.sendall(b"220 hi\r\n")
        server.hear(connection)
        connection.sendall(b"250-hi\r\n250 STARTTLS\r\n")
        server.hear(connection)
        connection.sendall(b"220 go ahead\r\n250-hi\r\n250 AUTH PLAIN\r\n")
        server.hear(connection)

    server = Scripted(slips_in)
    out = relay(server.port, security="starttls", ca_file=pem.cert, username="support", password="secret")
    with pytest.raises(Deferred, match="between STARTTLS and TLS"):
        out.check()
    assert b"AUTH" not in server.heard.upper()


def test_a_connection_cut_inside_data_defers_and_is_not_sent_twice_at_once() -> None:
    def cuts(server: Scripted, connection: socket.socket) -> None:
        connection.sendall(b"220 hi\r\n")
        for answer in (b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"):
            server.hear(connection)
            connection.sendall(answer)
        server.hear(connection)

    server = Scripted(cuts)
    with pytest.raises(Deferred, match="closed"):
        relay(server.port).send("s@desk.example", ["a@x.example"], MAIL)
    assert server.heard.count(b"Subject: x") == 1


def test_421_while_idle_is_no_failure() -> None:
    def hangs_up_when_idle(server: Scripted, connection: socket.socket) -> None:
        connection.sendall(b"220 hi\r\n")
        for answer in (
            b"250 hi\r\n",
            b"250 ok\r\n",
            b"250 ok\r\n",
            b"354 go\r\n",
            b"250 ok\r\n",
            b"421 idle\r\n",
        ):
            server.hear(connection)
            connection.sendall(answer)

    server = Scripted(hangs_up_when_idle)
    out = relay(server.port)
    for _ in range(2):
        out.send("s@desk.example", ["a@x.example"], MAIL)
    assert server.heard.count(b"Subject: x") == 2


@pytest.mark.parametrize(
    "greeting", [b"554 go away\r\n", b"nonsense\r\n", b"220 hi\r\x1b[31m\r\n", b"421 busy\r\n", b""]
)
def test_a_server_that_will_not_talk_defers(greeting: bytes) -> None:
    def refuses(server: Scripted, connection: socket.socket) -> None:
        connection.sendall(greeting)

    with pytest.raises(Deferred) as caught:
        relay(Scripted(refuses).port).send("s@desk.example", ["a@x.example"], MAIL)
    assert str(caught.value).isprintable()


def test_a_silent_server_is_left_after_the_timeout() -> None:
    def is_silent(server: Scripted, connection: socket.socket) -> None:
        server.hear(connection)

    began = time.monotonic()
    with pytest.raises(Deferred, match="timed out"):
        relay(Scripted(is_silent).port, timeout=0.3).send("s@desk.example", ["a@x.example"], MAIL)
    assert time.monotonic() - began < 2


def test_abort_ends_a_send_that_waits() -> None:
    waiting = threading.Event()

    def never_answers(server: Scripted, connection: socket.socket) -> None:
        connection.sendall(b"220 hi\r\n")
        for answer in (b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"):
            server.hear(connection)
            connection.sendall(answer)
        server.hear(connection)
        waiting.set()
        server.hear(connection)

    out = relay(Scripted(never_answers).port, timeout=30.0)

    def abort_when_waiting() -> None:
        waiting.wait(5)
        out.abort()

    threading.Thread(target=abort_when_waiting).start()
    began = time.monotonic()
    with pytest.raises(Deferred):
        out.send("s@desk.example", ["a@x.example"], MAIL)
    assert time.monotonic() - began < 5
