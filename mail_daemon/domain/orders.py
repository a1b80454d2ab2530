"""What an agent orders by mail: a value for each command, its arguments read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from mail_daemon.domain.ticket import Status

ME = "me"  # whoever wrote the mail


@dataclass(frozen=True, slots=True)
class SetStatus:
    """`verbs.way_to` finds what leads there from the ticket's state."""

    status: Status


@dataclass(frozen=True, slots=True)
class Pending:
    until: datetime | None  # UTC; None: until the customer writes


@dataclass(frozen=True, slots=True)
class Vendor:
    ref: str


@dataclass(frozen=True, slots=True)
class Workaround:
    text: str  # for the customer


@dataclass(frozen=True, slots=True)
class Rank:
    level: int  # 1 to 4


@dataclass(frozen=True, slots=True)
class Assign:
    agent: str | None  # a name, an address or ME; None: nobody


@dataclass(frozen=True, slots=True)
class Note:
    text: str  # all that the mail says, for agents only; "" where it says nothing


@dataclass(frozen=True, slots=True)
class Categorise:
    category: str


@dataclass(frozen=True, slots=True)
class SetAccount:
    name: str | None  # None: no account


@dataclass(frozen=True, slots=True)
class SetSubject:
    subject: str


@dataclass(frozen=True, slots=True)
class AddCc:
    address: str


@dataclass(frozen=True, slots=True)
class Accept:
    address: str


@dataclass(frozen=True, slots=True)
class Merge:
    into: int  # a ticket's number, as all of these


@dataclass(frozen=True, slots=True)
class Split:
    """The customer's last mail becomes a ticket of its own."""


@dataclass(frozen=True, slots=True)
class LinkTo:
    ticket: int


@dataclass(frozen=True, slots=True)
class LogTime:
    minutes: int  # below zero: taken back
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Fault:
    fault: str


@dataclass(frozen=True, slots=True)
class RfoDraft:
    """The draft of the Reason for Outage comes to the agent."""


@dataclass(frozen=True, slots=True)
class RfoSend:
    """The Reason for Outage goes to its customers."""


@dataclass(frozen=True, slots=True)
class RfoWaive:
    reason: str


@dataclass(frozen=True, slots=True)
class RfoShare:
    tickets: tuple[int, ...]  # that share the Reason for Outage of this one


@dataclass(frozen=True, slots=True)
class Escalate:
    """The customer is told whom to turn to (policy section 7)."""


@dataclass(frozen=True, slots=True)
class Spam:
    """The ticket ends, and its sender hears nothing more."""


@dataclass(frozen=True, slots=True)
class Resend:
    """The last letter to the customer goes out again."""


@dataclass(frozen=True, slots=True)
class History:
    """The ticket's events come to the agent."""


@dataclass(frozen=True, slots=True)
class Help:
    """The commands come to the agent."""


@dataclass(frozen=True, slots=True)
class New:
    for_: str  # the customer's address


@dataclass(frozen=True, slots=True)
class Queue:
    """A table of the tickets that wait for us."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """A table of the tickets whose promises are broken."""


@dataclass(frozen=True, slots=True)
class Today:
    """A table of what is due today."""


Order: TypeAlias = (
    SetStatus | Pending | Vendor | Workaround | Rank | Assign | Note | Categorise | SetAccount | SetSubject | AddCc
    | Accept | Merge | Split | LinkTo | LogTime | Fault | RfoDraft | RfoSend | RfoWaive | RfoShare | Escalate | Spam
    | Resend | History | Help | New | Queue | Overdue | Today
)  # fmt: skip

ASKS_FIRST = (Merge, RfoSend, Spam)  # run once the agent has answered a confirmation, and alone in their mail
FOR_ADMINS = (Queue, Overdue, Today)
