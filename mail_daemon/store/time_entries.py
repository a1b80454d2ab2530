"""Time that agents have put down on tickets (policy sections 3, 4 and 13). An entry is never changed."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select

from mail_daemon.store.rows_duties import TimeEntry, TimeOfTicket
from mail_daemon.store.schema import tickets
from mail_daemon.store.schema_duties import time_entries

_ADD = insert(time_entries)
_ROW = [time_entries.c[field.name] for field in fields(TimeEntry)]
_OF = select(*_ROW).where(time_entries.c.ticket_id == bindparam("of_ticket")).order_by(time_entries.c.id)
_MINUTES = select(func.sum(time_entries.c.minutes)).where(
    time_entries.c.ticket_id == bindparam("of_ticket"), time_entries.c.kind == bindparam("of_kind")
)
_FACTS = [tickets.c[name] for name in ("account", "requester", "subject", "cause_review", "fault", "billable")]


class TimeEntries:
    """The table `time_entries` within one transaction."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, ticket_id: int, *, at: datetime, agent: str, minutes: int, kind: str, text: str) -> TimeEntry:
        row: dict[str, Any] = {
            "ticket_id": ticket_id,
            "at": at,
            "agent": agent,
            "minutes": minutes,
            "kind": kind,
            "text": text,
        }
        key = self._connection.execute(_ADD, row).inserted_primary_key
        assert key is not None
        return TimeEntry(id=int(key[0]), **row)

    def of(self, ticket_id: int) -> list[TimeEntry]:
        """The entries of a ticket, as they were put down."""
        return [TimeEntry(*row) for row in self._connection.execute(_OF, {"of_ticket": ticket_id})]

    def minutes(self, ticket_id: int, kind: str) -> int:
        """What a ticket has of one kind, corrections taken off."""
        return self._connection.execute(_MINUTES, {"of_ticket": ticket_id, "of_kind": kind}).scalar() or 0

    def worked(
        self, *, since: datetime | None = None, until: datetime | None = None, account: str | None = None
    ) -> list[TimeOfTicket]:
        """All entries of each ticket that has one from `since` to before `until`; those of a ticket together.

        None is no bound, and every account.
        """
        wanted = select(time_entries.c.ticket_id)
        if since:
            wanted = wanted.where(time_entries.c.at >= since)
        if until:
            wanted = wanted.where(time_entries.c.at < until)
        found = select(*_ROW, *_FACTS).join(tickets, tickets.c.id == time_entries.c.ticket_id)
        found = found.where(time_entries.c.ticket_id.in_(wanted)).order_by(time_entries.c.ticket_id, time_entries.c.id)
        if account is not None:
            found = found.where(tickets.c.account == account)
        width = len(_ROW)
        return [TimeOfTicket(TimeEntry(*row[:width]), *row[width:]) for row in self._connection.execute(found)]
