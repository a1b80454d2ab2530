"""What becomes of a ticket: its state, its priority, an answer to its customer. Its clocks follow each.

Whoever calls has read the ticket with `tickets.get(id, lock=True)` in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mail_daemon import timing
from mail_daemon.changes.errors import ChangeError
from mail_daemon.changes.keeping import Told, keep
from mail_daemon.changes.pages import URGENT, page
from mail_daemon.courses import owed
from mail_daemon.desk import Desk
from mail_daemon.domain.by import By
from mail_daemon.domain.clockwork import CLOSE, PAGE, RESOLUTION, RESPONSE, RFO, UPDATE
from mail_daemon.domain.clockwork import ENDED as NO_MATTER
from mail_daemon.domain.priority import Reason
from mail_daemon.domain.ticket import ENDED, FINAL, MONITORED, OUTAGES, TRANSITIONS, Cause, Status, after, ways
from mail_daemon.store.rows import Ticket
from mail_daemon.store.store import Work


def move(work: Work, desk: Desk, ticket: Ticket, cause: Cause, by: By) -> Ticket:
    """Brings a ticket into the state that follows, with its clocks (policy sections 5, 9 and 12).

    Raises ChangeError where TRANSITIONS has no such pair.
    """
    before = Status(ticket.status)
    if (before, cause) not in TRANSITIONS:
        raise ChangeError(_no_way(desk, ticket, before))
    columns = {"status": after(before, cause).value, **_with_state(desk, ticket, before, cause, by)}
    told: list[Told] = [("status changed", {"from": before.value, "to": columns["status"], "cause": cause.value})]
    if columns.get("priority", ticket.priority) != ticket.priority:
        told.append(("priority changed", {"from": ticket.priority, "to": columns["priority"]}))
    moved = keep(work, ticket, by, *told, **columns)
    _clocks_of_state(work, desk, moved, ticket, cause, by)
    timing.follow(work, desk, moved, by)
    return timing.refresh(work, moved, now=by.now)


def rank(
    work: Work, desk: Desk, ticket: Ticket, level: int, by: By, *, reasons: Sequence[Reason] | None = None
) -> Ticket:
    """Raises or lowers the priority, and re-aims the clocks as section 5 is read.

    In monitoring, an outage is a relapse first. Without `reasons` the reason is who set it. Raises ChangeError
    for a level that policy.yaml doesn't know, and for a ticket that has ended.
    """
    if level not in desk.policy.levels:
        known = ", ".join(map(str, sorted(desk.policy.levels)))
        raise ChangeError(f"There is no priority {level}; write one of {known}.")
    if ticket.status in ENDED:
        ref = desk.ref(ticket.id)
        raise ChangeError(f"{ref} is {ticket.status}, so its priority is final; take it up again first.")
    if ticket.status == Status.MONITORING and level in OUTAGES:
        ticket = move(work, desk, ticket, Cause.RELAPSED, by)
    if level == ticket.priority:
        return ticket
    why = tuple(reasons) if reasons is not None else (Reason(f"set by {by.actor}", by.why, "agent"),)
    ranked = ranked_as(work, desk, ticket, level, why, by)
    timing.reaim(work, desk, ranked, ticket.priority, by)
    if level == URGENT:
        page(work, desk, ranked, "Raised to priority 1", by.now)
    timing.follow(work, desk, ranked, by)
    return timing.refresh(work, ranked, now=by.now)


def ranked_as(work: Work, desk: Desk, ticket: Ticket, level: int, reasons: Sequence[Reason], by: By) -> Ticket:
    """The priority alone, without its clocks."""
    spoken = [f"{reason.rule}: {reason.evidence} ({reason.where})" for reason in reasons]
    told: Told = ("priority changed", {"from": ticket.priority, "to": level, "reasons": spoken})
    columns = {"priority": level, "reasons": tuple(reasons), **_worst(desk, ticket, level, by)}
    return keep(work, ticket, by, told, **columns)


def answered(work: Work, desk: Desk, ticket: Ticket, by: By) -> Ticket:
    """An agent's words went to the customer, dispatched at `by.moment` (policy section 8)."""
    ticket = heard(work, ticket, Cause.AGENT_REPLIED, by)
    timing.answer(work, desk, ticket, by)
    return timing.refresh(work, ticket, now=by.now)


