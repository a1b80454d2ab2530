"""Deliver: one letter of the outbox on its road, and what came of it into the database (transaction 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal, Protocol

from mail_daemon import maillog
from mail_daemon.desk import Desk
from mail_daemon.domain.retry import next_attempt
from mail_daemon.settings.secrets import Unreadable
from mail_daemon.store.errors import StaleClaim
from mail_daemon.store.rows import Draft, NewEvent, Waiting
from mail_daemon.store.store import Store, Work
from mail_daemon.telling import admins, warnings, warnings_to
from responders.smtp import Deferred, LeftOut, Refused, Unreachable
from responders.times import spoken_duration

# What the cap on warnings counts: of one letter each, and of all beyond the cap.
_ONE, _MORE = "letter failed", "letters failed"
_HOUR = timedelta(hours=1)


class Road(Protocol):
    """The mail server's relay, or what reaches telephones: each takes a letter, or raises Deferred or Refused."""

    def send(self, envelope_from: str, recipients: Sequence[str], content: bytes) -> LeftOut: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What the road said to a letter: accepted, deferred or refused, and why.

    `left_out` are recipients who did not get a letter that others got.
    """

    verdict: Literal["accepted", "deferred", "refused"]
    reason: str = ""
    left_out: LeftOut = field(default_factory=dict)


def channel(desk: Desk, recipient: str) -> str:
    """The URL of a push's recipient, `ann/2`: ann's second channel. Raises Refused, or Deferred."""
    name, _, number = recipient.rpartition("/")
    person = next((each for each in desk.policy.on_call.people if each.name == name), None)
    try:
        urls = person.urls() if person else []
    except Unreadable as error:
        raise Deferred(str(error)) from error
    if not 0 < int(number) <= len(urls):
        raise Refused(f"{name} has no channel {number} any more")
    return urls[int(number) - 1]


def send(road: Road, letter: Waiting) -> Answer:
    """Raises Unreachable when no letter can be sent now, which says nothing about this one."""
    try:
        left_out = road.send(letter.envelope_from, letter.recipients, letter.content)
    except Unreachable:
        raise
    except Deferred as later:
        return Answer("deferred", str(later))
    except Refused as no:
        return Answer("refused", str(no))
    return Answer("accepted", left_out=left_out)


def deliver(store: Store, desk: Desk, letter: Waiting, answer: Answer, *, now: datetime, jitter: float) -> None:
    """Commits the answer; done before the next letter is begun, so that no accepted letter goes out again.

    Raises StoreDown; call it again then, with the same answer.
    """
    try:
        if answer.left_out:
            _sent_in_part(store, desk, letter, answer.left_out, now, jitter)
        elif answer.verdict == "accepted":
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


def _sent_in_part(store: Store, desk: Desk, letter: Waiting, left_out: LeftOut, now: datetime, jitter: float) -> None:
    """Who was refused for good has failed; who may get it later stays, alone, in the same letter."""
    then = _next_attempt(desk, letter, now, jitter)
    lost = {to: str(error) for to, error in left_out.items() if then is None or isinstance(error, Refused)}
    rest = tuple(to for to in left_out if to not in lost)
    with store.begin() as work:
        for to, reason in lost.items():
            _tell_of_failure(work, desk, replace(letter, recipients=(to,)), reason, now)
        if then and rest:
            work.outbox.deferred(letter, error=str(left_out[rest[0]]), next_attempt=then, only=rest)
        else:
            work.outbox.sent(letter, now=now)
    maillog.sent(letter.id, letter.letter, letter.recipients[0])
    for to, reason in lost.items():
        maillog.letter_failed(letter.id, letter.letter, f"{to}: {reason}")


def _defer(store: Store, desk: Desk, letter: Waiting, reason: str, now: datetime, jitter: float) -> None:
    then = _next_attempt(desk, letter, now, jitter)
    if then is None:
        _fail(store, desk, letter, f"given up after {spoken_duration(_patience(desk, letter))}: {reason}", now)
        return
    with store.begin() as work:
        work.outbox.deferred(letter, error=reason, next_attempt=then)
    maillog.letter_deferred(letter.id, letter.letter, letter.attempts, reason)


def _next_attempt(desk: Desk, letter: Waiting, now: datetime, jitter: float) -> datetime | None:
    rules = desk.settings.delivery
    return next_attempt(
        letter.attempts,
        queued=letter.queued,
        now=now,
        first=rules.first_retry,
        longest=rules.longest_pause,
        give_up_after=_patience(desk, letter),
        jitter=jitter,
    )


def _patience(desk: Desk, letter: Waiting) -> timedelta:
    """A push is worth nothing once the next page has gone out."""
    mail = letter.channel == "mail"
    return desk.settings.delivery.give_up_after if mail else desk.policy.on_call.repeat_every


def _fail(store: Store, desk: Desk, letter: Waiting, reason: str, now: datetime) -> None:
    """Stops trying; the ticket keeps why, and the agents are told. A warning that fails is only logged."""
    with store.begin() as work:
        work.outbox.failed(letter, error=reason, now=now)
        _tell_of_failure(work, desk, letter, reason, now)
    maillog.letter_failed(letter.id, letter.letter, reason)


def _tell_of_failure(work: Work, desk: Desk, letter: Waiting, reason: str, now: datetime) -> None:
    if letter.ticket_id is not None:
        detail = {"letter": letter.letter, "to": list(letter.recipients), "error": reason}
        event = NewEvent(letter.ticket_id, now, "mail-daemon", "letter failed", detail, outbox_id=letter.id)
        work.tickets.add_events([event])
    if letter.letter != "warning":
        work.outbox.add(_warnings(work, desk, letter, reason, now))


def _warnings(work: Work, desk: Desk, letter: Waiting, reason: str, now: datetime) -> list[Draft]:
    """One of each letter; beyond the cap one of all others, which counts them until it leaves an hour later."""
    due = work.outbox.due_of(_MORE)
    told = work.outbox.caused(_ONE, now - _HOUR).values()
    which = f"{letter.letter} to {', '.join(letter.recipients)}"
    if due is None and max(told, default=0) < desk.settings.delivery.warnings:
        ticket = work.tickets.get(letter.ticket_id) if letter.ticket_id is not None else None
        what = f"A letter could not be delivered: {which}"
        each = warnings(desk, ticket, what, (reason,), now=now, but_not=letter.recipients)
        return [replace(draft, cause=_ONE) for draft in each]
    due = due or now + _HOUR
    more = work.outbox.failures(due - _HOUR)
    what = f"{more} more letter{'' if more == 1 else 's'} could not be delivered within the last hour"
    detail = ("`mail-daemon outbox --state failed` shows them all.", f"The last: {which}: {reason}")
    to = admins(desk) or [agent.address for agent in desk.directory.agents]
    every = [replace(draft, cause=_MORE, next_attempt=due) for draft in warnings_to(desk, None, what, detail, to, now)]
    return [draft for draft in every if not work.outbox.rewrite(draft)]
