"""A ticket waits while its account is past due, unless it is about the service itself (policy section 12)."""

from __future__ import annotations

from dataclasses import replace

from mail_daemon.changes.ticket import move
from mail_daemon.desk import Desk
from mail_daemon.domain.by import By
from mail_daemon.domain.ticket import Cause
from mail_daemon.store.rows import Ticket
from mail_daemon.store.store import Work
from mail_daemon.telling import tell_customer, to_customer

LETTER = "account-hold"


def service_related(desk: Desk, category: str) -> bool:
    return category in desk.policy.delinquent.service_categories


def hold(work: Work, desk: Desk, ticket: Ticket, by: By, *, tell: bool = True) -> Ticket:
    """Clocks pause, and the customer is told why, but for who is told otherwise. Raises ChangeError."""
    held = move(work, desk, ticket, Cause.HELD, by)
    if tell:
        _tell(work, desk, held, "held", by)
    return held


def release(work: Work, desk: Desk, ticket: Ticket, by: By, *, what: str = "released", tell: bool = True) -> Ticket:
    """Back to the state before, and the clocks resume with what was left. Raises ChangeError.

    `what`: released, the account is in good standing again; or service, the ticket is about the service now.
    """
    released = move(work, desk, ticket, Cause.RELEASED, by)
    if tell:
        _tell(work, desk, released, what, by)
    return released


def _tell(work: Work, desk: Desk, ticket: Ticket, what: str, by: By) -> None:
    letter = to_customer(desk, LETTER, ticket, work.clocks.of(ticket.id), now=by.now)
    # An account's affairs are nobody's outside it, whoever was sent a copy of the request.
    tell_customer(work, desk, ticket, replace(letter, what=what), now=by.now, account_only=True)
