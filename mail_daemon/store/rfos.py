"""Reasons for Outage (policy section 6), and the tickets that share them: a ticket has one at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

# PostgreSQL's construct, since both engines render its ON CONFLICT DO UPDATE alike.
from sqlalchemy.dialects.postgresql import insert as insert_or_update

from mail_daemon.store.rows_duties import Rfo
from mail_daemon.store.schema_duties import rfo_tickets, rfos

_ADD = insert(rfos)
_CHANGE = update(rfos).where(rfos.c.id == bindparam("of_id"))
_OF = (
    select(*(rfos.c[field.name] for field in fields(Rfo)))
    .join(rfo_tickets, rfo_tickets.c.rfo_id == rfos.c.id)
    .where(rfo_tickets.c.ticket_id == bindparam("of_ticket"))
)
_SHARING = (
    select(rfo_tickets.c.ticket_id).where(rfo_tickets.c.rfo_id == bindparam("of_id")).order_by(rfo_tickets.c.ticket_id)
)
_GIVE = insert_or_update(rfo_tickets)
_GIVE = _GIVE.on_conflict_do_update(index_elements=[rfo_tickets.c.ticket_id], set_={"rfo_id": _GIVE.excluded.rfo_id})


class Rfos:
    """The tables `rfos` and `rfo_tickets` within one transaction."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, tickets: Sequence[int], *, drafted: datetime, author: str, service: str) -> Rfo:
        """A new draft for these tickets, in the place of what they had."""
        empty = dict.fromkeys(("cause", "impact", "resolution", "prevention"), "")
        row: dict[str, Any] = {"state": "draft", "service": service, "drafted": drafted, "author": author, **empty}
        key = self._connection.execute(_ADD, row).inserted_primary_key
        assert key is not None
        rfo = Rfo(id=int(key[0]), **row)
        self.give(rfo.id, tickets)
        return rfo

    def give(self, id: int, tickets: Iterable[int]) -> None:
        """From now on it is these tickets' too, in the place of what they had."""
        if rows := [{"ticket_id": ticket, "rfo_id": id} for ticket in tickets]:
            self._connection.execute(_GIVE, rows)

    def change(self, id: int, **columns: Any) -> None:
        """Sets columns, named as the fields of Rfo."""
        self._connection.execute(_CHANGE, {"of_id": id, **columns})

    def of(self, ticket_id: int) -> Rfo | None:
        """The Reason for Outage of a ticket."""
        row = self._connection.execute(_OF, {"of_ticket": ticket_id}).first()
        return Rfo(*row) if row else None

    def sharing(self, id: int) -> list[int]:
        """The tickets whose it is, in the order of their numbers."""
        return list(self._connection.scalars(_SHARING, {"of_id": id}))
