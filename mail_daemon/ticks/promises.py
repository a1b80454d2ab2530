"""The promises of policy section 5: agents are warned before they break, and the customer hears when they have.

Where several marks have passed at once, because the daemon was down, only the last one acts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mail_daemon import courses, timing
from mail_daemon.changes.pages import page
from mail_daemon.desk import Desk
from mail_daemon.domain.by import DAEMON, By
from mail_daemon.domain.clockwork import DUE, RESPONSE, WARN, Mark, at_step, passed
from mail_daemon.domain.ticket import OUTAGES
from mail_daemon.escalation import BREACH, LEVEL, escalation, reached, spoken_lateness
from mail_daemon.store.rows import Clock, Ticket
from mail_daemon.store.store import Work
from mail_daemon.telling import on_call, tell_agents, tell_customer
from responders.times import spoken, spoken_duration


def fire(work: Work, desk: Desk, ticket: Ticket, clock: Clock, *, now: datetime) -> None:
    """A response or resolution clock."""
    marks = courses.marks(desk, ticket, clock)
    step = passed(marks, now)
    if step <= clock.step:  # it was put off, or the policy has changed: there is nothing to say yet
        work.clocks.change(clock.id, next_at=at_step(marks, clock.step))
        return
    last = marks[step - 1]
    if last.what == WARN:
        did, why = _warn(work, desk, ticket, clock, last, now)
    else:
        did, why = _break(work, desk, ticket, clock, marks, now)
    by = By(DAEMON, now, why=why)
    timing.advance(work, ticket, clock, did, by, step=step, next_at=at_step(marks, step))
    timing.refresh(work, ticket, now=now)


def _warn(work: Work, desk: Desk, ticket: Ticket, clock: Clock, mark: Mark, now: datetime) -> tuple[str, str]:
    assert clock.due is not None  # a clock without a due time has no marks
    left = spoken_duration(clock.due - now, desk.settings.desk.language)
    tell_agents(work, desk, ticket, f"{_name(clock)} is due in {left}", [_due(desk, clock.due, "is")], now=now)
    return "warned", f"{mark.part:.0%} of the time has passed"


def _break(
    work: Work, desk: Desk, ticket: Ticket, clock: Clock, marks: Sequence[Mark], now: datetime
) -> tuple[str, str]:
    """The first time is the breach, whichever mark it is noticed at."""
    assert clock.due is not None
    first = DUE not in {mark.what for mark in marks[: clock.step]}
    told = _tell_customer(work, desk, ticket, BREACH if first else LEVEL, now)
    late = spoken_lateness(clock.due, now, desk.settings.desk.language)
    detail = [_due(desk, clock.due, "was", f", {late} ago" if late else ""), told]
    what = f"{_name(clock)} is {'overdue' if first else 'still overdue'}"
    tell_agents(work, desk, ticket, what, detail, now=now, others=on_call(desk, now))
    if first and clock.kind == RESPONSE and (ticket.lowered_from or ticket.priority) in OUTAGES:
        page(work, desk, ticket, what, now)
    return "breached" if first else "escalated", told


def _tell_customer(work: Work, desk: Desk, ticket: Ticket, what: str, now: datetime) -> str:
    """One letter speaks of all promises that are broken now, so a second clock at the same tick adds none."""
    clocks = work.clocks.of(ticket.id)
    names = ", ".join(contact.name for contact in reached(desk, clocks, now)) or "nobody"
    if ticket.escalated != now:
        if not tell_customer(work, desk, ticket, escalation(desk, ticket, clocks, what, now=now), now=now):
            return "The customer was not written to: no letter of ours went to that address before"
        work.tickets.change(ticket.id, escalated=now)
    return f"The customer was told and can turn to {names}"


def _name(clock: Clock) -> str:
    return "The first answer" if clock.kind == RESPONSE else "The solution"


def _due(desk: Desk, due: datetime, verb: str, more: str = "") -> str:
    own = desk.settings.desk
    return f"It {verb} due at {spoken(due, own.timezone, own.language)}{more}"
