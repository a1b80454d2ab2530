"""Planned maintenance (policy section 11), and the letters by which each recipient heard of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, literal_column, select, update

# PostgreSQL's construct, since both engines render its ON CONFLICT DO NOTHING alike.
from sqlalchemy.dialects.postgresql import insert as insert_new

from mail_daemon.domain.maintenance import Announcement, Status
from mail_daemon.store.hot import Hot
from mail_daemon.store.rows_duties import Maintenance, MaintenanceLetter
from mail_daemon.store.schema import tickets
from mail_daemon.store.schema_duties import maintenance_letters, maintenances

_ROW = select(*(maintenances.c[field.name] for field in fields(Maintenance)))
_ALL = _ROW.order_by(maintenances.c.starts, maintenances.c.id)
_OF_KEY = _ROW.where(maintenances.c.key == bindparam("of_key"))
_HOLD = _OF_KEY.with_for_update()
# Asked for every new ticket, and most of the time there is none.
_RUNNING = Hot(
    select(maintenances.c.id).where(
        maintenances.c.ends > bindparam("now"),
        maintenances.c.starts <= bindparam("now"),
        maintenances.c.status == literal_column(f"'{Status.ANNOUNCED.value}'"),
    )
)
_THESE = _ALL.where(maintenances.c.id.in_(bindparam("ids", expanding=True)))
_ADD = insert_new(maintenances).on_conflict_do_nothing(index_elements=[maintenances.c.key]).returning(maintenances.c.id)
_CHANGE = update(maintenances).where(maintenances.c.id == bindparam("of_id"))

_LETTER = select(*(maintenance_letters.c[field.name] for field in fields(MaintenanceLetter)))
_LETTERS = _LETTER.where(maintenance_letters.c.maintenance_id == bindparam("of_id")).order_by(
    maintenance_letters.c.sequence
)
_SAY = insert(maintenance_letters)
_ANSWERED = (
    select(*(maintenances.c[field.name] for field in fields(Maintenance)), maintenance_letters.c.message_id)
    .join(maintenance_letters, maintenance_letters.c.maintenance_id == maintenances.c.id)
    .where(maintenance_letters.c.message_id.in_(bindparam("ids", expanding=True)))
)
_TOLD = select(maintenance_letters.c.maintenance_id, func.count(maintenance_letters.c.recipient.distinct())).group_by(
    maintenance_letters.c.maintenance_id
)
_REQUESTERS = (
    select(tickets.c.requester)
    .where(
        tickets.c.account == bindparam("of_account"),
        tickets.c.proven.is_(True),
        tickets.c.opened >= bindparam("since"),
    )
    .group_by(tickets.c.requester)
    .order_by(func.max(tickets.c.id).desc())
    .limit(bindparam("at_most"))
)


class Maintenances:
    """The tables `maintenances` and `maintenance_letters` within one transaction."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> list[Maintenance]:
        """In the order in which they begin."""
        return [Maintenance(*row) for row in self._connection.execute(_ALL)]

    def get(self, key: str, *, lock: bool = False) -> Maintenance | None:
        """`lock` holds it for this writing transaction."""
        row = self._connection.execute(_HOLD if lock else _OF_KEY, {"of_key": key}).first()
        return Maintenance(*row) if row else None

    def add(self, said: Announcement, *, now: datetime) -> bool:
        """Keeps a first announcement; False where another transaction was faster with this key."""
        row = {**asdict(said), "sequence": 0, "status": Status.ANNOUNCED.value, "announced": now}
        return self._connection.execute(_ADD, row).first() is not None

    def change(self, id: int, said: Announcement, *, status: Status, sequence: int) -> None:
        row = {**asdict(said), "status": status.value, "sequence": sequence}
        self._connection.execute(_CHANGE, {"of_id": id, **row})

    def running(self, now: datetime) -> list[Maintenance]:
        """Those whose window is open then."""
        ids = [row[0] for row in _RUNNING.execute(self._connection, {"now": now})]
        return [Maintenance(*row) for row in self._connection.execute(_THESE, {"ids": ids})] if ids else []

    def letters(self, id: int) -> list[MaintenanceLetter]:
        """All of one maintenance, oldest first."""
        return [MaintenanceLetter(*row) for row in self._connection.execute(_LETTERS, {"of_id": id})]

    def note(self, letters: Sequence[MaintenanceLetter]) -> None:
        """That these were written."""
        if letters:
            self._connection.execute(_SAY, [asdict(letter) for letter in letters])

    def answered(self, ids: Sequence[str]) -> dict[str, Maintenance]:
        """The maintenance that each of these Message-IDs of our letters is about."""
        rows = self._connection.execute(_ANSWERED, {"ids": list(ids)})
        return {row[-1]: Maintenance(*row[:-1]) for row in rows}

    def told(self) -> dict[int, int]:
        """How many have had a letter of each maintenance, by its row's id."""
        return {row[0]: row[1] for row in self._connection.execute(_TOLD)}

    def requesters(self, account: str, since: datetime, limit: int) -> list[str]:
        """Whose tickets of an account were opened since then, the latest first; proven ones alone."""
        which = {"of_account": account, "since": since, "at_most": limit}
        return list(self._connection.scalars(_REQUESTERS, which))
