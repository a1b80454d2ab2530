"""What agents were asked to confirm: found by the token of the letter that asked, used once."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select, update

from mail_daemon.store.columns import Instant
from mail_daemon.store.rows_agents import Confirmation
from mail_daemon.store.schema_agents import confirmations

_ADD = insert(confirmations)
_GET = select(*(confirmations.c[field.name] for field in fields(Confirmation))).where(
    confirmations.c.nonce == bindparam("of_nonce")
)
_USE = (
    update(confirmations)
    .where(
        confirmations.c.nonce == bindparam("of_nonce"),
        confirmations.c.used_at.is_(None),
        confirmations.c.until >= bindparam("now", type_=Instant),
    )
    .values(used_at=bindparam("now", type_=Instant))
)
_ASKED = select(func.count()).where(
    confirmations.c.agent == bindparam("of_agent"),
    confirmations.c.kind == bindparam("of_kind"),
    confirmations.c.asked > bindparam("since"),
)


class Confirmations:
    """The table `confirmations` within one transaction."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, asked: Confirmation) -> None:
        self._connection.execute(_ADD, asdict(asked))

    def get(self, nonce: str) -> Confirmation | None:
        """What the letter with this token asked."""
        row = self._connection.execute(_GET, {"of_nonce": nonce}).first()
        return Confirmation(*row) if row else None

    def use(self, nonce: str, now: datetime) -> bool:
        """True for the first that asks in time, and never again."""
        return self._connection.execute(_USE, {"of_nonce": nonce, "now": now}).rowcount > 0

    def asked(self, agent: str, kind: str, since: datetime) -> int:
        """How many of a kind an agent was asked after `since`."""
        values = {"of_agent": agent, "of_kind": kind, "since": since}
        return int(self._connection.execute(_ASKED, values).scalar_one())
