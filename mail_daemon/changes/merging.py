"""Tickets that belong together: one goes on in another, one is linked to another."""

from __future__ import annotations

from collections.abc import Iterator

from mail_daemon import timing
from mail_daemon.changes.errors import ChangeError
from mail_daemon.changes.keeping import keep
from mail_daemon.changes.ticket import move, rank
from mail_daemon.desk import Desk
from mail_daemon.domain.by import By
from mail_daemon.domain.clockwork import ENDED as NO_MATTER
from mail_daemon.domain.clockwork import KINDS, RFO, RUNNING
from mail_daemon.domain.ticket import ENDED, Cause, Status
from mail_daemon.store.rows import Participant, Ticket
from mail_daemon.store.store import Work

_HEARD = frozenset({"requester", "cc", "colleague"})


def merge(work: Work, desk: Desk, ticket: Ticket, into: Ticket, by: By) -> Ticket:
    """`ticket` ends, and all that answers it belongs to `into`, which is returned; both are held.

    Its people take part there as far as they are of the same account: nobody reads what another customer wrote.
    `into` gets its priority where that is more urgent. Raises ChangeError.
    """
    _check(desk, ticket, into)
    if not _same_customer(ticket, into):
        raise ChangeError(
            f"{desk.ref(ticket.id)} is {_whose(ticket)}'s and {desk.ref(into.id)} {_whose(into)}'s: merged, one "
            f"customer would read what the other wrote. #link {desk.ref(into.id)} only shows agents how they belong "
            "together."
        )
    people = list(_people(work, desk, ticket, into))
    work.tickets.add_participants(into.id, people)
    work.tickets.link(ticket.id, into.id, "merged")
    told = {"ticket": desk.ref(ticket.id), "people": [each.address for each in people]}
    into = keep(work, into, by, ("merged in", told))
    if ticket.status not in ENDED and ticket.priority < into.priority:
        into = rank(work, desk, into, ticket.priority, by)
    if _owes_rfo(work, ticket) and not _owes_rfo(work, into):
        raise ChangeError(f"{desk.ref(ticket.id)} owes a Reason for Outage; send it, or #rfo waive WHY, first.")
    timing.stop(work, desk, ticket, KINDS, by, state=NO_MATTER)
    if ticket.status != Status.CLOSED:
        ticket = move(work, desk, ticket, Cause.CLOSED, by)
    ticket = keep(work, ticket, by, ("merged", {"into": desk.ref(into.id)}), merged_into=into.id)
    timing.refresh(work, ticket, now=by.now)
    return into


def link(work: Work, desk: Desk, ticket: Ticket, other: Ticket, by: By) -> Ticket:
    """Shows agents of both that they belong together; nothing else changes. Raises ChangeError."""
    if ticket.id == other.id:
        raise ChangeError(f"{desk.ref(ticket.id)} is this very ticket; name another one.")
    work.tickets.link(ticket.id, other.id, "linked")
    keep(work, other, by, ("linked", {"to": desk.ref(ticket.id)}))
    return keep(work, ticket, by, ("linked", {"to": desk.ref(other.id)}))


def _check(desk: Desk, ticket: Ticket, into: Ticket) -> None:
    if ticket.id == into.id:
        raise ChangeError(f"{desk.ref(into.id)} is this very ticket, or was merged into it; name another one.")
    if into.status in ENDED:
        raise ChangeError(f"{desk.ref(into.id)} is {into.status}; take it up again first, by #reopen in a reply to it.")


def _same_customer(ticket: Ticket, into: Ticket) -> bool:
    """What nobody asked for, an unproven mail in an agent's name, goes anywhere."""
    if not ticket.requester:
        return True
    return ticket.account == into.account if ticket.account or into.account else ticket.requester == into.requester


def _whose(ticket: Ticket) -> str:
    return ticket.account or ticket.requester or "nobody"


def _people(work: Work, desk: Desk, ticket: Ticket, into: Ticket) -> Iterator[Participant]:
    for person in work.tickets.participants(ticket.id).values():
        account = desk.directory.account(person.address)
        if person.role in _HEARD and into.account and account and account.name == into.account:
            yield Participant(person.address, person.name, "cc", copies=person.copies)


def _owes_rfo(work: Work, ticket: Ticket) -> bool:
    return any(clock.kind == RFO and clock.state == RUNNING for clock in work.clocks.of(ticket.id))
