"""Content-Transfer-Encoding undone as far as the bytes go (RFC 2045 section 6); never raises."""

from __future__ import annotations

import binascii
import io
import string
from itertools import islice

_BASE64 = (string.ascii_letters + string.digits + "+/").encode()
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64))
_IDENTITY = frozenset({"", "7bit", "8bit", "binary"})
_UU_LINES = 1_000_000  # lines of uuencoded data that are read, which hold 45 MB
_UU = frozenset({"x-uuencode", "uuencode", "x-uue", "uue"})


def transfer_decoded(body: bytes, encoding: str) -> tuple[bytes, str | None]:
    """The bytes that were meant, and in words what was broken, or None."""
    encoding = encoding.strip(" \t\"';").lower()
    if encoding in _IDENTITY:
        return body, None
    if encoding == "base64":
        return _base64(body)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(body), None
    if encoding in _UU:
        return _uu(body), None
    return body, f"unknown transfer encoding {encoding!r:.60}"


def _base64(body: bytes) -> tuple[bytes, str | None]:
    try:
        return binascii.a2b_base64(body), None
    except binascii.Error:
        pass
    # Padding ends the data in every mail program; what can't be four characters is cut.
    data = body.partition(b"=")[0].translate(None, _NOT_BASE64)
    if len(data) % 4 == 1:
        data = data[:-1]
    return binascii.a2b_base64(data + b"=" * (-len(data) % 4)), "broken base64"


def _uu(body: bytes) -> bytes:
    pieces: list[bytes] = []
    started = False
    for ended in islice(io.BytesIO(body), _UU_LINES):
        line = ended.rstrip(b"\r\n")
        if not started:
            started = line.startswith(b"begin ")
        elif line == b"end":
            break
        elif line and (piece := _uu_line(line)):
            pieces.append(piece)
    return b"".join(pieces)


def _uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # Some encoders pad the line with garbage: take as many characters as its length says.
        size = (((line[0] - 32) & 63) * 4 + 5) // 3
        try:
            return binascii.a2b_uu(line[:size])
        except binascii.Error:
            return b""
