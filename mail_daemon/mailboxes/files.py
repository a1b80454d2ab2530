"""Mails from files and standard input, as `ingest` and `explain` take them."""

from __future__ import annotations

import hashlib
import sys
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from mail_daemon.mailboxes.base import Arrival
from mail_daemon.mailboxes.size import too_large

_HEADER = 256_000  # bytes kept of a mail that is over the limit
_PART = 1_000_000


def arrival(name: str, *, limit: int, received: datetime, envelope_sender: str | None = None) -> Arrival:
    """The mail in the file `name`, or from standard input for "-". Raises OSError.

    Of a mail with more than `limit` bytes only the header is kept, and `refused` says so.
    """
    if name == "-":
        raw, size = _read(sys.stdin.buffer, limit)
    else:
        with Path(name).open("rb") as file:
            raw, size = _read(file, limit)
    refused = too_large(size, limit) if size > limit else None
    kept = _header(raw) if refused else raw
    key = hashlib.sha256(kept).hexdigest()
    return Arrival("ingest", key, received, size, kept, envelope_sender=envelope_sender, refused=refused)


def _read(file: BinaryIO, limit: int) -> tuple[bytes, int]:
    """At most a little more than the limit, and how long the file is in all."""
    raw = file.read(limit + 1)
    size = len(raw)
    while rest := file.read(_PART):
        size += len(rest)
    return raw, size


def _header(raw: bytes) -> bytes:
    ends = [found for end in (b"\r\n\r\n", b"\n\n") if (found := raw.find(end, 0, _HEADER)) >= 0]
    return raw[: min(ends)] + b"\r\n\r\n" if ends else raw[:_HEADER]
