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
    telephone: str = ""  # the caller's or the account's, such as +13035550142; to agents only


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
class DeadlineFacts:
    """A promise whose time has come: response, resolution, update or rfo."""

    promise: str
    due: str
    late: str  # "2 hours"; "" under a minute


@dataclass(frozen=True, slots=True)
class AttachmentFacts:
    name: str
    kind: str
    size: str  # "120 kB"
    text: str


@dataclass(frozen=True, slots=True)
class MomentFacts:
    """What happened: reported, acknowledged, answered, raised, vendor, workaround, restored, relapsed, ..."""

    at: str
    what: str


@dataclass(frozen=True, slots=True)
class RfoFacts:
    """A Reason for Outage, policy section 6. Times are "" while what they tell has not happened."""

    service: str = ""
    cause: str = ""
    impact: str = ""
    resolution: str = ""
    prevention: str = ""
    reported: str = ""
    began: str = ""  # when it was reported, or raised to an outage's priority
    acknowledged: str = ""
    answered: str = ""
    restored: str = ""
    resolved: str = ""
    lasted: str = ""  # "3 hours and 5 minutes", from `began` to `restored`
    timeline: tuple[MomentFacts, ...] = ()
    due: str = ""  # to agents only
    missing: tuple[str, ...] = ()  # sections without words yet; to agents only


@dataclass(frozen=True, slots=True)
class PageFacts:
    """How often the person on call has been called."""

    number: int = 0  # 1: this is the first page
    since: str = ""  # when the first went out
    called: tuple[str, ...] = ()  # the names of all who get this one


@dataclass(frozen=True, slots=True)
class MaintenanceFacts:
    """Planned maintenance, policy section 11. `impact` is no-impact, reduced-redundancy, degraded or outage."""

    id: str = ""
    service: str = ""
    impact: str = ""
    starts: str = ""
    ends: str = ""
    lasts: str = ""  # "4 hours"
    account: str = ""
    text: tuple[str, ...] = ()  # paragraphs
    started_before: str = ""  # what an update has moved: the window as it was; "" where it stays
    ended_before: str = ""
    upgrade: bool = False  # it brings a new version, policy section 10


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """What an agent's order has changed; "" where there was or is nothing."""

    what: str  # "Status", "Priority", ...
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """A ticket as a row of a table for admins."""

    ref: str
    priority: int
    subject: str
    customer: str  # the account, else the requester's address
    due: str  # "25 Nov 14:32"; "" where nothing is due
    assignee: str


@dataclass(frozen=True, slots=True)
class TableFacts:
    name: str  # queue, overdue or today
    rows: tuple[EntryFacts, ...]
    more: int  # tickets that it has no room for


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of somebody's plain words: a paragraph, a list or a quote."""

    kind: str  # paragraph, list, quote
    text: str = ""
    lines: tuple[str, ...] = ()  # of a list, without their bullets


@dataclass(frozen=True, slots=True)
class SaidFacts:
    """One thing said in a ticket; to agents only."""

    at: str
    who: str
    kind: str  # customer, answer, note, stranger, inside
    text: str  # its beginning


@dataclass(frozen=True, slots=True)
class RateFacts:
    """What work costs that is billed by the hour, policy sections 3, 4 and 13."""

    hourly: str = ""  # "125.00 USD"; "" where nothing is billed
    minimum: str = ""  # "1 hour"; "" where there is none
    begins: str = ""  # when after hours begins: "19:00 EST"


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
    install_days: int = 0  # how many business days ahead an installation is planned
    billable: str = ""  # why install work is billed: priority handling, work after hours, ...; "" where it is not
    cause_review: bool = False  # an uncovered priority 1 event, policy section 4
    rate: RateFacts = RateFacts()
    text: str = ""  # what the customer wrote; to agents only
    what: str = ""  # notice: "new ticket", "reply", "reopened"; warning: what is wrong
    detail: tuple[str, ...] = ()  # further plain lines: limits, errors, linked tickets
    rfo: RfoFacts = RfoFacts()
    deadlines: tuple[DeadlineFacts, ...] = ()  # the broken promises
    answered: str = ""  # when a person last answered the customer; "" where nobody has
    resolved: str = ""
    closes: str = ""  # when a resolved ticket closes by itself
    until: str = ""  # confirm: when it is too late to answer
    page: PageFacts = PageFacts()
    maintenance: MaintenanceFacts = MaintenanceFacts()
    running: tuple[MaintenanceFacts, ...] = ()  # whose windows are open while a ticket is opened
    changes: tuple[ChangeFacts, ...] = ()  # transcript: what the orders have done
    commands: tuple[str, ...] = ()  # notice, transcript: a line for each command that applies now
    history: tuple[MomentFacts, ...] = ()  # transcript: what happened to the ticket
    tables: tuple[TableFacts, ...] = ()  # transcript: to admins
    said: tuple[Passage, ...] = ()  # agent-reply: the agent's own words
    signature: str = ""  # what stands below them
    writer: str = ""  # notice: who wrote; to agents only
    thread: tuple[SaidFacts, ...] = ()  # what was said before, the newest first; to agents only
    proven: bool = True  # False: nothing of the sender's words may be repeated
