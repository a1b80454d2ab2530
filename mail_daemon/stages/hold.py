"""Hold: a ticket waits while its account is past due, but not what is about the service (policy section 12)."""

from __future__ import annotations

from collections.abc import Sequence

from mail_daemon.case import Case
from mail_daemon.changes import hold as holding
from mail_daemon.changes.notes import categorise
from mail_daemon.desk import Desk
from mail_daemon.domain.by import By
from mail_daemon.domain.standing import Standing
from mail_daemon.domain.ticket import Status
from mail_daemon.store.rows import Clock, NewClock, Ticket
from mail_daemon.store.store import Work

Clocks = Sequence[Clock | NewClock]


def hold(work: Work, desk: Desk, case: Case, ticket: Ticket, clocks: Clocks) -> tuple[Ticket, Clocks]:
    """Puts what the mail opens or takes up again on hold; takes off hold what its words make service-related.

    A new ticket's acknowledgement says so; in an older one the customer gets the letter account-hold.
    """
    if _makes_it_service(desk, case, ticket):
        ticket = _take_off(work, desk, case, ticket)
    elif _waits(desk, case, ticket):
        # From the dispatch on, so that nothing of a new ticket's time is spent.
        at = case.dispatched if case.opens else None
        by = By("mail-daemon", case.now, at=at, inbound_id=case.claimed.id, why=f"{ticket.account} is past due")
        ticket = holding.hold(work, desk, ticket, by, tell=not case.opens)
    else:
        return ticket, clocks
    return ticket, work.clocks.of(ticket.id)


def _makes_it_service(desk: Desk, case: Case, ticket: Ticket) -> bool:
    heard = case.match.kind == "reply" and not case.screening.machine
    return heard and ticket.status == Status.ON_HOLD and holding.service_related(desk, case.ranking.category)


def _waits(desk: Desk, case: Case, ticket: Ticket) -> bool:
    if case.voicemail:  # whoever rings needs an engineer, whatever the account owes
        return False
    if not (case.opens or case.match.kind == "reopened") or desk.standing(ticket.account) is Standing.GOOD:
        return False
    return not any(holding.service_related(desk, each) for each in (ticket.category, case.ranking.category))


def _take_off(work: Work, desk: Desk, case: Case, ticket: Ticket) -> Ticket:
    """The category follows, so that the ticket is not held again, and reaches the agents who take it."""
    by = By("mail-daemon", case.now, inbound_id=case.claimed.id, why="the customer's words are about the service")
    if ticket.category != case.ranking.category:
        ticket = categorise(work, desk, ticket, case.ranking.category, by)
    return holding.release(work, desk, ticket, by, what="service", tell=case.screening.unanswerable is None)
