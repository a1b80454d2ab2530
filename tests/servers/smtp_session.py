"""The sink's side of one SMTP connection (RFC 5321, 3207, 4954): blocking, one thread each.

Plain sockets instead of aiosmtpd: that one takes most of a core at 1,000 letters a second, which would
distort every measurement on two cores.
"""

from __future__ import annotations

import base64
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field


class Cut(Exception):
    """The connection ends here, without another word."""


@dataclass(slots=True)
class Envelope:
    sender: str
    recipients: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the server asks for: a TLS context (None: no TLS), whether from the start, and its users."""

    context: ssl.SSLContext | None = None
    implicit: bool = False
    users: dict[str, str] = field(default_factory=dict)


# Asks the mode in force what to say at a point of the dialogue; "" goes on as usual, Cut ends it.
Trouble = Callable[[str, str], str]
Keep = Callable[[Envelope, bytes, str, bool], None]


class Session:
    """Talks to one client until it quits, is cut off, or goes away."""

    def __init__(self, connection: socket.socket, terms: Terms, trouble: Trouble, keep: Keep) -> None:
        self._socket = connection
        self._terms = terms
        self._trouble = trouble
        self._keep = keep
        self._buffer = bytearray()
        self._envelope: Envelope | None = None
        self._user = ""
        self._encrypted = False

    def run(self) -> None:
        try:
            if self._terms.implicit:
                self._encrypt()
            self._say(self._trouble("connect", "") or "220 sink ESMTP")
            while self._answer(self._line()):
                pass
        except (Cut, OSError):
            pass
        finally:
            self._socket.close()

    def _answer(self, line: bytes) -> bool:
        verb, _, argument = line.decode("utf-8", "replace").partition(" ")
        handler = {
            "EHLO": self._ehlo,
            "HELO": self._helo,
            "STARTTLS": self._starttls,
            "AUTH": self._auth,
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "DATA": self._data,
            "RSET": self._reset,
            "NOOP": self._noop,
        }.get(verb.upper())
        if handler:
            handler(argument)
            return True
        self._say("221 bye" if verb.upper() == "QUIT" else "500 5.5.1 what?")
        return verb.upper() != "QUIT"

    def _ehlo(self, argument: str) -> None:
        offers = ["sink", "PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE 100000000"]
        if self._terms.context and not self._encrypted:
            offers.append("STARTTLS")
        elif self._terms.users:
            offers.append("AUTH PLAIN LOGIN")
        self._say("\r\n".join([f"250-{offer}" for offer in offers[:-1]] + [f"250 {offers[-1]}"]))

    def _helo(self, argument: str) -> None:
        self._say("250 sink")

    def _noop(self, argument: str) -> None:
        self._say("250 2.0.0 ok")

    def _reset(self, argument: str) -> None:
        self._envelope = None
        self._say("250 2.0.0 ok")

    def _starttls(self, argument: str) -> None:
        if not self._terms.context or self._encrypted:
            return self._say("502 5.5.1 not offered")
        self._say("220 2.0.0 go ahead")
        return self._encrypt()

    def _encrypt(self) -> None:
        assert self._terms.context
        self._buffer.clear()  # what came before the handshake is not part of the session
        self._socket = self._terms.context.wrap_socket(self._socket, server_side=True)
        self._encrypted = True

    def _auth(self, argument: str) -> None:
        mechanism, _, first = argument.partition(" ")
        if mechanism.upper() == "PLAIN":
            _, user, password = (self._decode(first or self._ask("")) + "\0\0").split("\0")[:3]
        else:
            user = self._decode(first or self._ask("VXNlcm5hbWU6"))
            password = self._decode(self._ask("UGFzc3dvcmQ6"))
        if self._terms.users.get(user) != password:
            return self._say("535 5.7.8 wrong user or password")
        self._user = user
        return self._say("235 2.7.0 welcome")

    def _ask(self, challenge: str) -> str:
        self._say(f"334 {challenge}")
        return self._line().decode("ascii", "replace")

    @staticmethod
    def _decode(text: str) -> str:
        return base64.b64decode(text).decode()

    def _mail(self, argument: str) -> None:
        if self._terms.users and not self._user:
            return self._say("530 5.7.0 log in first")
        sender = _path(argument)
        trouble = self._trouble("mail", sender)
        self._envelope = None if trouble else Envelope(sender)
        return self._say(trouble or "250 2.1.0 ok")

    def _rcpt(self, argument: str) -> None:
        if not self._envelope:
            return self._say("503 5.5.1 MAIL first")
        recipient = _path(argument)
        trouble = self._trouble("rcpt", recipient)
        if not trouble:
            self._envelope.recipients.append(recipient)
        return self._say(trouble or "250 2.1.5 ok")

    def _data(self, argument: str) -> None:
        if not self._envelope or not self._envelope.recipients:
            return self._say("503 5.5.1 no valid recipients")
        self._say("354 go ahead")
        self._trouble("data", "")
        content, envelope = self._content(), self._envelope
        self._envelope = None
        trouble = self._trouble("end", "")
        if trouble:
            return self._say(trouble)
        self._keep(envelope, content, self._user, self._encrypted)
        self._trouble("kept", "")
        return self._say("250 2.0.0 kept")

    def _content(self) -> bytes:
        """The letter up to the lone dot, with the dots that SMTP doubled undone (RFC 5321 section 4.5.2)."""
        searched = 0
        while (end := self._buffer.find(b"\r\n.\r\n", searched)) < 0:
            if self._buffer.startswith(b".\r\n"):
                del self._buffer[:3]
                return b""
            searched = max(0, len(self._buffer) - 4)
            self._receive()
        content = bytes(self._buffer[: end + 2])
        del self._buffer[: end + 5]
        content = content[1:] if content.startswith(b".") else content
        return content.replace(b"\r\n.", b"\r\n")

    def _line(self) -> bytes:
        while (end := self._buffer.find(b"\n")) < 0:
            self._receive()
        line = bytes(self._buffer[:end]).rstrip(b"\r")
        del self._buffer[: end + 1]
        return line

    def _receive(self) -> None:
        chunk = self._socket.recv(65_536)
        if not chunk:
            raise Cut
        self._buffer += chunk

    def _say(self, text: str) -> None:
        self._socket.sendall(text.encode() + b"\r\n")


def _path(argument: str) -> str:
    """The address of `FROM:<a@b> SIZE=1`."""
    return argument.partition("<")[2].partition(">")[0]
