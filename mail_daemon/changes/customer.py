"""What a customer's own words do to a ticket: they resume it, and may raise it, and never lower it."""

from __future__ import annotations

from mail_daemon import timing
from mail_daemon.changes.ticket import heard, move, rank, ranked_as
from mail_daemon.desk import Desk
from mail_daemon.domain.by import By
from mail_daemon.domain.priority import Ranking
from mail_daemon.domain.ticket import ENDED, FINAL, OUTAGES, Cause, Status
from mail_daemon.store.rows import Ticket
from mail_daemon.store.store import Work


def customer_wrote(work: Work, desk: Desk, ticket: Ticket, ranking: Ranking, by: By) -> Ticket:
    """The customer wrote at `by.moment`, and triage ranks the mail so."""
    level = FINAL if ranking.weak else ranking.level
    raises = level < ticket.priority
    if ticket.status in ENDED:
        if raises:  # first, so that the promises begin by the new priority
            ticket = ranked_as(work, desk, ticket, level, ranking.reasons, by)
        return move(work, desk, ticket, Cause.CUSTOMER_REPLIED, by)
    if ticket.status == Status.MONITORING and level in OUTAGES:
        ticket = move(work, desk, ticket, Cause.RELAPSED, by)
    ticket = _resumed(work, desk, ticket, by)
    if level < ticket.priority:
        ticket = rank(work, desk, ticket, level, by, reasons=ranking.reasons)
    return ticket


def _resumed(work: Work, desk: Desk, ticket: Ticket, by: By) -> Ticket:
    then = heard(work, ticket, Cause.CUSTOMER_REPLIED, by)
    if then.status == ticket.status:
        return then
    timing.follow(work, desk, then, by)
    return timing.refresh(work, then, now=by.now)
