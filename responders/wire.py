"""Bytes on their way to a server, and a server's words on their way to a log."""

from __future__ import annotations

import re

_LINE_END = re.compile(rb"\r\n|\r|\n")


def on_the_wire(content: bytes) -> bytes:
    """A mail as SMTP's DATA takes it, with the final dot (RFC 5321 section 4.5.2).

    Dots at line starts are doubled, and every line ends in CRLF: a bare CR or LF could smuggle a command.
    """
    ends = content.count(b"\r\n")
    if content.count(b"\n") != ends or content.count(b"\r") != ends:
        content = _LINE_END.sub(b"\r\n", content)
    if b"\n." in content:
        content = content.replace(b"\n.", b"\n..")
    if content.startswith(b"."):
        content = b"." + content
    return content + (b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n")


def one_line(text: str) -> str:
    """For logs and reasons: no control characters, at most 300 characters."""
    return " ".join("".join(char if char.isprintable() else " " for char in text[:600]).split())[:300]
