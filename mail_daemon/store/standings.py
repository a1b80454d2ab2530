"""What has been done about accounts that are past due (policy section 12)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

# PostgreSQL's construct, since both engines render its ON CONFLICT DO UPDATE alike.
from sqlalchemy.dialects.postgresql import insert

from mail_daemon.store.rows_duties import Done
from mail_daemon.store.schema import tickets
from mail_daemon.store.schema_duties import standings

_ALL = select(*(standings.c[field.name] for field in fields(Done)))
_OF = _ALL.where(standings.c.account == bindparam("of_account")).with_for_update()
_ADD = insert(standings)
_PUT = _ADD.on_conflict_do_update(
    index_elements=[standings.c.account],
    set_={"held_since": _ADD.excluded.held_since, "suspended_since": _ADD.excluded.suspended_since},
)
_FORGET = delete(standings).where(standings.c.account == bindparam("of_account"))
_TICKETS = (
    select(tickets.c.id)
    .where(
        tickets.c.account == bindparam("of_account"),
        tickets.c.status.in_(bindparam("statuses", expanding=True)),
    )
    .order_by(tickets.c.id)
)


class Standings:
    """The table `standings`, and the tickets that it is about, within one transaction."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> dict[str, Done]:
        """By account; who is in good standing is not there."""
        return {row[0]: Done(*row) for row in self._connection.execute(_ALL)}

    def of(self, account: str) -> Done:
        """Held, in a writing transaction, until its end."""
        row = self._connection.execute(_OF, {"of_account": account}).first()
        return Done(*row) if row else Done(account)

    def note(self, account: str, *, held_since: datetime | None, suspended_since: datetime | None) -> None:
        if held_since is None and suspended_since is None:
            self._connection.execute(_FORGET, {"of_account": account})
        else:
            self._connection.execute(_PUT, asdict(Done(account, held_since, suspended_since)))

    def tickets(self, account: str, statuses: Collection[str]) -> list[int]:
        """The numbers of the account's tickets in one of these states, oldest first."""
        return list(self._connection.scalars(_TICKETS, {"of_account": account, "statuses": list(statuses)}))
