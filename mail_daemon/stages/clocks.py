"""Clocks: the promises of a new ticket begin, and a customer's words move state, priority and clocks of an old one.

Promises begin at the dispatch, the moment our own servers first saw the mail (policy section 8).
"""

from __future__ import annotations

from collections.abc import Sequence

from mail_daemon import timing
from mail_daemon.case import Case
from mail_daemon.changes.customer import customer_wrote
from mail_daemon.courses import owed, planned
from mail_daemon.desk import Desk
from mail_daemon.domain.by import By
from mail_daemon.domain.clockwork import Start
from mail_daemon.store.rows import Clock, NewClock, Ticket
from mail_daemon.store.store import Work

_HEARD = ("reply", "reopened")


def first_clocks(desk: Desk, case: Case) -> list[Start]:
    """What the ticket that the mail opens is promised; nothing where it opens none."""
    level = case.ranking.level
    return planned(desk, owed(desk, level), level, case.dispatched) if case.opens else []


def run_clocks(
    work: Work, desk: Desk, case: Case, ticket: Ticket, first: Sequence[Start]
) -> tuple[Ticket, Sequence[Clock | NewClock]]:
    """Starts what `first_clocks` planned, or follows a person's words; returns the ticket and clocks as they stand."""
    if case.opens:
        return ticket, timing.begin(work, ticket, first)
    if case.match.kind in _HEARD and case.heard:
        by = By(case.author, case.now, at=case.dispatched, inbound_id=case.claimed.id)
        ticket = customer_wrote(work, desk, ticket, case.ranking, by)
    return ticket, work.clocks.of(ticket.id)
