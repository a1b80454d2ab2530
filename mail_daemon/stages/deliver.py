"""Deliver: one letter of the outbox to the relay, and what came of it into the database (transaction 3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mail_daemon import maillog
from mail_daemon.desk import Desk
from mail_daemon.domain.retry import next_attempt
from mail_daemon.store.errors import StaleClaim
from mail_daemon.store.rows import NewEvent, Waiting
from mail_daemon.store.store import Store
from mail_daemon.writing import warnings
from responders.smtp import Deferred, Refused, Relay, Unreachable


@dataclass(frozen=True, slots=True)
class Answer:
    """What the relay said to a letter: accepted, deferred or refused, and why."""

    verdict: Literal["accepted", "deferred", "refused"]
    reason: str = ""


def send(relay: Relay, letter: Waiting) -> Answer:
    """Raises Unreachable when no letter can be sent now, which says nothing about this one."""
    try:
        relay.send(letter.envelope_from, letter.recipients, letter.content)
    except Unreachable:
        raise
    except Deferred as later:
        return Answer("deferred", str(later))
    except Refused as no:
        return Answer("refused", str(no))
    return Answer("accepted")


def deliver(store: Store, desk: Desk, letter: Waiting, answer: Answer, *, now: datetime, jitter: float) -> None:
    """Commits the answer; done before the next letter is begun, so that no accepted letter goes out again.

    Raises StoreDown; call it again then, with the same answer.
    """
    try:
        if answer.verdict == "accepted":
            _sent(store, letter, now)
        elif answer.verdict == "deferred":
            _defer(store, desk, letter, answer.reason, now, jitter)
        else:
            _fail(store, desk, letter, answer.reason, now)
    except StaleClaim:
        maillog.overtaken("letter", letter.id)


def _sent(store: Store, letter: Waiting, now: datetime) -> None:
    with store.begin() as work:
        work.outbox.sent(letter, now=now)
    maillog.sent(letter.id, letter.letter, letter.recipients[0])


def _defer(store: Store, desk: Desk, letter: Waiting, reason: str, now: datetime, jitter: float) -> None:
    rules = desk.settings.delivery
    then = next_attempt(
        letter.attempts,
        queued=letter.queued,
        now=now,
        first=rules.first_retry,
        longest=rules.longest_pause,
        give_up_after=rules.give_up_after,
        jitter=jitter,
    )
    if then is None:
        _fail(store, desk, letter, f"given up after {rules.give_up_after.days} days: {reason}", now)
        return
    with store.begin() as work:
        work.outbox.deferred(letter, error=reason, next_attempt=then)
    maillog.letter_deferred(letter.id, letter.letter, letter.attempts, reason)


def _fail(store: Store, desk: Desk, letter: Waiting, reason: str, now: datetime) -> None:
    """Stops trying; the ticket keeps why, and the agents are told. A warning that fails is only logged."""
    with store.begin() as work:
        work.outbox.failed(letter, error=reason, now=now)
        if letter.ticket_id is not None:
            detail = {"letter": letter.letter, "to": list(letter.recipients), "error": reason}
            work.tickets.add_events(
                [NewEvent(letter.ticket_id, now, "mail-daemon", "letter failed", detail, outbox_id=letter.id)]
            )
        if letter.letter != "warning":
            ticket = work.tickets.get(letter.ticket_id) if letter.ticket_id is not None else None
            what = f"A letter could not be delivered: {letter.letter} to {', '.join(letter.recipients)}"
            work.outbox.add(warnings(desk, ticket, what, (reason,), now=now, but_not=letter.recipients))
    maillog.letter_failed(letter.id, letter.letter, reason)
