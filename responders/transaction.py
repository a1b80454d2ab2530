"""One mail transaction of SMTP (RFC 5321 section 3.3) over an open connection, and what its answers mean."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import Protocol

from responders.wire import one_line

# 5xx that speak of our login or the session, not of the letter: RFC 4954 section 6, RFC 5321 section 4.2.2.
_NOT_THE_LETTER = frozenset({500, 502, 503, 530, 534, 535, 538})
_LOST = frozenset({-1, 421})  # an answer that is none, and "closing the channel"

Reply = tuple[int, bytes]  # a code and its text


class Deferred(Exception):
    """Not now: the letter stays in the outbox and is tried again. The text is one line."""


class Unreachable(Deferred):
    """No letter can be handed over now: no connection, no TLS or no login. It says nothing of any letter."""


class Refused(Exception):
    """Never: the server won't have this letter. The text is one line."""


LeftOut = dict[str, Deferred | Refused]  # recipients whom the server refused while it took others


class Stale(Exception):
    """The connection died before the server could have taken anything of this letter."""


class Line(Protocol):
    """What a transaction needs of an SMTP connection; its errors are OSErrors."""

    def send(self, s: bytes) -> None: ...
    def getreply(self) -> Reply: ...
    def rset(self) -> Reply: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Transaction:
    """One mail, its content ready for the wire."""

    sender: str
    recipients: list[str]
    content: bytes

    def run(self, line: Line, offers: Container[str]) -> LeftOut:
        """`offers`: the server's extensions in lower case. Raises Deferred, Refused, Stale, and OSError."""
        mail, *rcpts, data = _answers(line, self._commands(offers), pipelined="pipelining" in offers)
        refused: LeftOut = {
            recipient: _outcome(reply)
            for recipient, reply in zip(self.recipients, rcpts, strict=True)
            if reply[0] not in (250, 251)
        }
        if mail[0] != 250 or len(refused) == len(self.recipients) or data[0] != 354:
            _give_up(line, data)
            raise _first_cause(mail, refused, data)
        line.send(self.content)
        last = line.getreply()
        if last[0] in _LOST:
            line.close()
        if last[0] != 250:
            raise _outcome(last)
        return refused

    def _commands(self, offers: Container[str]) -> list[bytes]:
        size = f" SIZE={len(self.content)}" if "size" in offers else ""
        body = " BODY=8BITMIME" if "8bitmime" in offers and not self.content.isascii() else ""
        rcpts = [f"RCPT TO:<{recipient}>" for recipient in self.recipients]
        return [f"{line}\r\n".encode("ascii") for line in (f"MAIL FROM:<{self.sender}>{size}{body}", *rcpts, "DATA")]


def _answers(line: Line, commands: list[bytes], *, pipelined: bool) -> list[Reply]:
    """One reply for each command; with PIPELINING (RFC 2920) all are said before the first is heard."""
    replies: list[Reply] = []
    try:
        if pipelined:
            line.send(b"".join(commands))
        for command in commands:
            if not pipelined:
                line.send(command)
            replies.append(line.getreply())
            if replies[-1][0] in _LOST:
                raise Stale(said(replies[-1]))
    except OSError as error:
        raise Stale(one_line(str(error))) from error
    return replies


def _give_up(line: Line, data: Reply) -> None:
    """Back to where the next letter can begin. RFC 2920 section 3.1: a DATA let through ends with one dot."""
    try:
        if data[0] == 354:
            line.send(b".\r\n")
            line.getreply()
        line.rset()
    except OSError:
        line.close()  # what it answered before it hung up still counts


def _first_cause(mail: Reply, refused: LeftOut, data: Reply) -> Deferred | Refused:
    if mail[0] != 250:
        return _outcome(mail)
    outcomes = list(refused.values()) or [_outcome(data)]
    # One recipient who may be had later keeps the letter waiting.
    return next((outcome for outcome in outcomes if isinstance(outcome, Deferred)), outcomes[0])


def _outcome(reply: Reply) -> Deferred | Refused:
    never = 500 <= reply[0] <= 599 and reply[0] not in _NOT_THE_LETTER
    return Refused(said(reply)) if never else Deferred(said(reply))


def said(reply: Reply) -> str:
    return one_line(f"{reply[0]} {reply[1].decode('utf-8', 'replace')}")
