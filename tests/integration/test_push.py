"""Short texts by apprise to a real HTTP server: taken, refused, hanging; and no secret in what is said of it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from responders.push import Push, known
from responders.smtp import Deferred, Refused

pytestmark = pytest.mark.integration

SECRET = "hunter2"
TEXT = "P1 TPBX-1042 Acme: A new priority 1 — Zürich"


class Chat(ThreadingHTTPServer):
    """Takes texts with `status`, after `pause` seconds."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.status, self.pause = 200, 0.0
        self.taken: list[str] = []

    @property
    def url(self) -> str:
        return f"json://ann:{SECRET}@127.0.0.1:{self.server_port}/{SECRET}"


class Answering(BaseHTTPRequestHandler):
    server: Chat

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        time.sleep(self.server.pause)
        if self.server.status == 200:
            self.server.taken.append(body["message"])
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def chat() -> Iterator[Chat]:
    with Chat() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def send(url: str, timeout: float = 5) -> None:
    Push(lambda recipient: url, timeout=timeout).send("", ["ann/1"], TEXT.encode())


def test_the_text_arrives_whole(chat: Chat) -> None:
    send(chat.url)
    assert chat.taken == [TEXT]


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_does_not_take_it_defers_it(chat: Chat, status: int) -> None:
    chat.status = status
    with pytest.raises(Deferred) as raised:
        send(chat.url)
    assert str(raised.value) == f"json:// did not take it: HTTP status {status}"


def test_where_nobody_listens_it_is_deferred() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Deferred, match="json:// did not take it"):
        send(f"json://{SECRET}@127.0.0.1:{port}/{SECRET}")


def test_a_server_that_hangs_takes_no_longer_than_allowed(chat: Chat) -> None:
    chat.pause = 3
    push = Push(lambda recipient: chat.url, timeout=0.3)
    begun = time.monotonic()
    with pytest.raises(Deferred, match="took longer than"):
        push.send("", ["ann/1"], TEXT.encode())
    with pytest.raises(Deferred, match="still hangs"):  # and a second one is not begun beside it
        push.send("", ["ann/1"], TEXT.encode())
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize("url", [f"nothing://{SECRET}", f"json://{SECRET}:x@/"])
def test_what_apprise_does_not_know_is_refused(url: str) -> None:
    assert not known(url)
    with pytest.raises(Refused) as raised:
        send(url)
    assert SECRET not in str(raised.value)


def test_a_hanging_server_holds_up_no_end_of_the_process(chat: Chat) -> None:
    chat.pause = 30
    program = (
        "from responders.push import Push\nfrom responders.smtp import Deferred\n"
        f"try:\n    Push(lambda _: {chat.url!r} + '?rto=30', timeout=0.5).send('', ['a/1'], b'x')\n"
        "except Deferred as late:\n    print(late)\n"
    )
    begun = time.monotonic()
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=25, check=True)
    assert "took longer than" in done.stdout
    assert time.monotonic() - begun < 15


def test_nothing_is_printed_of_a_failure_but_what_we_say(chat: Chat) -> None:
    chat.status = 500
    program = (
        "from responders.push import Push\nfrom responders.smtp import Deferred\n"
        f"try:\n    Push(lambda _: {chat.url!r}).send('', ['a/1'], b'x')\nexcept Deferred as no:\n    print(no)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout + done.stderr == "json:// did not take it: HTTP status 500\n"


def test_apprise_is_loaded_by_the_first_text_alone() -> None:
    program = "import sys, mail_daemon.app; print('apprise' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.strip() == "False"
