"""Tickets that agents open: for a customer who rang, or out of a mail that belongs to no older one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from mail_daemon import notices, timing
from mail_daemon.changes import hold as holding
from mail_daemon.changes.errors import ChangeError
from mail_daemon.changes.keeping import keep
from mail_daemon.changes.pages import URGENT, page
from mail_daemon.courses import owed, planned
from mail_daemon.desk import Desk
from mail_daemon.domain.by import By
from mail_daemon.domain.clockwork import PAUSED, RESPONSE, RUNNING, next_due
from mail_daemon.domain.standing import Standing
from mail_daemon.letters import acknowledgement
from mail_daemon.store.rows import Message, NewEvent, NewTicket, Participant, Ticket
from mail_daemon.store.store import Work
from mail_daemon.store.tickets import as_opened
from mail_daemon.writing import Thread

_NO_CUSTOMER = frozenset({"stranger", "agent"})  # roles in a ticket


def open_ticket(work: Work, desk: Desk, new: NewTicket, detail: Mapping[str, Any], by: By) -> Ticket:
    """Opens it with its customer and its promises, which begin at `new.opened`; pages and holds as a mail's would."""
    starts = planned(desk, owed(desk, new.priority), new.priority, new.opened)
    due = next_due((clock.kind, clock.due) for clock in starts)
    new = replace(new, next_due=due, cause_review=desk.cause_review(new.priority, new.opened))
    ticket = as_opened(work.tickets.open(new), new)
    work.tickets.add_events([NewEvent(ticket.id, by.now, by.actor, "opened", by.described(detail), by.inbound_id)])
    work.tickets.add_participants(ticket.id, [Participant(new.requester, new.requester_name, "requester", copies=True)])
    timing.begin(work, ticket, starts)
    waits = desk.standing(ticket.account) is not Standing.GOOD
    if waits and not holding.service_related(desk, ticket.category):
        return holding.hold(work, desk, ticket, replace(by, why=f"{ticket.account} is past due"), tell=False)
    if ticket.priority == URGENT:
        page(work, desk, ticket, "A new priority 1", by.now)
    return ticket


def tell_all(work: Work, desk: Desk, ticket: Ticket, text: str, by: By, *, thread: Thread) -> None:
    """The acknowledgement to its customer, and a notice with `text` to its agents but for the one who opened it."""
    clocks, own = work.clocks.of(ticket.id), desk.settings.desk
    acknowledged = acknowledgement(
        desk,
        ticket,
        clocks,
        ticket.requester,
        ticket.requester_name if ticket.proven else "",
        zone=ZoneInfo(ticket.zone) if ticket.zone else own.timezone,
        language=ticket.language or own.language,
        thread=thread,
        now=by.now,
    )
    others = [each for each in desk.directory.agents_for(ticket.category, ticket.assignee) if each.name != by.actor]
    letter = replace(
        notices.letter_inside(desk, notices.NOTICE, ticket, clocks, now=by.now),
        what=f"new ticket, opened by {by.actor},",
        text=text[: notices.TEXT_SHOWN],
    )
    told = notices.drafts(work.tickets, desk, ticket, letter, others, cause=by.inbound_id, now=by.now)
    work.outbox.add([acknowledged, *told])


def split(work: Work, desk: Desk, ticket: Ticket, by: By) -> tuple[Ticket, Ticket]:
    """The customers' last mail becomes a ticket of its own: (this ticket, the new one). Raises ChangeError."""
    message = _to_split(work, desk, ticket)
    other = open_ticket(work, desk, _for_author(work, desk, ticket, message, by), {"split": desk.ref(ticket.id)}, by)
    work.tickets.move_message(message, other.id)
    work.tickets.link(other.id, ticket.id, "split")
    ticket = keep(work, ticket, by, ("split", {"into": desk.ref(other.id)}))
    tell_all(work, desk, other, message.text, by, thread=Thread(message.message_id))
    return ticket, other


def _to_split(work: Work, desk: Desk, ticket: Ticket) -> Message:
    people = work.tickets.participants(ticket.id)
    unheard = {address for address, person in people.items() if person.role in _NO_CUSTOMER}
    said = [m for m in work.tickets.messages(ticket.id) if m.direction == "in" and m.visibility == "public"]
    theirs = [message for message in said if message.author and message.author not in unheard]
    if len(theirs) < 2:
        raise ChangeError(f"{desk.ref(ticket.id)} has no second mail of its customer that could be split off.")
    return theirs[-1]


def _for_author(work: Work, desk: Desk, ticket: Ticket, message: Message, by: By) -> NewTicket:
    """Promises begin as the mail came where it waits for an answer still, else now."""
    clocks = work.clocks.of(ticket.id)
    waits = any(clock.kind == RESPONSE and clock.state in (RUNNING, PAUSED) for clock in clocks)
    person = work.tickets.participants(ticket.id).get(message.author)
    account = desk.directory.account(message.author)
    ranking = desk.rules.rank(message.subject, message.text)
    return NewTicket(
        subject=message.subject,
        requester=message.author,
        requester_name=person.name if person else "",
        opened=min(message.at, by.moment) if waits else by.moment,
        category=ranking.category,
        priority=ranking.level,
        reasons=ranking.reasons,
        account=account.name if account else None,
        language=ticket.language,
        zone=ticket.zone,
        proven=account is not None or (ticket.proven and message.author == ticket.requester),
    )


def for_customer(desk: Desk, address: str, subject: str, text: str, opened: datetime) -> NewTicket:
    """A ticket for somebody who told an agent of it in `text`; an agent vouches for who that is."""
    account = desk.directory.account(address)
    ranking = desk.rules.rank(subject, text)
    own = desk.settings.desk
    return NewTicket(
        subject=subject,
        requester=address,
        requester_name="",
        opened=opened,
        category=ranking.category,
        priority=ranking.level,
        reasons=ranking.reasons,
        account=account.name if account else None,
        language=(account.language if account else None) or own.language,
        zone=((account.timezone if account else None) or own.timezone).key,
        proven=True,
    )
