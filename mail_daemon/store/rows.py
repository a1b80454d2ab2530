"""What goes into the database and comes out of it: frozen, plain values. Every datetime is aware and UTC.

A class whose name begins with New is handed in; the others are rows, read. The fields of a row stand in the
order of the columns that are selected for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mail_daemon.domain.priority import Reason
from parsers.mail import Attachment


@dataclass(frozen=True, slots=True)
class NewTicket:
    """What `Tickets.open` needs; status, category and priority are the words of domain.ticket."""

    subject: str
    requester: str
    requester_name: str
    opened: datetime
    category: str
    priority: int
    reasons: tuple[Reason, ...] = ()
    status: str = "new"
    account: str | None = None
    assignee: str | None = None
    language: str = ""
    zone: str = ""
    thread_index: str | None = None
    proven: bool = False
    next_due: datetime | None = None
    cause_review: bool = False
    telephone: str | None = None
    billable: str | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as it stands; `highest_priority` is the most urgent level that it ever had."""

    id: int
    subject: str
    status: str
    category: str
    priority: int
    highest_priority: int
    requester: str
    requester_name: str
    account: str | None
    assignee: str | None
    language: str
    zone: str
    thread_index: str | None
    proven: bool
    opened: datetime
    changed: datetime
    resolved: datetime | None
    closed: datetime | None
    reopened: datetime | None
    next_due: datetime | None
    overdue: bool
    reasons: tuple[Reason, ...]
    lowered_from: int | None = None  # the priority before monitoring, which a relapse restores
    held_status: str | None = None  # the status before on_hold, which payment restores
    vendor_ref: str | None = None
    workaround: str | None = None
    fault: str | None = None  # whose an outage was: customer or provider (policy section 4)
    cause_review: bool = False  # a priority 1 outside standard hours: its cause is to be reviewed
    billable: str | None = None  # why work on it is billed by the hour (policy section 3)
    escalated: datetime | None = None  # when the customer last got the escalation contacts
    telephone: str | None = None  # E.164: which number the voicemail came from that opened it
    merged_into: int | None = None  # the ticket that goes on in its place


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody in a ticket: role is requester, cc, colleague, stranger or agent; `copies` get our letters."""

    address: str
    name: str
    role: str
    copies: bool


@dataclass(frozen=True, slots=True)
class NewMessage:
    """One thing said in a ticket: direction is in, out or note; visibility is public or internal.

    `message_ids` maps each Message-ID by which the ticket is found again to sent, received or observed.
    """

    ticket_id: int
    direction: str
    author: str
    at: datetime
    subject: str
    text: str
    quoted: str = ""
    visibility: str = "public"
    inbound_id: int | None = None
    outbox_id: int | None = None
    attachments: tuple[Attachment, ...] = ()
    message_ids: Mapping[str, str] = field(default_factory=dict)
    message_id: str | None = None  # its own, which our next letter answers


@dataclass(frozen=True, slots=True)
class Message:
    id: int
    ticket_id: int
    inbound_id: int | None
    outbox_id: int | None
    direction: str
    author: str
    at: datetime
    subject: str
    text: str
    quoted: str
    visibility: str
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class StoredAttachment:
    """An attachment of the message `message_id`; `position` finds its bytes in the raw mail again."""

    id: int
    message_id: int
    name: str
    media_type: str
    size: int
    sha256: str
    kind: str
    inline: bool
    content_id: str | None
    position: int
    text: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NewEvent:
    """Who did what to a ticket, when, and the mail or letter that caused it."""

    ticket_id: int
    at: datetime
    actor: str
    what: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    inbound_id: int | None = None
    outbox_id: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    id: int
    ticket_id: int
    at: datetime
    actor: str
    what: str
    detail: Mapping[str, Any]
    inbound_id: int | None
    outbox_id: int | None


@dataclass(frozen=True, slots=True)
class Link:
    """`ticket_id` points at `other_id`; `why` reads from the first to the second."""

    ticket_id: int
    other_id: int
    why: str


@dataclass(frozen=True, slots=True)
class NewClock:
    """A promise that begins: kind is one of domain.clockwork.KINDS; `next_at` is when to look at it again."""

    ticket_id: int
    kind: str
    started: datetime
    due: datetime | None
    next_at: datetime | None
    state: str = "running"
    step: int = 0


@dataclass(frozen=True, slots=True)
class Clock:
    """State is running, paused, met or ended."""

    id: int
    ticket_id: int
    kind: str
    state: str
    started: datetime
    due: datetime | None
    paused_at: datetime | None
    stopped_at: datetime | None
    next_at: datetime | None
    step: int = 0  # how many of its marks (warnings, breach, levels of escalation) have passed
    counted_from: datetime | None = None  # the start as pauses have moved it; None: started


@dataclass(frozen=True, slots=True)
class Draft:
    """A finished letter on its way into the outbox: `content` is the ready mail, `message_id` its final one.

    It is due at once, or at `next_attempt`. The first of `recipients` is whom the caps of answers count, and
    `cause` (a sender's address, or words of ours) is what those of notices and warnings do.
    """

    letter: str
    recipients: tuple[str, ...]
    envelope_from: str
    message_id: str
    content: bytes
    queued: datetime
    ticket_id: int | None = None
    proven: bool = False
    next_attempt: datetime | None = None
    channel: str = "mail"  # or push, whose recipient is an on-call person's name and whose content is plain text
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A letter that is ours until the claim runs out; `attempts` counts it and fences late writers."""

    id: int
    attempts: int
    ticket_id: int | None
    letter: str
    recipients: tuple[str, ...]
    envelope_from: str
    message_id: str
    content: bytes
    queued: datetime
    proven: bool
    channel: str = "mail"


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter as it stands, without its bytes: state is waiting, sent or failed."""

    id: int
    ticket_id: int | None
    letter: str
    recipients: tuple[str, ...]
    message_id: str
    proven: bool
    state: str
    attempts: int
    queued: datetime
    next_attempt: datetime
    sent_at: datetime | None
    error: str | None
