"""The promises that run: each clock says when the tick must look at it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from mail_daemon.store.rows import Clock, NewClock
from mail_daemon.store.schema import clocks

_START = insert(clocks)
_ROW = select(*(clocks.c[field.name] for field in fields(Clock)))
_OF = _ROW.where(clocks.c.ticket_id == bindparam("of_ticket")).order_by(clocks.c.id)
_CHANGE = update(clocks).where(clocks.c.id == bindparam("of_id"))
_DUE = (
    _ROW.where(clocks.c.next_at <= bindparam("now"))
    .order_by(clocks.c.next_at)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True)
)


class Clocks:
    """The table `clocks` within one transaction."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def start(self, new: Sequence[NewClock]) -> None:
        if new:
            self._connection.execute(
                _START,
                [
                    {
                        "ticket_id": clock.ticket_id,
                        "kind": clock.kind,
                        "state": clock.state,
                        "started": clock.started,
                        "due": clock.due,
                        "next_at": clock.next_at,
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

    def due(self, now: datetime, limit: int) -> list[Clock]:
        """The clocks to look at now, most overdue first; held for this writing transaction alone."""
        return [Clock(*row) for row in self._connection.execute(_DUE, {"now": now, "at_most": limit})]
