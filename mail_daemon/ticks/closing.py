"""A resolved ticket that nobody writes on is warned about, then closed (policy section 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from mail_daemon import courses, timing
from mail_daemon.changes.ticket import move
from mail_daemon.desk import Desk
from mail_daemon.domain.by import DAEMON, By
from mail_daemon.domain.clockwork import at_step, passed
from mail_daemon.domain.ticket import Cause
from mail_daemon.store.rows import Clock, Ticket
from mail_daemon.store.store import Work
from mail_daemon.telling import tell_customer, to_customer
from responders.times import spoken


def fire(work: Work, desk: Desk, ticket: Ticket, clock: Clock, *, now: datetime) -> None:
    marks = courses.marks(desk, ticket, clock)
    step = passed(marks, now)
    if step <= clock.step:
        work.clocks.change(clock.id, next_at=at_step(marks, clock.step))
    elif clock.step == 0:
        warning, closing = (mark.at for mark in marks)
        # Nobody is closed without a warning, however long the daemon was down.
        closes = closing if now < closing else now + (closing - warning)
        _warn(work, desk, ticket, clock, closes, now)
    else:
        why = "nobody wrote after it was resolved"
        move(work, desk, ticket, Cause.CLOSED, By(DAEMON, now, why=why))


def _warn(work: Work, desk: Desk, ticket: Ticket, clock: Clock, closes: datetime, now: datetime) -> None:
    letter = to_customer(desk, "closing-warning", ticket, [clock], now=now)
    zone = ZoneInfo(ticket.zone) if ticket.zone else desk.settings.desk.timezone
    resolved = spoken(clock.started, zone, letter.language)
    told = tell_customer(
        work,
        desk,
        ticket,
        replace(letter, resolved=resolved, closes=spoken(closes, zone, letter.language)),
        now=now,
    )
    why = "the customer was told" if told else "the customer was not written to"
    timing.advance(work, ticket, clock, "warned", By(DAEMON, now, why=why), step=1, next_at=closes)
