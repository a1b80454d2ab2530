"""Mails as they came: stored once, claimed, filed or put into quarantine."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, literal_column, or_, select, update

# PostgreSQL's construct, since both engines render its ON CONFLICT DO NOTHING alike.
from sqlalchemy.dialects.postgresql import insert

from mail_daemon.store.errors import StaleClaim
from mail_daemon.store.hot import Hot
from mail_daemon.store.rows_inbound import Claimed, Inbound, NewInbound
from mail_daemon.store.schema import inbound, sightings

_MANY = 500  # values in one IN (...)

# The states are spelt out, since a partial index serves only a query that names its condition.
_RECEIVED = inbound.c.state == literal_column("'received'")
_QUARANTINED = inbound.c.state == literal_column("'quarantined'")

_ADD = insert(inbound).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
_SIGHT = (
    insert(sightings)
    .from_select(
        ["mailbox", "key", "inbound_id"],
        select(bindparam("in_mailbox"), bindparam("under_key"), inbound.c.id).where(
            inbound.c.fingerprint == bindparam("of_fingerprint")
        ),
    )
    .on_conflict_do_nothing()
)
_KNOWN = select(sightings.c.key).where(
    sightings.c.mailbox == bindparam("in_mailbox"), sightings.c.key.in_(bindparam("keys", expanding=True))
)
_BLOBS = select(inbound.c.blob).where(inbound.c.blob.in_(bindparam("keys", expanding=True)))

_DUE = (
    select(inbound.c.id)
    .where(
        _RECEIVED,
        or_(inbound.c.next_attempt.is_(None), inbound.c.next_attempt <= bindparam("now")),
        or_(inbound.c.claimed_until.is_(None), inbound.c.claimed_until <= bindparam("now")),
    )
    .order_by(inbound.c.id)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True)
    .cte("due")
)
_CLAIM = (
    update(inbound)
    .where(inbound.c.id.in_(select(_DUE.c.id)))
    .values(attempts=inbound.c.attempts + 1, claimed_until=bindparam("until"))
    .returning(*(inbound.c[field.name] for field in fields(Claimed)))
)
_HELD = update(inbound).where(
    inbound.c.id == bindparam("of_id"), inbound.c.attempts == bindparam("of_attempts"), _RECEIVED
)
_FINISH = Hot(_HELD)
_RELEASE = _HELD.values(attempts=inbound.c.attempts - 1, claimed_until=None)
_RECLAIM = update(inbound).where(_RECEIVED, inbound.c.claimed_until.is_not(None)).values(claimed_until=None)
_BRING_BACK = (
    update(inbound)
    .where(_RECEIVED, or_(inbound.c.next_attempt > bindparam("beyond"), inbound.c.claimed_until > bindparam("beyond")))
    .values(next_attempt=bindparam("now"), claimed_until=None)
)

_ANY_RECEIVED = select(inbound.c.id).where(_RECEIVED).limit(1)
_ROW = select(*(inbound.c[field.name] for field in fields(Inbound)))
_GET = _ROW.where(inbound.c.id == bindparam("of_id"))
_BY_FINGERPRINT = _ROW.where(inbound.c.fingerprint == bindparam("of_fingerprint"))
_ALL_QUARANTINED = _ROW.where(_QUARANTINED).order_by(inbound.c.id)
_FROM_QUARANTINE = update(inbound).where(inbound.c.id == bindparam("of_id"), _QUARANTINED)


class InboundMails:
    """The table `inbound` within one transaction."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, arrivals: Sequence[NewInbound], *, now: datetime) -> int:
        """Stores mails whose blobs are durable; one whose fingerprint is known only gains a sighting.

        Returns how many are new.
        """
        if not arrivals:
            return 0
        added = self._connection.execute(_ADD, [_new(mail, now) for mail in arrivals]).rowcount
        self._connection.execute(
            _SIGHT,
            [
                {"in_mailbox": mail.mailbox, "under_key": mail.key, "of_fingerprint": mail.fingerprint}
                for mail in arrivals
            ],
        )
        return added

    def known(self, mailbox: str, keys: Collection[str]) -> set[str]:
        """Those of the keys under which a mail of this mailbox is stored."""
        return {
            key
            for some in _parts(keys)
            for key in self._connection.scalars(_KNOWN, {"in_mailbox": mailbox, "keys": some})
        }

    def claim(self, *, now: datetime, until: datetime, limit: int) -> list[Claimed]:
        """Takes the oldest mails that are due and nobody's until `until`; each claim counts as an attempt.

        Commit before reading them: a mail that kills the daemon must find its attempts counted.
        """
        rows = self._connection.execute(_CLAIM, {"now": now, "until": until, "at_most": limit})
        return sorted((Claimed(*row) for row in rows), key=lambda mail: mail.id)

    def filed(self, claimed: Claimed, *, ticket_id: int | None, match: str, facts: Mapping[str, Any] | None) -> None:
        """The mail belongs to a ticket now, or was an agent's orders to the desk. Raises StaleClaim."""
        self._finish(claimed, state="filed", ticket_id=ticket_id, match=match, facts=facts)

    def deferred(self, claimed: Claimed, *, reason: str, next_attempt: datetime) -> None:
        """Gives the mail back until `next_attempt`. Raises StaleClaim."""
        self._finish(claimed, state="received", reason=reason, next_attempt=next_attempt)

    def quarantine(
        self,
        claimed: Claimed,
        *,
        reason: str,
        traceback: str = "",
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        """Sets the mail aside for an admin, with why. Raises StaleClaim."""
        self._finish(claimed, state="quarantined", reason=reason, traceback=traceback, facts=facts)

    def _finish(self, claimed: Claimed, **columns: Any) -> None:
        done = _FINISH.execute(
            self._connection, {"of_id": claimed.id, "of_attempts": claimed.attempts, "claimed_until": None, **columns}
        )
        if not done.rowcount:
            raise StaleClaim(f"inbound mail {claimed.id} was taken over after attempt {claimed.attempts}")

    def release(self, claimed: Sequence[Claimed]) -> None:
        """Gives back mails that were not begun, without counting; a claim taken over is left alone."""
        if claimed:
            self._connection.execute(_RELEASE, [{"of_id": mail.id, "of_attempts": mail.attempts} for mail in claimed])

    def reclaim(self) -> int:
        """Ends every claim, for the one daemon of a database at its start: their holders are dead."""
        return self._connection.execute(_RECLAIM).rowcount

    def bring_back(self, *, now: datetime, beyond: datetime) -> int:
        """Makes mails due now whose next attempt or claim lies beyond what our clock can have meant."""
        return self._connection.execute(_BRING_BACK, {"now": now, "beyond": beyond}).rowcount

    def all_filed(self) -> bool:
        """Whether no mail waits to be filed, now or later."""
        return self._connection.execute(_ANY_RECEIVED).first() is None

    def get(self, id: int) -> Inbound | None:
        row = self._connection.execute(_GET, {"of_id": id}).first()
        return Inbound(*row) if row else None

    def by_fingerprint(self, fingerprint: str) -> Inbound | None:
        row = self._connection.execute(_BY_FINGERPRINT, {"of_fingerprint": fingerprint}).first()
        return Inbound(*row) if row else None

    def quarantined(self) -> list[Inbound]:
        """What is set aside, oldest first."""
        return [Inbound(*row) for row in self._connection.execute(_ALL_QUARANTINED)]

    def retry(self, id: int, now: datetime) -> bool:
        """Takes a mail out of quarantine to be read afresh at once; False if it is not there."""
        return self._leave_quarantine(id, state="received", attempts=0, next_attempt=now)

    def confirmed(self, id: int) -> bool:
        """Takes an agent's orders out of quarantine, since the agent stands by them; False if it is not there."""
        return self._leave_quarantine(id, state="filed", match="command")

    def drop(self, id: int) -> bool:
        """Takes a mail out of quarantine for good, its row and blob kept; False if it is not there."""
        return self._leave_quarantine(id, state="dropped")

    def _leave_quarantine(self, id: int, **columns: Any) -> bool:
        return self._connection.execute(_FROM_QUARANTINE, {"of_id": id, **columns}).rowcount > 0

    def blobs_in_use(self, keys: Collection[str]) -> set[str]:
        """Those of the blobs that a mail refers to."""
        return {key for some in _parts(keys) for key in self._connection.scalars(_BLOBS, {"keys": some})}


def _new(mail: NewInbound, now: datetime) -> dict[str, Any]:
    return {
        "mailbox": mail.mailbox,
        "key": mail.key,
        "fingerprint": mail.fingerprint,
        "blob": mail.blob,
        "size": mail.size,
        "received": mail.received,
        "envelope_sender": mail.envelope_sender,
        "refused": mail.refused,
        "stored_at": now,
        "state": "received",
        "attempts": 0,
    }


def _parts(keys: Collection[str]) -> Iterator[list[str]]:
    every = list(keys)
    return (every[start : start + _MANY] for start in range(0, len(every), _MANY))
