"""Raw header fields out of bytes, unfolded, with limits on their number and size (RFC 5322 section 2.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator

FIELDS = 1000  # header fields of one part that are kept
_LENGTH = 100_000  # bytes of one value that are kept, half from each end: References count at the end
_TOTAL = 1_000_000  # bytes of all values of one part, after which each is cut to _SHORT
_SHORT = 2000

_END = re.compile(rb"\n(?![ \t])")
_NAME = re.compile(rb"[!-9;-~]+[ \t]*")
EMPTY_LINES = re.compile(rb"\n(?:\r?\n)+")
# A line that is no field inside of a header: the header goes on where one of these follows.
_KNOWN = (
    *(b"from:", b"to:", b"cc:", b"subject:", b"date:", b"message-id:", b"received:", b"return-path:"),
    *(b"content-", b"mime-version:", b"x-", b"list-", b"reply-to:", b"dkim-signature:", b"references:"),
)


def fields(raw: bytes, start: int, end: int, defects: list[str]) -> Iterator[tuple[str, str, int]]:
    """Yields (name, value, where the rest begins) of each field, and at last ("", "", start of the body).

    8-bit bytes become surrogates (PEP 383). Linear in the size of the header, whatever it holds.
    """
    position, total = start, 0
    for _ in range(FIELDS + 1):
        if position >= end or raw[position] == 10 or raw[position : position + 2] == b"\r\n":
            break
        match = _END.search(raw, position, end)
        stop = match.start() if match else end
        name, colon, value = _cut(raw, position, stop, total, defects)
        if colon and _NAME.fullmatch(name):
            total += len(value)
            yield name.decode("ascii").rstrip(" \t"), _unfolded(value), stop + 1
        elif not _passed_over(raw, position, stop, start, end):
            defects.append("no empty line between header and text")
            yield "", "", position
            return
        position = stop + 1
    else:
        found = EMPTY_LINES.search(raw, position - 1, end)
        position = found.start() + 1 if found else end
    yield "", "", _after_line(raw, position, end)


def _cut(raw: bytes, start: int, end: int, total: int, defects: list[str]) -> tuple[bytes, bytes, bytes]:
    limit = _LENGTH if total < _TOTAL else _SHORT
    if end - start <= limit:
        return raw[start:end].partition(b":")
    defects.append(f"a header field of over {limit} bytes: its middle is left out")
    return (raw[start : start + limit // 2] + b" " + raw[end - limit // 2 : end]).partition(b":")


def _unfolded(value: bytes) -> str:
    if b"\n" in value:
        value = value.replace(b"\r\n", b"").replace(b"\n", b"")
    return value.strip(b" \t\r").decode("ascii", "surrogateescape")


def _passed_over(raw: bytes, position: int, stop: int, start: int, end: int) -> bool:
    """Whether a line that is no field stands in the header all the same."""
    if position == start:
        # The mbox line of old mail stores, perhaps quoted; or a continuation of nothing.
        return raw[position : position + 6].lstrip(b">").startswith(b"From ") or raw[position] in b" \t"
    return raw[stop + 1 : min(stop + 20, end)].lower().startswith(_KNOWN)


def _after_line(raw: bytes, position: int, end: int) -> int:
    """Behind the empty line that ends a header, if one does."""
    if raw[position : position + 2] == b"\r\n":
        return min(position + 2, end)
    return min(position + 1, end) if raw[position : position + 1] == b"\n" else min(position, end)