def heard(work: Work, ticket: Ticket, cause: Cause, by: By) -> Ticket:
    """Somebody wrote in a ticket that goes on: a state that waited for it changes, also beneath a hold."""
    column = "held_status" if ticket.status == Status.ON_HOLD else "status"
    before = Status(getattr(ticket, column) or ticket.status)
    then = after(before, cause)
    if then is before:
        return ticket
    told: Told = (f"{column.replace('_', ' ')} changed", {"from": before.value, "to": then.value, "cause": cause.value})
    return keep(work, ticket, by, told, **{column: then.value})


def _no_way(desk: Desk, ticket: Ticket, status: Status) -> str:
    said = ", ".join(f"{then.value} ({cause.value})" for cause, then in ways(status).items())
    return f"{desk.ref(ticket.id)} is {status.value}, where this can't happen; what can: {said}."


def _with_state(desk: Desk, ticket: Ticket, before: Status, cause: Cause, by: By) -> dict[str, Any]:
    """The columns that a state brings along."""
    if before in ENDED and cause is not Cause.CLOSED:
        return {"reopened": by.moment, "resolved": None, "closed": None}
    match cause:
        case Cause.RESTORED if ticket.priority in OUTAGES:
            return {"priority": MONITORED, "lowered_from": ticket.priority}
        case Cause.RELAPSED if ticket.lowered_from:
            level = ticket.lowered_from
            return {"priority": level, "lowered_from": None, **_worst(desk, ticket, level, by)}
        case Cause.HELD:
            return {"held_status": before.value}
        case Cause.RELEASED:
            return {"status": ticket.held_status or Status.OPEN.value, "held_status": None}
        case Cause.RESOLVED | Cause.CLOSED:
            ended = {"resolved": ticket.resolved or by.moment}
            if cause is Cause.CLOSED:
                ended["closed"] = by.moment
            return {**ended, "priority": FINAL, "lowered_from": None, "held_status": None}
    return {}


def _worst(desk: Desk, ticket: Ticket, level: int, by: By) -> dict[str, Any]:
    """What a priority leaves behind: the highest that it ever was, and a cause review (policy section 4)."""
    left: dict[str, Any] = {"highest_priority": min(level, ticket.highest_priority)}
    if desk.cause_review(level, by.moment):
        left["cause_review"] = True
    return left


def _clocks_of_state(work: Work, desk: Desk, ticket: Ticket, before: Ticket, cause: Cause, by: By) -> None:
    if before.status in ENDED and cause is not Cause.CLOSED:
        timing.stop(work, desk, ticket, [CLOSE], by, state=NO_MATTER)
        timing.start(work, desk, ticket, owed(desk, ticket.priority), by)
        if ticket.priority == URGENT:
            page(work, desk, ticket, "A priority 1 was taken up again", by.now)
        return
    match cause:
        case Cause.RESTORED if before.priority in OUTAGES:
            timing.stop(work, desk, ticket, [RESOLUTION], by)
            timing.stop(work, desk, ticket, [UPDATE], by, state=NO_MATTER)
        case Cause.RELAPSED if before.lowered_from:
            timing.revive(work, desk, ticket, RESOLUTION, by)
            again = [kind for kind in owed(desk, ticket.priority) if kind not in (RESPONSE, RESOLUTION, RFO)]
            timing.start(work, desk, ticket, again, by)
            if ticket.priority == URGENT:
                page(work, desk, ticket, "A priority 1 is back", by.now)
        case Cause.RESOLVED | Cause.CLOSED:
            timing.stop(work, desk, ticket, [RESOLUTION, CLOSE], by)
            timing.stop(work, desk, ticket, [RESPONSE, UPDATE, PAGE], by, state=NO_MATTER)
            if cause is Cause.RESOLVED:
                timing.start(work, desk, ticket, [CLOSE], by)
