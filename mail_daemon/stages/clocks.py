"""Clocks: the promises of policy section 5 begin, resume and are re-aimed (policy sections 5 and 8).

Response times run round the clock from the dispatch, the moment our own server first saw the mail;
resolution times count business hours. How a changed priority moves a due time stands in policy/reading.md:
a raise is due at the earlier of the old due time and the raise plus the new target.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from mail_daemon.case import Case
from mail_daemon.desk import Desk
from mail_daemon.store.clocks import Clocks
from mail_daemon.store.rows import Clock, NewClock, Ticket
from mail_daemon.store.tickets import Tickets

Running = Clock | NewClock

_RUNNING = "running"
_PAUSED = "paused"


def first_due(desk: Desk, case: Case) -> datetime | None:
    """When the first promise of the ticket that the case opens is due."""
    kinds = ("response", "resolution")
    dues = (_due(desk, case.ranking.level, kind, case.dispatched) for kind in kinds)
    return min((due for due in dues if due), default=None)


def run_clocks(clocks: Clocks, tickets: Tickets, desk: Desk, case: Case, ticket: Ticket) -> list[Running]:
    """Starts, resumes and re-aims what the mail calls for; returns the ticket's clocks as they stand now."""
    if case.opens:
        running: list[Running] = [*_start(clocks, desk, ticket, case.dispatched)]
    else:
        running = _continue(clocks, desk, case, ticket)
    due = _next_due(running)
    if due != ticket.next_due:
        tickets.change(ticket.id, next_due=due)
    return running


def _start(
    clocks: Clocks,
    desk: Desk,
    ticket: Ticket,
    at: datetime,
    kinds: Sequence[str] = ("response", "resolution"),
) -> list[NewClock]:
    started = [
        NewClock(ticket.id, kind, at, due, due) for kind in kinds for due in [_due(desk, ticket.priority, kind, at)]
    ]
    clocks.start(started)
    return started


def _due(desk: Desk, priority: int, kind: str, at: datetime) -> datetime | None:
    """None: as soon as possible."""
    level = desk.policy.levels[priority]
    if kind == "response":
        return at + level.response
    return desk.calendar.add(at, level.resolution) if level.resolution else None


def _continue(clocks: Clocks, desk: Desk, case: Case, ticket: Ticket) -> list[Running]:
    running: list[Running] = []
    resumes = case.match.kind in ("reply", "reopened") and not case.screening.machine
    for clock in clocks.of(ticket.id):
        if resumes and clock.state == _PAUSED:
            clock = _resumed(clocks, desk, clock, case.now)
        if resumes and clock.state == _RUNNING and case.ranking.level == ticket.priority:
            clock = _raised(clocks, desk, ticket, clock, case.now)
        running.append(clock)
    if case.match.kind == "reopened":
        live = {clock.kind for clock in running if clock.state == _RUNNING}
        missing = [kind for kind in ("response", "resolution") if kind not in live]
        running += _start(clocks, desk, ticket, case.dispatched, missing)
    return running


def _resumed(clocks: Clocks, desk: Desk, clock: Clock, now: datetime) -> Clock:
    """What was left when it was paused is left again."""
    due = clock.due
    if due is not None and clock.paused_at is not None:
        if clock.kind == "response":
            due = now + (due - clock.paused_at)
        else:
            due = desk.calendar.add(now, desk.calendar.between(clock.paused_at, due))
    clocks.change(clock.id, state=_RUNNING, due=due, next_at=due, paused_at=None)
    return replace(clock, state=_RUNNING, due=due, next_at=due, paused_at=None)


def _raised(clocks: Clocks, desk: Desk, ticket: Ticket, clock: Clock, now: datetime) -> Clock:
    aimed = _due(desk, ticket.priority, clock.kind, now)
    if aimed is None or (clock.due is not None and clock.due <= aimed):
        return clock
    clocks.change(clock.id, due=aimed, next_at=aimed)
    return replace(clock, due=aimed, next_at=aimed)


def _next_due(clocks: Iterable[Running]) -> datetime | None:
    return min((clock.due for clock in clocks if clock.state == _RUNNING and clock.due), default=None)
