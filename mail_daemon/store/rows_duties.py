"""What goes in and out of the tables of schema_duties.py: frozen, plain values, as rows.py has them for tickets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ImportedAccount:
    """What `accounts import` has read of an account; None is what no import has given."""

    name: str
    domains: tuple[str, ...] | None = None
    contacts: tuple[str, ...] | None = None
    telephones: tuple[str, ...] | None = None
    timezone: str | None = None
    language: str | None = None
    days_past_due: int | None = None
    disputed: bool | None = None
    imported: datetime | None = None  # when it last changed

    @property
    def given(self) -> dict[str, Any]:
        """The columns of accounts.yaml that an import has given, with the name."""
        named = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "imported"}
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Done:
    """What was done about an account: since when its tickets are held, and its portals to be suspended."""

    account: str
    held_since: datetime | None = None
    suspended_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rfo:
    """A Reason for Outage, policy section 6: state is draft, sent or waived, and `waived` says why."""

    id: int
    state: str
    service: str
    cause: str
    impact: str
    resolution: str
    prevention: str
    drafted: datetime
    author: str
    sent_at: datetime | None = None
    waived: str | None = None


@dataclass(frozen=True, slots=True)
class TimeEntry:
    """Minutes of work on a ticket, below zero where they take back; kind is one of domain.billing.KINDS."""

    id: int
    ticket_id: int
    at: datetime
    agent: str
    minutes: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class TimeOfTicket:
    """An entry, and what of its ticket a bill needs."""

    entry: TimeEntry
    account: str | None
    requester: str
    subject: str
    cause_review: bool
    fault: str | None
    billable: str | None


@dataclass(frozen=True, slots=True)
class Tally:
    """How the promises of one kind were kept in a group of tickets: domain.kept.Outcome, counted."""

    group: Any  # a priority, an account's name or None, or a month such as 2026-11
    kind: str
    met: int = 0
    broken: int = 0
    open: int = 0
    ended: int = 0
    undue: int = 0


@dataclass(frozen=True, slots=True)
class Maintenance:
    """A maintenance as it was last announced: status is one of domain.maintenance.Status.

    No `accounts` are all of them; `texts` are by language, "" being for all of them.
    """

    id: int
    key: str  # the id that its file gives it
    sequence: int
    status: str
    service: str
    impact: str
    starts: datetime
    ends: datetime
    accounts: tuple[str, ...]
    texts: Mapping[str, str]
    upgrade: bool
    announced: datetime  # for the first time


@dataclass(frozen=True, slots=True)
class MaintenanceLetter:
    """One letter of a maintenance: what is one of domain.maintenance.News."""

    maintenance_id: int
    recipient: str
    sequence: int
    account: str
    what: str
    message_id: str
