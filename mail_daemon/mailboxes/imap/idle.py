"""Waiting for mail on an IMAP connection: IDLE, in stretches short enough to notice a dead connection."""

from __future__ import annotations

import selectors
import socket
import time
from contextlib import suppress

from mail_daemon.mailboxes.imap.connection import Client

# A connection whose other end has vanished shows no sign of it. So IDLE ends after STRETCH seconds and begins
# again, and the server has ANSWER seconds to say so: well under a minute, and under the 29 of RFC 2177.
STRETCH = 25
ANSWER = 10


class Bell:
    """Rung by any thread; ends the wait of the one that listens."""

    def __init__(self) -> None:
        self._rope, self.ear = socket.socketpair()
        self._rope.setblocking(False)
        self.ear.setblocking(False)

    def ring(self) -> None:
        with suppress(OSError):  # full: it is ringing already; closed: nobody listens any more
            self._rope.send(b"!")

    def hush(self) -> None:
        with suppress(OSError):
            while self.ear.recv(4096):
                pass

    def wait(self, seconds: float) -> None:
        """Sleeps until it rings."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.ear, selectors.EVENT_READ)
            if selector.select(seconds):
                self.hush()

    def close(self) -> None:
        self._rope.close()
        self.ear.close()


def wait(client: Client, bell: Bell, seconds: float) -> bool:
    """Idles until mail is announced (True), the bell rings or the time is over (False)."""
    wire, until = client.wire, time.monotonic() + seconds
    rung = False
    with selectors.DefaultSelector() as selector:
        selector.register(bell.ear, selectors.EVENT_READ)
        selector.register(wire.sock, selectors.EVENT_READ)
        while not (wire.news or rung) and time.monotonic() < until:
            wire.expect(seconds=ANSWER)
            wire.enter_idle()
            wire.take_events()  # what came together with the server's `+` makes no socket readable
            rung = _listen(client, bell, selector, min(until, time.monotonic() + STRETCH))
            wire.expect(seconds=ANSWER)
            wire.leave_idle()
    return wire.news


def _listen(client: Client, bell: Bell, selector: selectors.BaseSelector, until: float) -> bool:
    """Takes events until there is news or the time is over; True as soon as the bell rings."""
    while not client.wire.news and (left := until - time.monotonic()) > 0:
        ready = {key.fileobj for key, _ in selector.select(left)}
        if client.wire.sock in ready:
            client.wire.take_events()
        if bell.ear in ready:
            bell.hush()
            return True
    return False
