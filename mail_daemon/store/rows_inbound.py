"""The rows of inbound mails, of the same kind as those of `rows.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class NewInbound:
    """A mail whose bytes are durable under `blob`; `refused` says why they are only its header."""

    mailbox: str
    key: str  # names the mail within its mailbox for ever
    fingerprint: str
    blob: str
    size: int
    received: datetime
    envelope_sender: str | None = None
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail that is ours until the claim runs out; `attempts` counts it and fences late writers."""

    id: int
    attempts: int
    blob: str
    size: int
    received: datetime
    mailbox: str
    envelope_sender: str | None
    refused: str | None


@dataclass(frozen=True, slots=True)
class Inbound:
    """A mail as it stands: state is received, filed, quarantined or dropped."""

    id: int
    fingerprint: str
    blob: str
    size: int
    received: datetime
    envelope_sender: str | None
    mailbox: str
    key: str
    refused: str | None
    stored_at: datetime
    state: str
    attempts: int
    claimed_until: datetime | None
    next_attempt: datetime | None
    reason: str | None
    traceback: str | None
    ticket_id: int | None
    match: str | None
    facts: Mapping[str, Any] | None
