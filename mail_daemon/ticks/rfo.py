"""A Reason for Outage that is owed: drafted and warned of in time, and told further up when it is late (section 6).

The customer hears of no delay by itself: the letter is what he waits for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mail_daemon import courses, timing
from mail_daemon.changes.rfo import DRAFTED, draft
from mail_daemon.changes.rfo_letters import sections
from mail_daemon.desk import Desk
from mail_daemon.domain.by import DAEMON, By
from mail_daemon.domain.clockwork import DUE, WARN, Mark, at_step, passed
from mail_daemon.domain.rfo import listed
from mail_daemon.escalation import spoken_lateness
from mail_daemon.store.rows import Clock, Ticket
from mail_daemon.store.store import Work
from mail_daemon.telling import admins, on_call, tell_agents
from responders.times import spoken, spoken_duration


def fire(work: Work, desk: Desk, ticket: Ticket, clock: Clock, *, now: datetime) -> None:
    """Where several marks have passed at once, only the last one acts."""
    marks = courses.marks(desk, ticket, clock)
    step = passed(marks, now)
    if step <= clock.step or clock.due is None:
        work.clocks.change(clock.id, next_at=at_step(marks, clock.step))
        return
    drafted = _draft(work, desk, ticket, now)
    if marks[step - 1].what == WARN:
        did, why = "warned", f"{marks[step - 1].part:.0%} of the time has passed"
        if not drafted:  # the draft says until when it is due
            what = f"The Reason for Outage is due in {spoken_duration(clock.due - now, desk.settings.desk.language)}"
            tell_agents(work, desk, ticket, what, [_due(desk, clock.due, "is"), _todo(work, ticket)], now=now)
    else:
        did, why = _break(work, desk, ticket, clock.due, marks[: clock.step], now)
    timing.advance(work, ticket, clock, did, By(DAEMON, now, why=why), step=step, next_at=at_step(marks, step))
    timing.refresh(work, ticket, now=now)


def _draft(work: Work, desk: Desk, ticket: Ticket, now: datetime) -> bool:
    """Mails the draft where nobody has one yet; whether it did."""
    rfo = work.rfos.of(ticket.id)
    if rfo and rfo.state == DRAFTED:
        return False
    draft(work, desk, ticket, By(DAEMON, now, why="it falls due"))
    return True


def _break(
    work: Work, desk: Desk, ticket: Ticket, due: datetime, before: Sequence[Mark], now: datetime
) -> tuple[str, str]:
    """Agents and who is on call are told at the breach; as each escalation contact's time comes, the admins, too."""
    first = DUE not in {mark.what for mark in before}
    late = spoken_lateness(due, now, desk.settings.desk.language)
    further = any(contact.after <= now - due for contact in desk.policy.escalation)
    others = on_call(desk, now) + (admins(desk) if further else [])
    detail = [_due(desk, due, "was", f", {late} ago" if late else ""), _todo(work, ticket)]
    what = f"The Reason for Outage is {'overdue' if first else 'still overdue'}"
    tell_agents(work, desk, ticket, what, detail, now=now, others=others)
    told = "agents, admins and" if further else "agents and"
    return ("breached" if first else "escalated"), f"{told} who is on call were told"


def _todo(work: Work, ticket: Ticket) -> str:
    rfo = work.rfos.of(ticket.id)
    missing = sections(rfo).missing() if rfo else ()
    if missing:
        return f"It lacks its {listed(missing)}: reply to its draft with them"
    return "It has all its sections and has not been sent"


def _due(desk: Desk, due: datetime, verb: str, more: str = "") -> str:
    own = desk.settings.desk
    return f"It {verb} due at {spoken(due, own.timezone, own.language)}{more}"
