"""What a template sees: frozen plain values, never a row, a setting or a method worth calling.

Every time is already written out in the reader's time zone. This file is the reference for who writes
templates; `docs/templates.md` explains it with examples.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeskFacts:
    name: str
    address: str
    telephone: str
    press: str  # the key to press for the on-call help desk


@dataclass(frozen=True, slots=True)
class TicketFacts:
    ref: str  # TPBX-1042
    subject: str  # as the customer wrote it; "" to senders that nothing proves
    status: str
    priority: int
    priority_name: str
    category: str
    requester: str  # the address
    requester_name: str  # "" to senders that nothing proves
    account: str  # "" where none is known
    opened: str


@dataclass(frozen=True, slots=True)
class Promises:
    """Policy section 5, as clock times. An empty string: nothing is promised."""

    respond_within: str  # "1 hour"
    respond_by: str  # "Wednesday 25 November 2026, 14:32 EST"
    resolve_within: str  # "8 business hours", "as soon as possible"
    resolve_by: str


@dataclass(frozen=True, slots=True)
class Reason:
    rule: str
    evidence: str
    where: str


@dataclass(frozen=True, slots=True)
class ContactFacts:
    name: str
    title: str
    address: str
    telephone: str


@dataclass(frozen=True, slots=True)
class AttachmentFacts:
    name: str
    kind: str
    size: str  # "120 kB"
    text: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter about to be written. `name` picks the template, `language` its translation."""

    name: str
    language: str
    desk: DeskFacts
    ticket: TicketFacts
    promises: Promises
    greeting_name: str = ""  # "" greets without a name
    reasons: tuple[Reason, ...] = ()
    contacts: tuple[ContactFacts, ...] = ()
    attachments: tuple[AttachmentFacts, ...] = ()
    after_hours: bool = False
    install_earliest: str = ""  # policy section 3; "" where it does not apply
    text: str = ""  # what the customer wrote; to agents only
    what: str = ""  # notice: "new ticket", "reply", "reopened"; warning: what is wrong
    detail: tuple[str, ...] = ()  # further plain lines: limits, errors, linked tickets
    proven: bool = True  # False: nothing of the sender's words may be repeated
