"""The promises that run: each clock says when the tick must look at it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from mail_daemon.store.hot import Hot
from mail_daemon.store.rows import Clock, NewClock
from mail_daemon.store.schema import clocks

_START = Hot(insert(clocks).inline())
_ROW = select(*(clocks.c[field.name] for field in fields(Clock)))
_OF = _ROW.where(clocks.c.ticket_id == bindparam("of_ticket")).order_by(clocks.c.id)
_CHANGE = update(clocks).where(clocks.c.id == bindparam("of_id"))
_DUE_TICKETS = (
    select(clocks.c.ticket_id)
    .where(clocks.c.next_at <= bindparam("now"))
    .order_by(clocks.c.next_at)
    .limit(bindparam("at_most"))
)
_POSTPONE = (
    update(clocks)
    .where(clocks.c.ticket_id == bindparam("of_ticket"), clocks.c.next_at <= bindparam("now"))
    .values(next_at=bindparam("until"))
)


class Clocks:
    """The table `clocks` within one transaction."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def start(self, new: Sequence[NewClock]) -> None:
        _START.execute_all(
            self._connection,
            [
                {
                    "ticket_id": clock.ticket_id,
                    "kind": clock.kind,
                    "state": clock.state,
                    "started": clock.started,
                    "due": clock.due,
                    "next_at": clock.next_at,
                    "step": clock.step,
                }
                for clock in new
            ],
        )

    def of(self, ticket_id: int) -> list[Clock]:
        """The clocks of a ticket, oldest first."""
        return [Clock(*row) for row in self._connection.execute(_OF, {"of_ticket": ticket_id})]

    def change(self, clock_id: int, **columns: Any) -> None:
        """Sets columns of a clock, named as the fields of Clock; `next_at=None` leaves it in peace."""
        self._connection.execute(_CHANGE, {"of_id": clock_id, **columns})

    def due_tickets(self, now: datetime, limit: int) -> list[int]:
        """The tickets of the `limit` most overdue clocks, each once, in that order. Locks nothing."""
        return list(dict.fromkeys(self._connection.scalars(_DUE_TICKETS, {"now": now, "at_most": limit})))

    def postpone(self, ticket_id: int, *, now: datetime, until: datetime) -> None:
        """The ticket's clocks that are due are looked at again at `until`; their steps and due times stay."""
        self._connection.execute(_POSTPONE, {"of_ticket": ticket_id, "now": now, "until": until})
