"""A ticket that nobody is to hear of again."""

from __future__ import annotations

from mail_daemon import timing
from mail_daemon.changes.keeping import keep
from mail_daemon.changes.ticket import move
from mail_daemon.desk import Desk
from mail_daemon.domain.by import By
from mail_daemon.domain.clockwork import ENDED, KINDS
from mail_daemon.domain.ticket import Cause, Status
from mail_daemon.store.rows import Ticket
from mail_daemon.store.store import Work


def spam(work: Work, desk: Desk, ticket: Ticket, by: By) -> Ticket:
    """Ends it without a letter. Whoever took part is a stranger from now on, so that no answer takes it up again.

    Promises end unjudged. Other mails of the address are not refused: anybody can write in anybody's name.
    """
    timing.stop(work, desk, ticket, KINDS, by, state=ENDED)
    for address in work.tickets.participants(ticket.id):
        work.tickets.change_participant(ticket.id, address, role="stranger", copies=False)
    ticket = keep(work, ticket, by, ("marked as spam", {"account": ticket.account}), account=None)
    if ticket.status != Status.CLOSED:
        ticket = move(work, desk, ticket, Cause.CLOSED, by)
    return timing.refresh(work, ticket, now=by.now)
