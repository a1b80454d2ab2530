"""How each kind of clock runs as policy.yaml has it, and what a pause, a priority or an answer makes of one.

Nothing here writes: a clock goes in, and the clock that it becomes comes out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from mail_daemon.desk import Desk
from mail_daemon.domain import clockwork
from mail_daemon.domain.by import By
from mail_daemon.domain.clockwork import PAGE, PAUSED, RESOLUTION, RESPONSE, RFO, RUNNING, UPDATE, Course, Mark, Start
from mail_daemon.store.rows import Clock, Ticket


def owed(desk: Desk, level: int) -> tuple[str, ...]:
    """The kinds of clocks that a ticket of this priority begins with."""
    update = (UPDATE,) if desk.policy.levels[level].update_every else ()
    rfo = (RFO,) if level in desk.policy.rfo.within else ()
    return (RESPONSE, RESOLUTION, *update, *rfo)


def planned(desk: Desk, kinds: Iterable[str], level: int, at: datetime) -> list[Start]:
    """The clocks of these kinds as they begin at `at` in a ticket of this priority."""
    return [_planned(kind, course(desk, kind, level), at) for kind in kinds]


def course(desk: Desk, kind: str, level: int) -> Course:
    """How a clock of this kind runs at this priority, as policy.yaml has it."""
    policy, target = desk.policy, desk.policy.levels[level]
    later = sorted({contact.after for contact in policy.escalation if contact.after})
    match kind:
        case clockwork.RESPONSE:
            return Course(target.response, None, policy.clocks.warn_at, later)
        case clockwork.RESOLUTION:
            return Course(target.resolution, desk.calendar, policy.clocks.warn_at, later)
        case clockwork.RFO:
            return Course(policy.rfo.within.get(level), None, policy.clocks.warn_at, later)
        case clockwork.UPDATE:
            return Course(target.update_every)
        case clockwork.CLOSE:
            close = policy.clocks.close
            return Course(close.close_after, None, [close.warn_after / close.close_after])
        case _:
            return Course(None)


def marks(desk: Desk, ticket: Ticket, clock: Clock) -> tuple[Mark, ...]:
    """The marks of a response, resolution, rfo or close clock in order; `clock.step` of them have passed."""
    runs = _course(desk, ticket, clock)
    if clock.kind == RFO:  # what it owes stays, whatever the priority is by now
        runs = replace(runs, target=None)
    return runs.marks(clock.due, _since(clock))


def _course(desk: Desk, ticket: Ticket, clock: Clock) -> Course:
    return course(desk, clock.kind, ticket.lowered_from or ticket.priority)


def _planned(kind: str, runs: Course, at: datetime) -> Start:
    due = runs.due(at)
    first = at if kind == PAGE else due if kind == UPDATE else clockwork.at_step(runs.marks(due, at), 0)
    return Start(kind, at, due, first)


def _since(clock: Clock) -> datetime:
    return clock.counted_from or clock.started


def _next_at(desk: Desk, ticket: Ticket, clock: Clock) -> datetime | None:
    every = _course(desk, ticket, clock).target
    if clock.kind == UPDATE:
        return clock.due + clock.step * every if clock.due and every else None
    return clockwork.at_step(marks(desk, ticket, clock), clock.step)


def resumed(desk: Desk, ticket: Ticket, clock: Clock, moment: datetime) -> Clock:
    runs, paused_at = _course(desk, ticket, clock), clock.paused_at or moment
    at = max(moment, paused_at)
    due = runs.resumed(clock.due, paused_at, at) if clock.due else None
    since = runs.moved(_since(clock), paused_at, at)
    clock = replace(clock, state=RUNNING, due=due, paused_at=None, counted_from=since)
    return replace(clock, next_at=_next_at(desk, ticket, clock))


def reaimed(desk: Desk, ticket: Ticket, clock: Clock, by: By, *, raised: bool) -> Clock:
    """A paused clock stands still, so that what it is re-aimed to counts from its pause."""
    runs, at, now = _course(desk, ticket, clock), clock.paused_at or by.moment, clock.paused_at or by.now
    due = runs.raised(clock.due, at) if raised else runs.lowered(clock.due, _since(clock), at)
    since = at if clock.due is None else clock.counted_from  # a promise without a due time starts now
    clock = replace(clock, due=due, counted_from=since)
    if due is None:
        return clock
    if due > now:
        step = 0 if clock.kind == UPDATE else clockwork.passed(marks(desk, ticket, clock), now)
        clock = replace(clock, step=step)
    next_at = None if clock.state == PAUSED else _next_at(desk, ticket, clock)
    return replace(clock, next_at=next_at)


def told(desk: Desk, ticket: Ticket, clock: Clock, at: datetime) -> Clock:
    """News are due again after the whole interval, which a pause keeps."""
    paused_at = max(clock.paused_at, at) if clock.paused_at else None
    due = _course(desk, ticket, clock).due(paused_at or at)
    next_at = None if paused_at else due
    return replace(clock, started=at, due=due, paused_at=paused_at, next_at=next_at, step=0, counted_from=None)


def stopped(desk: Desk, ticket: Ticket, clock: Clock, state: str, by: By) -> Clock:
    if clock.state == PAUSED:
        clock = resumed(desk, ticket, clock, by.moment)
    return replace(clock, state=state, stopped_at=max(by.moment, clock.started), next_at=None)
