"""What goes with a letter as base64 parts: files, whose names no byte can leave (RFC 2231), and other forms of it."""

from __future__ import annotations

from base64 import encodebytes
from dataclasses import dataclass

from responders import headers, values


@dataclass(frozen=True, slots=True)
class Enclosure:
    name: str  # as its reader's program will offer to save it; control characters and paths are taken out
    media_type: str  # our own word, such as application/pdf; never one out of a mail
    content: bytes
    inline: bool = False  # shown below the letter, where the reader's program can


@dataclass(frozen=True, slots=True)
class Form:
    """The letter once more, for programs that understand it better than HTML (RFC 2046 section 5.1.4)."""

    media_type: str  # our own word with its parameters, such as text/calendar; method=REQUEST
    content: bytes


def part(enclosure: Enclosure) -> str:
    """The part with its header, ending in CRLF."""
    shown = "inline" if enclosure.inline else "attachment"
    name = values.one_line(enclosure.name).replace("/", "_").replace("\\", "_").lstrip(".")
    return (
        f"Content-Type: {enclosure.media_type}\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: {shown}{headers.parameter('filename', name or 'attachment')}\r\n"
        "\r\n" + _base64(enclosure.content)
    )


def form_part(form: Form) -> str:
    """The part with its header, ending in CRLF."""
    return f"Content-Type: {form.media_type}\r\nContent-Transfer-Encoding: base64\r\n\r\n{_base64(form.content)}"


def _base64(content: bytes) -> str:
    return encodebytes(content).decode("ascii").replace("\n", "\r\n")
