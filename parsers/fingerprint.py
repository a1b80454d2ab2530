"""What makes two copies of a mail the same mail, however it came to us."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

_WINDOW = 256 * 1024  # bytes at the front in which the header is looked for
_CHUNK = 256 * 1024
_FIELD = re.compile(rb"(?:\A|\n)(message-id|from|date|subject)[ \t]*:", re.I)
_END = re.compile(rb"\n(?![ \t])")
_EMPTY_LINE = re.compile(rb"(?:\A|\n)\r?\n")


def fingerprint(raw: bytes, received: datetime | None = None) -> str:
    """SHA-256 in hex over Message-ID, From, Date, Subject and the body.

    The fields that servers add on the way don't count, nor do folding, CRLF against LF, or empty lines
    at the end, which stores add and take away. Nothing but the time tells two alarms of one script apart
    that writes neither Message-ID nor Date: of such a mail alone, the second in which it was `received` counts.
    """
    return _digest(raw[:_WINDOW], (raw[at : at + _CHUNK] for at in range(_WINDOW, len(raw), _CHUNK)), received)


def fingerprint_file(path: Path, received: datetime | None = None) -> str:
    """The same of a file, in bounded memory. Raises OSError."""
    with path.open("rb") as file:
        return _digest(file.read(_WINDOW), iter(lambda: file.read(_CHUNK), b""), received)


def _digest(front: bytes, rest: Iterable[bytes], received: datetime | None) -> str:
    found = _EMPTY_LINE.search(front)
    header, body = (front[: found.start()], front[found.end() :]) if found else (front, b"")
    values = sorted(_values(header))
    whole = found is not None or len(front) < _WINDOW  # else the fields may stand where nobody looked
    named = any(value for name, value in values if name in (b"message-id", b"date"))
    if received is not None and whole and not named:
        values.append((b"received", b"%d" % received.timestamp()))
    digest = hashlib.sha256()
    for name, value in values:
        digest.update(name + b":" + value + b"\n")
    digest.update(b"\n")
    for piece in _canonical(_chained(body, rest)):
        digest.update(piece)
    return digest.hexdigest()


def _values(header: bytes) -> Iterator[tuple[bytes, bytes]]:
    for match in _FIELD.finditer(header):
        end = _END.search(header, match.end())
        value = header[match.end() : end.start() if end else len(header)]
        yield match[1].lower(), b" ".join(value.split())


def _chained(body: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    yield body
    yield from rest


def _canonical(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The body with LF alone and without line ends at its end, wherever the chunks are cut."""
    carriage, newlines = b"", 0
    for piece in chunks:
        chunk = carriage + piece
        carriage = b"\r" if chunk.endswith(b"\r") else b""
        chunk = (chunk[:-1] if carriage else chunk).replace(b"\r\n", b"\n")
        text = chunk.rstrip(b"\n")
        if text:
            while newlines:
                yield b"\n" * min(newlines, _CHUNK)
                newlines -= min(newlines, _CHUNK)
            yield text
        newlines += len(chunk) - len(text)
    if carriage:
        yield b"\n" * newlines + carriage
