"""When the first server of ours took the mail, out of Received (RFC 5321 section 4.4)."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from parsers.date import utc
from parsers.header import Headers, raw

_FIELDS = 100  # RFC 5321 section 6.3: a server takes a mail with more for one that goes in circles
_LENGTH = 4000  # characters of one field that are read
_PIECE = re.compile(r"\\.|[();]|[^\s();\\]+", re.DOTALL)


def dispatched(headers: Headers, trusted: Collection[str]) -> datetime | None:
    """The time, in UTC, that the earliest server of ours noted; None where none of ours noted any.

    `trusted` are our servers as they stand behind "by", and behind "from" where they hand on. Each
    server writes at the top, so they are followed downwards: up to the one that took the mail from
    somebody else. What stands below was written by the sender, whatever it says.
    """
    ours = {_host(name) for name in trusted}
    earliest = None
    for value in raw(headers, "Received")[:_FIELDS] if ours else ():
        hop = _hop(value[:_LENGTH])
        if hop.by not in ours:
            break
        earliest = hop.at or earliest
        if hop.sender not in ours:
            break
    return earliest


class _Hop(NamedTuple):
    """One field. `sender` is who handed the mail over: `by` itself for a mail written on that server."""

    sender: str
    by: str
    at: datetime | None


def _hop(value: str) -> _Hop:
    """What a field says, with "" for a host and None for a time that it does not say."""
    words, comment = _words(value)
    date = max((index for index, word in enumerate(words) if word == ";"), default=len(words))
    clauses = [word.lower() for word in words[:date]]
    has_sender = clauses[:1] == ["from"]
    start = 2 if has_sender else 0  # whoever greets with the name "by" is no clause
    by = clauses.index("by", start) + 1 if "by" in clauses[start:] else date
    host = _host(clauses[by]) if by < date else ""
    sender = _sender(clauses[1], comment) if has_sender and date > 1 else host
    return _Hop(sender, host, utc(" ".join(words[date + 1 :])))


def _words(value: str) -> tuple[list[str], list[str]]:
    """The words outside of comments, with each ";", and those of the comments behind "from NAME"."""
    words: list[str] = []
    comment: list[str] = []
    depth = 0
    for piece in _PIECE.findall(value):
        if piece == "(":
            depth += 1
        elif piece == ")":
            depth = max(depth - 1, 0)
        elif depth == 0:
            words.append(piece)
        elif len(words) == 2:
            comment.append(piece.lower())
    return words, comment


def _sender(name: str, comment: list[str]) -> str:
    """Whom the server saw.

    `from NAME (HOST [ADDRESS])`: NAME is what the other side called itself, HOST what our server
    found by its address, "unknown" where it found none. HOST decides; NAME only where there is none.
    """
    if "forged" in comment:  # sendmail's "(may be forged)": that HOST does not have this address
        return ""
    seen = comment[0] if comment else ""
    return _host(name) if not seen or _is_address(seen) else _host(seen)


def _is_address(word: str) -> bool:
    return word.startswith("[") or ":" in word or word.replace(".", "").isdigit()


def _host(name: str) -> str:
    return name.lower().rstrip(".")
