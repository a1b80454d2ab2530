"""Customers in an outage hear from us at a rhythm: agents are reminded of it (policy section 5).

No letter goes to the customer by itself: it would have nothing to say.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from mail_daemon import timing
from mail_daemon.changes.pages import page
from mail_daemon.desk import Desk
from mail_daemon.domain.by import DAEMON, By
from mail_daemon.domain.clockwork import ENDED, UPDATE, missed
from mail_daemon.store.rows import Clock, Ticket
from mail_daemon.store.store import Work
from mail_daemon.telling import tell_agents
from responders.times import spoken, spoken_duration


def fire(work: Work, desk: Desk, ticket: Ticket, clock: Clock, *, now: datetime) -> None:
    """Reminds once, however many updates were missed meanwhile; every second one pages, as configured."""
    every = desk.policy.levels[ticket.priority].update_every
    if every is None or clock.due is None:
        timing.stop(work, desk, ticket, [UPDATE], By(DAEMON, now, why="no updates are promised"), state=ENDED)
        return
    count = missed(clock.due, every, now)
    next_at = clock.due + every * count
    if count <= clock.step:
        work.clocks.change(clock.id, next_at=next_at)
        return
    _remind(work, desk, ticket, clock.due - every, every, count, now)
    by = By(DAEMON, now, why=_missed(count))
    timing.advance(work, ticket, clock, "reminded", by, step=count, next_at=next_at)
    most = desk.policy.on_call.missed_updates
    if count // most > clock.step // most:
        page(work, desk, ticket, f"The customer waits for news, {_missed(count)}", now, further=True)


def _remind(
    work: Work, desk: Desk, ticket: Ticket, last: datetime, every: timedelta, count: int, now: datetime
) -> None:
    own = desk.settings.desk
    detail = (
        f"No word to the customer since {spoken(last, own.timezone, own.language)}",
        f"Priority {ticket.priority}: news every {spoken_duration(every, own.language)} until the service is restored",
        f"{_missed(count)}; {desk.policy.on_call.missed_updates} in a row page whoever is on call".capitalize(),
    )
    tell_agents(work, desk, ticket, "The customer waits for news", detail, now=now)


def _missed(count: int) -> str:
    return "one update missed" if count == 1 else f"{count} updates missed in a row"
