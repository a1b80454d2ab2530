"""Call: whoever is on call hears of each new priority 1 and of each voicemail; an agent who writes takes the page."""

from __future__ import annotations

from mail_daemon import timing
from mail_daemon.case import Case
from mail_daemon.changes.pages import URGENT, page
from mail_daemon.desk import Desk
from mail_daemon.domain.by import By
from mail_daemon.domain.clockwork import PAGE
from mail_daemon.domain.ticket import Status
from mail_daemon.store.rows import Ticket
from mail_daemon.store.store import Work


def call(work: Work, desk: Desk, case: Case, ticket: Ticket) -> None:
    """A ticket that a customer's words raise calls by that; see changes/ticket.py."""
    if case.voicemail:
        page(work, desk, ticket, "A caller waits" if case.opens else "The caller rang again", case.now)
    elif case.opens and ticket.priority == URGENT and ticket.status != Status.ON_HOLD:
        page(work, desk, ticket, "A new priority 1", case.now)
    elif case.match.kind == "command" and not case.screening.machine:  # an absence note takes no page
        agent = desk.directory.agent(case.sender.address)
        name = agent.name if agent else case.sender.address
        by = By(name, case.now, at=case.dispatched, inbound_id=case.claimed.id, why="wrote in the ticket")
        timing.stop(work, desk, ticket, [PAGE], by)
