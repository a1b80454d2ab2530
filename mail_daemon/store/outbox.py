"""Letters on their way out: written with what caused them, claimed, sent once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, literal_column, or_, select, update

from mail_daemon.domain.identity import untagged
from mail_daemon.store.errors import StaleClaim
from mail_daemon.store.rows import Draft, Posted, Waiting
from mail_daemon.store.schema import outbox

# These are spelt out, since a partial index serves only a query that names its condition.
_WAITING = outbox.c.state == literal_column("'waiting'")
_ANSWER = outbox.c.letter.in_([literal_column("'acknowledgement'"), literal_column("'refused'")])

_ADD = insert(outbox)
_DUE = (
    select(outbox.c.id)
    .where(
        _WAITING,
        outbox.c.next_attempt <= bindparam("now"),
        or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until <= bindparam("now")),
    )
    .order_by(outbox.c.next_attempt, outbox.c.id)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True)
    .cte("due")
)
_CLAIM = (
    update(outbox)
    .where(outbox.c.id.in_(select(_DUE.c.id)))
    .values(attempts=outbox.c.attempts + 1, claimed_until=bindparam("until"))
    .returning(*(outbox.c[field.name] for field in fields(Waiting)), outbox.c.next_attempt)
)
_HELD = update(outbox).where(outbox.c.id == bindparam("of_id"), outbox.c.attempts == bindparam("of_attempts"), _WAITING)
_RELEASE = _HELD.values(attempts=outbox.c.attempts - 1, claimed_until=None)
_RECLAIM = update(outbox).where(_WAITING, outbox.c.claimed_until.is_not(None)).values(claimed_until=None)

_TO_ONE = (
    select(func.count())
    .select_from(outbox)
    .where(_ANSWER, outbox.c.recipient == bindparam("address"), outbox.c.queued >= bindparam("since"))
    .scalar_subquery()
)
_TO_UNPROVEN = (
    select(func.count())
    .select_from(outbox)
    .where(_ANSWER, outbox.c.proven == bindparam("proven"), outbox.c.queued >= bindparam("since"))
    .scalar_subquery()
)
_ANSWERED = select(_TO_ONE, _TO_UNPROVEN)
_ROW = select(*(outbox.c[field.name] for field in fields(Posted)))
_BY_MESSAGE_ID = _ROW.where(outbox.c.message_id == bindparam("of_message_id"))
_OF_TICKET = _ROW.where(outbox.c.ticket_id == bindparam("of_ticket")).order_by(outbox.c.id)
_CONTENT = select(outbox.c.content).where(outbox.c.id == bindparam("of_id"))


class Outbox:
    """The table `outbox` within one transaction."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, drafts: Sequence[Draft]) -> list[int]:
        """Puts letters in, to leave after the commit, and returns their ids in order."""
        return [self._add(draft) for draft in drafts]

    def _add(self, draft: Draft) -> int:
        key = self._connection.execute(_ADD, _new(draft)).inserted_primary_key
        assert key is not None
        return int(key[0])

    def claim(self, *, now: datetime, until: datetime, limit: int) -> list[Waiting]:
        """Takes letters that are due and nobody's until `until`, the longest due first; counts an attempt.

        `until` lies beyond the longest time that sending may take. Commit before sending.
        """
        rows = self._connection.execute(_CLAIM, {"now": now, "until": until, "at_most": limit})
        ordered = sorted(rows, key=lambda row: (row.next_attempt, row.id))
        return [Waiting(*row[:-1]) for row in ordered]

    def sent(self, waiting: Waiting, *, now: datetime) -> None:
        """The server accepted the letter. Raises StaleClaim."""
        self._finish(waiting, state="sent", sent_at=now, error=None)

    def deferred(self, waiting: Waiting, *, error: str, next_attempt: datetime) -> None:
        """The letter stays, to be tried again at `next_attempt`. Raises StaleClaim."""
        self._finish(waiting, error=error, next_attempt=next_attempt)

    def failed(self, waiting: Waiting, *, error: str, now: datetime) -> None:
        """The letter is given up at `now`, for the reason in `error`. Raises StaleClaim."""
        self._finish(waiting, state="failed", error=error, next_attempt=now)

    def _finish(self, waiting: Waiting, **columns: Any) -> None:
        done = self._connection.execute(
            _HELD, {"of_id": waiting.id, "of_attempts": waiting.attempts, "claimed_until": None, **columns}
        )
        if not done.rowcount:
            raise StaleClaim(f"letter {waiting.id} was taken over after attempt {waiting.attempts}")

    def release(self, waiting: Sequence[Waiting]) -> None:
        """Gives back letters that were not begun, without counting; a claim taken over is left alone."""
        if waiting:
            self._connection.execute(
                _RELEASE, [{"of_id": letter.id, "of_attempts": letter.attempts} for letter in waiting]
            )

    def reclaim(self) -> int:
        """Ends every claim, for the one daemon of a database at its start: their holders are dead."""
        return self._connection.execute(_RECLAIM).rowcount

    def answered(self, address: str, since: datetime) -> tuple[int, int]:
        """How many automatic answers were queued since then: to this mailbox, and to all unproven senders.

        cy+1@ and cy+2@ are one mailbox: a victim is not bombed by counting up.
        """
        asked = {"address": untagged(address), "proven": False, "since": since}
        row = self._connection.execute(_ANSWERED, asked).one()
        return int(row[0]), int(row[1])

    def of(self, ticket_id: int) -> list[Posted]:
        """The letters about a ticket, oldest first."""
        return [Posted(*row) for row in self._connection.execute(_OF_TICKET, {"of_ticket": ticket_id})]

    def list(self, state: str | None = None) -> list[Posted]:
        """Letters in the order in which they are or were due; all states if None."""
        wanted = _ROW.order_by(outbox.c.next_attempt, outbox.c.id)
        if state is not None:
            wanted = wanted.where(outbox.c.state == literal_column(f"'{state}'"))
        return [Posted(*row) for row in self._connection.execute(wanted)]

    def by_message_id(self, message_id: str) -> Posted | None:
        """The letter that a bounce or a reply names."""
        row = self._connection.execute(_BY_MESSAGE_ID, {"of_message_id": message_id}).first()
        return Posted(*row) if row else None

    def content(self, id: int) -> bytes | None:
        """The ready mail of a letter."""
        return self._connection.scalar(_CONTENT, {"of_id": id})


def _new(draft: Draft) -> dict[str, Any]:
    return {
        "ticket_id": draft.ticket_id,
        "letter": draft.letter,
        "recipients": draft.recipients,
        "recipient": untagged(draft.recipients[0]),
        "proven": draft.proven,
        "envelope_from": draft.envelope_from,
        "message_id": draft.message_id,
        "state": "waiting",
        "attempts": 0,
        "queued": draft.queued,
        "next_attempt": draft.next_attempt or draft.queued,
        "content": draft.content,
    }
