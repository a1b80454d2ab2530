"""The clocks of a ticket in the store: they start, pause, resume, are re-aimed and stop.

Whoever calls holds the ticket's row (`tickets.get(id, lock=True)`) before any of its clocks, so that two
transactions never wait for one another. Each change of a clock is an event `clock` of its ticket.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from mail_daemon.courses import owed, planned, reaimed, resumed, stopped, told
from mail_daemon.desk import Desk
from mail_daemon.domain import clockwork
from mail_daemon.domain.by import By
from mail_daemon.domain.clockwork import (
    CLOSE,
    ENDED,
    JUDGED,
    MET,
    PAGE,
    PAUSED,
    PAUSES,
    RESOLUTION,
    RESPONSE,
    RFO,
    RUNNING,
    UPDATE,
    WAIT,
    Start,
)
from mail_daemon.domain.ticket import Status
from mail_daemon.store.rows import Clock, NewClock, NewEvent, Ticket
from mail_daemon.store.store import Work

_LIVE = (RUNNING, PAUSED)


def begin(work: Work, ticket: Ticket, starts: Iterable[Start]) -> list[NewClock]:
    """Starts what was planned, in one statement and without events."""
    new = [NewClock(ticket.id, each.kind, each.started, each.due, each.next_at) for each in starts]
    work.clocks.start(new)
    return new


def start(work: Work, desk: Desk, ticket: Ticket, kinds: Iterable[str], by: By) -> None:
    """Starts clocks at `by.moment`; one that runs or is paused is not begun a second time."""
    live = {clock.kind for clock in work.clocks.of(ticket.id) if clock.state in _LIVE}
    starts = planned(desk, [kind for kind in kinds if kind not in live], ticket.priority, by.moment)
    begin(work, ticket, starts)
    work.tickets.add_events([_event(ticket, each.kind, "started", each.due, by) for each in starts])


def follow(work: Work, desk: Desk, ticket: Ticket, by: By) -> None:
    """Pauses and resumes what the ticket's status pauses and resumes."""
    pauses = PAUSES.get(Status(ticket.status), frozenset())
    for clock in work.clocks.of(ticket.id):
        if clock.state == RUNNING and clock.kind in pauses:
            at = max(by.moment, clock.started)
            _save(work, ticket, replace(clock, state=PAUSED, paused_at=at, next_at=None), "paused", by)
        elif clock.state == PAUSED and clock.kind not in pauses:
            _save(work, ticket, resumed(desk, ticket, clock, by.moment), "resumed", by)
        elif clock.kind == WAIT and clock.state == RUNNING and ticket.status != Status.PENDING:
            _save(work, ticket, stopped(desk, ticket, clock, ENDED, by), ENDED, by)


def wait(work: Work, desk: Desk, ticket: Ticket, until: datetime | None, by: By) -> None:
    """A pending ticket is to be taken up again then, whatever was said before; None: not before somebody writes."""
    stop(work, desk, ticket, [WAIT], by, state=ENDED)
    if until is not None:
        work.clocks.start([NewClock(ticket.id, WAIT, by.now, until, until)])
        work.tickets.add_events([_event(ticket, WAIT, "started", until, by)])


def reaim(work: Work, desk: Desk, ticket: Ticket, before: int, by: By) -> None:
    """The priority was `before` and is now the ticket's: what runs is due as that asks for, what it owes starts.

    A Reason for Outage stays owed by a lowered ticket (policy section 6).
    """
    raised = ticket.priority < before
    for clock in work.clocks.of(ticket.id):
        if clock.state not in _LIVE or clock.kind in (PAGE, CLOSE, WAIT) or (clock.kind == RFO and not raised):
            continue
        if clock.kind == UPDATE and not desk.policy.levels[ticket.priority].update_every:
            _save(work, ticket, stopped(desk, ticket, clock, ENDED, by), ENDED, by)
            continue
        aimed = reaimed(desk, ticket, clock, by, raised=raised)
        _save(work, ticket, aimed, "re-aimed" if aimed.due != clock.due else "", by)
    if raised:
        begun = (RESPONSE, RESOLUTION)
        start(work, desk, ticket, [kind for kind in owed(desk, ticket.priority) if kind not in begun], by)


def answer(work: Work, desk: Desk, ticket: Ticket, by: By) -> None:
    """The customer heard from an agent at `by.moment`: it answers what he asked before, and nothing later."""
    for clock in work.clocks.of(ticket.id):
        if clock.state not in _LIVE:
            continue
        if clock.kind == PAGE or (clock.kind == RESPONSE and clock.started <= by.moment):
            _save(work, ticket, stopped(desk, ticket, clock, MET, by), MET, by)
        elif clock.kind == UPDATE and clock.started <= by.moment:
            _save(work, ticket, told(desk, ticket, clock, by.moment), "re-aimed", by)


def stop(work: Work, desk: Desk, ticket: Ticket, kinds: Collection[str], by: By, *, state: str = MET) -> None:
    """Stops clocks at `by.moment`: met, what was promised is done, or ended, it no longer matters."""
    for clock in work.clocks.of(ticket.id):
        if clock.kind in kinds and clock.state in _LIVE:
            _save(work, ticket, stopped(desk, ticket, clock, state, by), state, by)


def revive(work: Work, desk: Desk, ticket: Ticket, kind: str, by: By) -> None:
    """What the last clock of this kind had promised was not done after all: it runs on as if it had paused."""
    last = [clock for clock in work.clocks.of(ticket.id) if clock.kind == kind][-1:]
    for clock in last:
        if clock.state == MET:
            paused = replace(clock, state=PAUSED, paused_at=clock.stopped_at, stopped_at=None)
            _save(work, ticket, resumed(desk, ticket, paused, by.moment), "resumed", by)


def advance(work: Work, ticket: Ticket, clock: Clock, did: str, by: By, *, step: int, next_at: datetime | None) -> None:
    """Time has acted on a clock: `did` is warned, breached, escalated or reminded."""
    _save(work, ticket, replace(clock, step=step, next_at=next_at), did, by)


def refresh(work: Work, ticket: Ticket, *, now: datetime) -> Ticket:
    """Sets the ticket's next due time, and whether it is overdue, from its clocks as they stand."""
    running = [clock for clock in work.clocks.of(ticket.id) if clock.state == RUNNING]
    next_due = clockwork.next_due((clock.kind, clock.due) for clock in running)
    overdue = any(clock.due <= now for clock in running if clock.due and clock.kind in JUDGED)
    if (next_due, overdue) == (ticket.next_due, ticket.overdue):
        return ticket
    work.tickets.change(ticket.id, next_due=next_due, overdue=overdue)
    return replace(ticket, next_due=next_due, overdue=overdue)


def _save(work: Work, ticket: Ticket, clock: Clock, did: str, by: By) -> None:
    work.clocks.change(
        clock.id,
        state=clock.state,
        started=clock.started,
        due=clock.due,
        paused_at=clock.paused_at,
        stopped_at=clock.stopped_at,
        next_at=clock.next_at,
        step=clock.step,
        counted_from=clock.counted_from,
    )
    if did:
        work.tickets.add_events([_event(ticket, clock.kind, did, clock.due, by)])


def _event(ticket: Ticket, kind: str, did: str, due: datetime | None, by: By) -> NewEvent:
    detail = {"clock": kind, "did": did, "due": due.isoformat() if due else None}
    return NewEvent(ticket.id, by.now, by.actor, "clock", by.described(detail), by.inbound_id)
