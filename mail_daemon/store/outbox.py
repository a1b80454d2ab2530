"""Letters on their way out: written with what caused them, claimed, sent once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Update,
    and_,
    bindparam,
    func,
    insert,
    literal_column,
    not_,
    or_,
    select,
    update,
)

from mail_daemon.domain.identity import untagged
from mail_daemon.store.errors import StaleClaim
from mail_daemon.store.hot import Hot
from mail_daemon.store.rows import Draft, Posted, Waiting
from mail_daemon.store.schema import outbox

# These are spelt out, since a partial index serves only a query that names its condition.
_WAITING = outbox.c.state == literal_column("'waiting'")
_ANSWERS = ("acknowledgement", "refused")
_ANSWER = outbox.c.letter.in_([literal_column(f"'{name}'") for name in _ANSWERS])

_ADD = Hot(insert(outbox), id=outbox.c.id)
# Thousands of these come at once, and no acknowledgement or page may wait behind them.
_PATIENT = outbox.c.letter == literal_column("'maintenance'")


def _claiming(which: ColumnElement[bool]) -> Update:
    due = (
        select(outbox.c.id)
        .where(
            _WAITING,
            which,
            outbox.c.channel == bindparam("of_channel"),
            outbox.c.next_attempt <= bindparam("now"),
            or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until <= bindparam("now")),
        )
        .order_by(outbox.c.next_attempt, outbox.c.id)
        .limit(bindparam("at_most"))
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    return (
        update(outbox)
        .where(outbox.c.id.in_(select(due.c.id)))
        .values(attempts=outbox.c.attempts + 1, claimed_until=bindparam("until"))
        .returning(*(outbox.c[field.name] for field in fields(Waiting)), outbox.c.next_attempt)
    )


_CLAIM, _CLAIM_PATIENT = _claiming(not_(_PATIENT)), _claiming(_PATIENT)
_HELD = update(outbox).where(outbox.c.id == bindparam("of_id"), outbox.c.attempts == bindparam("of_attempts"), _WAITING)
_FINISH = Hot(_HELD)
_RELEASE = _HELD.values(attempts=outbox.c.attempts - 1, claimed_until=None)
_RECLAIM = update(outbox).where(_WAITING, outbox.c.claimed_until.is_not(None)).values(claimed_until=None)
_BRING_BACK = (
    update(outbox)
    .where(_WAITING, or_(outbox.c.next_attempt > bindparam("beyond"), outbox.c.claimed_until > bindparam("beyond")))
    .values(next_attempt=bindparam("now"), claimed_until=None)
)

_TO_ONE = (
    select(func.count())
    .select_from(outbox)
    .where(_ANSWER, outbox.c.recipient == bindparam("address"), outbox.c.queued >= bindparam("since"))
    .scalar_subquery()
)
_TO_UNPROVEN = Hot(
    select(func.count())
    .select_from(outbox)
    .where(_ANSWER, outbox.c.proven == bindparam("proven"), outbox.c.queued >= bindparam("since"))
)
_OUTDATED = (
    select(func.count())
    .select_from(outbox)
    .where(
        _ANSWER,
        outbox.c.proven == bindparam("proven"),
        outbox.c.queued >= bindparam("counted_since"),
        outbox.c.queued < bindparam("since"),
    )
    .scalar_subquery()
)
_ANSWERED = Hot(select(_TO_ONE, _OUTDATED))
_ANSWERS_TO = Hot(
    select(func.count())
    .select_from(outbox)
    .where(_ANSWER, outbox.c.recipient == bindparam("address"), outbox.c.queued >= bindparam("since"))
)
_CAUSED = Hot(
    select(outbox.c.recipient, outbox.c.letter, func.count())
    .where(outbox.c.cause == bindparam("of_cause"), outbox.c.queued >= bindparam("since"))
    .group_by(outbox.c.recipient, outbox.c.letter)
)
_FAILURES = (
    select(func.count())
    .select_from(outbox)
    .where(
        outbox.c.state == literal_column("'failed'"),
        outbox.c.letter != "warning",
        outbox.c.next_attempt >= bindparam("since"),
    )
)
_UNTRIED = and_(outbox.c.cause == bindparam("of_cause"), _WAITING, outbox.c.attempts == 0)
_DUE_OF = select(func.min(outbox.c.next_attempt)).where(_UNTRIED)
_REWRITE = update(outbox).where(_UNTRIED, outbox.c.recipient == bindparam("of_recipient"))
_ROW = select(*(outbox.c[field.name] for field in fields(Posted)))
_BY_MESSAGE_ID = _ROW.where(outbox.c.message_id == bindparam("of_message_id"))
_OF_TICKET = _ROW.where(outbox.c.ticket_id == bindparam("of_ticket")).order_by(outbox.c.id)
_CONTENT = select(outbox.c.content).where(outbox.c.id == bindparam("of_id"))


class Outbox:
    """The table `outbox` within one transaction."""

    __slots__ = ("_connection", "_unproven")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._unproven: tuple[datetime, int] | None = None  # how many answers to unproven senders since when

    def add(self, drafts: Sequence[Draft]) -> list[int]:
        """Puts letters in, to leave after the commit, and returns their ids in order."""
        if self._unproven:
            since, number = self._unproven
            answers = (d for d in drafts if d.letter in _ANSWERS and not d.proven and d.queued >= since)
            self._unproven = since, number + sum(1 for _ in answers)
        return [_ADD.insert(self._connection, _new(draft)) for draft in drafts]

    def claim(self, *, now: datetime, until: datetime, limit: int, channel: str = "mail") -> list[Waiting]:
        """Takes letters that are due and nobody's until `until`, the longest due first; counts an attempt.

        Those about maintenance come after all others. `until` lies beyond the longest time that sending may take.
        Commit before sending.
        """
        claimed: list[Waiting] = []
        for claim in (_CLAIM, _CLAIM_PATIENT):
            if room := limit - len(claimed):
                which = {"now": now, "until": until, "at_most": room, "of_channel": channel}
                rows = sorted(self._connection.execute(claim, which), key=lambda row: (row.next_attempt, row.id))
                claimed += (Waiting(*row[:-1]) for row in rows)
        return claimed

    def sent(self, waiting: Waiting, *, now: datetime) -> None:
        """The server accepted the letter. Raises StaleClaim."""
        self._finish(waiting, state="sent", sent_at=now, error=None)

    def deferred(
        self, waiting: Waiting, *, error: str, next_attempt: datetime, only: tuple[str, ...] | None = None
    ) -> None:
        """The letter stays, to be tried again at `next_attempt`: for `only` these, who are left. Raises StaleClaim."""
        self._finish(waiting, error=error, next_attempt=next_attempt, recipients=only or waiting.recipients)

    def failed(self, waiting: Waiting, *, error: str, now: datetime) -> None:
        """The letter is given up at `now`, for the reason in `error`. Raises StaleClaim."""
        self._finish(waiting, state="failed", error=error, next_attempt=now)

    def _finish(self, waiting: Waiting, **columns: Any) -> None:
        done = _FINISH.execute(
            self._connection, {"of_id": waiting.id, "of_attempts": waiting.attempts, "claimed_until": None, **columns}
        )
        if not done.rowcount:
            raise StaleClaim(f"letter {waiting.id} was taken over after attempt {waiting.attempts}")

    def release(self, waiting: Sequence[Waiting]) -> None:
        """Gives back letters that were not begun, without counting; a claim taken over is left alone."""
        if waiting:
            self._connection.execute(
                _RELEASE, [{"of_id": letter.id, "of_attempts": letter.attempts} for letter in waiting]
            )

    def reclaim(self, channel: str | None = None) -> int:
        """Ends every claim, or those of one channel, for the one daemon of a database: their holders are dead."""
        ended = _RECLAIM if channel is None else _RECLAIM.where(outbox.c.channel == channel)
        return self._connection.execute(ended).rowcount

    def bring_back(self, *, now: datetime, beyond: datetime) -> int:
        """Makes letters due now whose next attempt or claim lies beyond what our clock can have meant."""
        return self._connection.execute(_BRING_BACK, {"now": now, "beyond": beyond}).rowcount

    def answered(self, address: str, since: datetime) -> tuple[int, int]:
        """How many automatic answers were queued since then: to this mailbox, and to all unproven senders.

        cy+1@ and cy+2@ are one mailbox: a victim is not bombed by counting up.
        """
        asked = {"address": untagged(address), "proven": False, "since": since}
        # Under a flood this is asked for each of many mails: counting them all, every time, would be its main cost.
        if self._unproven is None or since < self._unproven[0]:
            self._unproven = since, _TO_UNPROVEN.row(self._connection, asked)[0]
        counted_since, unproven = self._unproven
        to_one, outdated = _ANSWERED.row(self._connection, asked | {"counted_since": counted_since})
        return to_one, unproven - outdated

    def forget(self) -> None:
        """For a savepoint that is undone: what was added since then no longer counts."""
        self._unproven = None

    def answers_to(self, address: str, since: datetime) -> int:
        """How many automatic answers to this mailbox were queued since then."""
        return int(_ANSWERS_TO.row(self._connection, {"address": untagged(address), "since": since})[0])

    def caused(self, cause: str, since: datetime) -> Counter[tuple[str, str]]:
        """How many letters with this cause were queued since then, by mailbox and name of the letter."""
        rows = _CAUSED.execute(self._connection, {"of_cause": cause, "since": since})
        return Counter({(recipient, letter): number for recipient, letter, number in rows})

    def failures(self, since: datetime) -> int:
        """How many letters, but for warnings, were given up since then."""
        return self._connection.execute(_FAILURES, {"since": since}).scalar_one()

    def due_of(self, cause: str) -> datetime | None:
        """When the first letter with this cause that was not tried yet is due; None where there is none."""
        due: datetime | None = self._connection.scalar(_DUE_OF, {"of_cause": cause})
        return due

    def rewrite(self, draft: Draft) -> bool:
        """Puts newer words into the letter of this cause and recipient; False if none waits untried."""
        new = {"content": draft.content, "message_id": draft.message_id}
        which = {"of_cause": draft.cause, "of_recipient": untagged(draft.recipients[0])}
        return self._connection.execute(_REWRITE, which | new).rowcount > 0

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
        "channel": draft.channel,
        "cause": draft.cause,
        "state": "waiting",
        "attempts": 0,
        "queued": draft.queued,
        "next_attempt": draft.next_attempt or draft.queued,
        "content": draft.content,
    }
