"""Message-IDs out of References, In-Reply-To and Message-ID, as mail programs really write them."""

from __future__ import annotations

import re
from collections import deque

LENGTH = 995  # RFC 5322 section 2.1.1: a line holds 998 characters; a longer Message-ID can't be answered
KEPT = 100

_ID = re.compile(r"<([^<>]*)>")
_ASIDE = re.compile(r'"[^"]*"|\([^()]*\)')
_SPACE = re.compile(r"\s+")
_UNSAFE = re.compile("[\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff]")


def message_ids(value: str) -> tuple[str, ...]:
    """Every Message-ID of the value, oldest first, each once, with its angle brackets.

    Of more than 100 the first and the last 99 are kept: the one that began the conversation, and those
    nearest to the answer. IDs folded in two are joined. Linear in the length of the value.
    """
    first: str | None = None
    last: deque[str] = deque(maxlen=KEPT - 1)
    for match in _ID.finditer(value):
        found = _normal(match[1])
        if found is None or found == first:
            continue
        if first is None:
            first = found
        else:
            last.append(found)
    return () if first is None else (first, *dict.fromkeys(last))


def in_reply_to(value: str) -> str | None:
    """The Message-ID that is answered: the last, past comments and quoted dates (RFC 5322 section 4.5.4)."""
    found = message_ids(_ASIDE.sub(" ", value)) or message_ids(value)
    return found[-1] if found else message_id(value)


def message_id(value: str) -> str | None:
    """The mail's own ID in angle brackets on one line; None where there is none that could be answered."""
    for match in _ID.finditer(value):
        return _normal(match[1])
    bare = value.strip().strip("<>")
    return _normal(bare) if bare and not _SPACE.search(bare) else None


def _normal(inside: str) -> str | None:
    if len(inside) > LENGTH * 2:
        return None
    joined = _SPACE.sub("", inside)
    # White space inside comes from folding, if an ID is what it makes.
    if joined != inside and "@" not in joined:
        return None
    if not joined or len(joined) + 2 > LENGTH or _UNSAFE.search(joined):
        return None
    return f"<{joined}>"
