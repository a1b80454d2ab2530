"""A ticket that an agent left pending until now is taken up again, since its customer has not written."""

from __future__ import annotations

from datetime import datetime

from mail_daemon import timing
from mail_daemon.changes.ticket import move
from mail_daemon.desk import Desk
from mail_daemon.domain.by import DAEMON, By
from mail_daemon.domain.clockwork import WAIT
from mail_daemon.domain.ticket import Cause
from mail_daemon.store.rows import Clock, Ticket
from mail_daemon.store.store import Work
from mail_daemon.telling import tell_agents
from responders.times import spoken


def fire(work: Work, desk: Desk, ticket: Ticket, clock: Clock, *, now: datetime) -> None:
    """It is pending still: any other state has ended the clock."""
    by = By(DAEMON, now, why="the customer has not written")
    timing.stop(work, desk, ticket, [WAIT], by)
    ticket = move(work, desk, ticket, Cause.REOPENED, by)
    own = desk.settings.desk
    detail = (f"It was pending until {spoken(clock.due or now, own.timezone, own.language)}, and is open again",)
    tell_agents(work, desk, ticket, "The customer has not written", detail, now=now)
