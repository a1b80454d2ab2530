"""What reading a mail yields: frozen, plain values that pickle cheaply and know nothing of tickets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


class Unreadable(Exception):
    """The bytes can't be read as a mail under the limits; the message says which limit or defect."""


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox of an address header (RFC 5322 section 3.4).

    `address` is lower case and has exactly one "@", or is "" where the header held none.
    """

    name: str
    address: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part of the mail that is not its text, described; its bytes stay in the raw mail.

    `position` counts the mail's leaf parts in walking order, from 0, and finds the bytes again.
    `kind` is one of screenshot, trace, voicemail, document, archive, message, calendar, other.
    """

    name: str
    media_type: str
    size: int
    sha256: str
    kind: str
    inline: bool
    content_id: str | None
    position: int
    text: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bounce:
    """A delivery report (RFC 3464) or a complaint (RFC 5965) about a mail sent earlier."""

    kind: str  # hard, soft, delay, feedback
    recipients: tuple[str, ...]
    status: str | None  # enhanced status code, RFC 3463
    original_message_id: str | None


@dataclass(frozen=True, slots=True)
class Authentication:
    """What a trusted server of ours said of the sender (RFC 8601); all "none" where none spoke."""

    authserv_id: str | None = None
    dmarc: str = "none"
    dkim: str = "none"
    spf: str = "none"
    dkim_aligned: bool = False  # a passing DKIM signature of the From domain itself


@dataclass(frozen=True, slots=True)
class Trusted:
    """Our own servers, whose word about a mail is believed: as Authentication-Results and Received name them."""

    authserv_ids: tuple[str, ...] = ()
    received_from: tuple[str, ...] = ()


NOBODY = Trusted()


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail, read. Every string is a single line unless it is a text."""

    message_id: str | None  # with its angle brackets
    sender: Address  # the From header; Address("", "") where there is none
    sender_defect: str | None  # why From proves nothing at all: two of them, two addresses, ...
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    date: datetime | None  # the Date header in UTC; a display value only
    text: str  # the new text alone
    quoted: str
    signature: str
    language: str  # ISO 639-1, "" where too little was written to tell
    automatic: str | None  # auto-reply, out-of-office, list, bulk, read-receipt, invitation-answer, challenge, ...
    bounce: Bounce | None
    in_reply_to: str | None
    references: tuple[str, ...]  # oldest first, capped
    thread_index: str | None  # Outlook's conversation, hex of its first 22 bytes
    envelope_sender: str | None  # Return-Path or LMTP; "" is the null sender
    importance: str | None  # high, low
    authentication: Authentication
    attachments: tuple[Attachment, ...]
    defects: tuple[str, ...] = ()  # what was mended or left out on the way, in words
    suppress: bool = False  # X-Auto-Response-Suppress asks that nothing automatic be answered
    dispatched: datetime | None = None  # when the first server of ours took it, in UTC
