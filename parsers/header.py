"""Header values as a person reads them: decoded (RFC 2047 and raw 8-bit), on one line, capped."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from email.message import Message

from parsers.charset import decode
from parsers.parameters import parameters

Headers = Message  # as the standard library's compat32 policy holds them

TEXT_LENGTH = 2000  # characters of a decoded value that are kept
_RAW_LENGTH = 20_000  # characters of a raw value that are decoded at all
_TYPE_LENGTH = 4096

_FOLD = re.compile(r"\r?\n(?=[ \t])")
# Control characters and line separators end a line somewhere; the direction marks that override what
# stands around them (U+202A-202E, U+2066-2069) are no part of what a sender says in one line.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff]")


def text(message: Headers, name: str) -> str:
    """The first value of the header, decoded, on one line, at most 2000 characters; "" where there is none.

    Where a header that may stand once stands twice, mail programs show the first.
    """
    for value in raw(message, name):
        return decoded(readable(value, message))
    return ""


def all_text(message: Headers, name: str) -> list[str]:
    """Every value of the header, as `text` gives the first."""
    return [decoded(readable(value, message)) for value in raw(message, name)]


def raw(message: Headers, name: str) -> list[str]:
    """Every value of the header as it came, unfolded; 8-bit bytes stand as surrogates (PEP 383)."""
    wanted = name.lower()
    return [_FOLD.sub("", str(value)) for key, value in message.raw_items() if key.lower() == wanted]


def decoded(value: str) -> str:
    """One value decoded, on one line, capped; 8-bit bytes that are left in it are UTF-8 or cp1252."""
    value = _FOLD.sub("", value[:_RAW_LENGTH])
    if "=?" in value:
        value = "".join(_joined(_segments(value)))
    return one_line(_characters(value, None))


def readable(value: str, message: Headers) -> str:
    """A raw value with characters for its 8-bit bytes and with its encoded words as they are.

    The bytes are UTF-8, else in the charset that the message declares for its body, else cp1252.
    """
    return value if value.isascii() else _characters(value, _body_charset(message))


def one_line(value: str, length: int = TEXT_LENGTH) -> str:
    """The text without anything that could end a line or turn its direction, capped."""
    value = _UNSAFE.sub(" ", value)
    if not value.isascii():
        value = _DIRECTION.sub("", value)
    return value.strip()[:length].rstrip()


def _joined(segments: Iterator[tuple[str, bytes | None, str]]) -> Iterator[str]:
    """Texts, where neighbouring encoded words of one charset are decoded together.

    White space between two encoded words is none (RFC 2047 section 6.2), and mail programs cut a
    character in half between them, which that RFC forbids (section 5).
    """
    pending, label, gap = b"", "", ""
    for literal, data, name in segments:
        if data is None and pending and not literal.strip():
            gap = literal
            continue
        if data is not None and pending and name.lower() == label.lower():
            pending, gap = pending + data, ""
            continue
        if pending:
            yield decode(pending, label)[0] + (gap if data is None else "")
        pending, label, gap = data or b"", name, ""
        if data is None:
            yield literal
    if pending:
        yield decode(pending, label)[0] + gap


def _segments(value: str) -> Iterator[tuple[str, bytes | None, str]]:
    """Splits into (literal, None, "") and ("", bytes, charset), left to right in linear time."""
    begin = position = 0
    while (start := value.find("=?", position)) >= 0:
        mark = value.find("?", start + 2, start + 80)
        encoding = value[mark + 1 : mark + 3].lower()
        if mark < 0 or encoding not in ("b?", "q?") or " " in value[start + 2 : mark]:
            position = start + 2
            continue
        end = value.find("?=", mark + 3)
        if end < 0:
            break
        if start > begin:
            yield value[begin:start], None, ""
        charset = value[start + 2 : mark].partition("*")[0]  # RFC 2231 section 5: charset*language
        yield "", _bytes(value[mark + 3 : end], encoding[0]), charset
        begin = position = end + 2
    if begin < len(value):
        yield value[begin:], None, ""


def _bytes(encoded: str, encoding: str) -> bytes:
    data = encoded.encode("utf-8", "surrogateescape")
    if encoding == "q":
        return binascii.a2b_qp(data.replace(b" ", b"_"), header=True)
    data = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    if len(data) % 4 == 1:
        data = data[:-1]
    return binascii.a2b_base64(data + b"=" * (-len(data) % 4))


def _characters(value: str, charset: str | None) -> str:
    if value.isascii():
        return value
    data = value.encode("utf-8", "surrogateescape")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return decode(data, charset or "cp1252")[0]


def _body_charset(message: Headers) -> str | None:
    for name, value in message.raw_items():
        if name.lower() == "content-type":
            return parameters(str(value)[:_TYPE_LENGTH])[1].get("charset")
    return None
