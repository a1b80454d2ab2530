"""A page that nobody answers goes out again, moves up the rota, and in the end only once an hour (policy section 4)."""

from __future__ import annotations

from datetime import datetime

from mail_daemon import timing
from mail_daemon.changes.page_letters import call
from mail_daemon.changes.pages import CALLED
from mail_daemon.desk import Desk
from mail_daemon.domain.by import DAEMON, By
from mail_daemon.store.rows import Clock, Ticket
from mail_daemon.store.store import Work
from mail_daemon.telling import admins, warnings_to
from responders.times import spoken


def fire(work: Work, desk: Desk, ticket: Ticket, clock: Clock, *, now: datetime) -> None:
    """Where several pages have come due at once, only the last one goes out."""
    rhythm = desk.policy.on_call.rhythm
    first = clock.counted_from or clock.started
    step = rhythm.passed(now - first)
    next_at = first + rhythm.after(max(step, clock.step))
    if step <= clock.step:  # it was put off, or the policy has changed
        work.clocks.change(clock.id, next_at=next_at)
        return
    called = call(work, desk, ticket, clock, step - 1, now)
    if clock.step <= rhythm.last_quick < step:
        _tell_admins(work, desk, ticket, clock, now)
    timing.advance(work, ticket, clock, CALLED, By(DAEMON, now, why=called), step=step, next_at=next_at)


def _tell_admins(work: Work, desk: Desk, ticket: Ticket, clock: Clock, now: datetime) -> None:
    own = desk.settings.desk
    since = spoken(clock.started, own.timezone, own.language)
    names = ", ".join(each.name for each in desk.policy.on_call.at(now)) or "nobody"
    detail = (
        f"On call now: {names}. The first page went out at {since}",
        "Pages go on once an hour, until an agent answers, is assigned or replies to one",
    )
    work.outbox.add(warnings_to(desk, ticket, "Nobody answers the pages", detail, admins(desk), now))
