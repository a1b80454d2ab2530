"""Who is told: the customer in his own thread, the ticket's agents, the admins."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from mail_daemon.desk import Desk
from mail_daemon.domain.identity import Role
from mail_daemon.settings.policy import Agent
from mail_daemon.store.rows import Clock, Draft, NewClock, Ticket
from mail_daemon.store.store import Work
from mail_daemon.writing import NO_PROMISES, Thread, about, desk_facts, draft, in_thread, no_ticket
from responders.addresses import BadAddress, wire
from responders.composer import Person
from responders.enclosure import Enclosure
from responders.letter import Letter
from responders.renderer import INSIDE

_BY_TIME = frozenset({"escalation", "closing-warning"})
_NO_COPIES = frozenset({"stranger", "agent"})  # roles in a ticket


def to_customer(desk: Desk, name: str, ticket: Ticket, clocks: Iterable[Clock | NewClock], *, now: datetime) -> Letter:
    """A letter in the customer's language and time zone, for `dataclasses.replace` to complete."""
    own = desk.settings.desk
    zone = ZoneInfo(ticket.zone) if ticket.zone else own.timezone
    return about(desk, name, ticket, clocks, zone=zone, language=ticket.language or own.language, now=now)


def tell_customer(
    work: Work,
    desk: Desk,
    ticket: Ticket,
    letter: Letter,
    *,
    now: datetime,
    account_only: bool = False,
    enclosures: Sequence[Enclosure] = (),
) -> list[int]:
    """Queues one mail to the requester, which answers his last one, with copies to whoever takes part.

    `account_only`: what it says is nobody's outside the ticket's account, so that nobody else gets a copy.
    Returns the letter's id, or nothing where he may not be written to (`may_be_told`).
    """
    if not may_be_told(work, ticket, letter.name):
        return []
    written = draft(
        desk,
        letter,
        ticket.requester,
        to_name=ticket.requester_name if ticket.proven else "",
        role=Role.CUSTOMER,
        ticket_id=ticket.id,
        thread=in_thread(work, ticket),
        replied=False,
        now=now,
        copies=tuple(in_copy(work, desk, ticket, account_only=account_only)),
        enclosures=enclosures,
    )
    return work.outbox.add([written])


def may_be_told(work: Work, ticket: Ticket, letter: str) -> bool:
    """Only who got a letter in this ticket before: else a machine wrote, or the caps on answers kept us silent.

    Where nothing proves the requester, somebody may have forged his address: what time alone causes goes out once.
    """
    names = [each.letter for each in work.outbox.of(ticket.id) if each.letter not in INSIDE]
    again = letter in names and letter in _BY_TIME
    return bool(names) and (ticket.proven or not again)


def in_copy(work: Work, desk: Desk, ticket: Ticket, *, account_only: bool = False) -> Iterator[Person]:
    """Who gets what goes to the customer, too: neither strangers nor agents, whose addresses are nobody's concern.

    Who is not proven has brought in nobody: no third person can be written to through us.
    """
    if not ticket.proven:
        return
    for _, person in sorted(work.tickets.participants(ticket.id).items()):
        wanted = person.copies and person.role not in _NO_COPIES and person.address != ticket.requester
        if account_only:
            account = desk.directory.account(person.address)
            wanted = wanted and account is not None and account.name == ticket.account
        ours = person.address in desk.settings.desk.addresses or desk.directory.agent(person.address) is not None
        if wanted and not ours and _deliverable(person.address):
            yield Person(person.name, person.address)


def _deliverable(address: str) -> bool:
    try:
        wire(address)
    except BadAddress:
        return False
    return True


def tell_agents(
    work: Work,
    desk: Desk,
    ticket: Ticket,
    what: str,
    detail: Sequence[str] = (),
    *,
    now: datetime,
    others: Collection[str] = (),
) -> None:
    """Queues a warning to each of the ticket's agents, else to the admins, and to the addresses of `others`."""
    to = dict.fromkeys([*insiders(desk, ticket), *others])
    work.outbox.add(warnings_to(desk, ticket, what, detail, to, now))


def warnings(
    desk: Desk,
    ticket: Ticket | None,
    what: str,
    detail: Sequence[str],
    *,
    now: datetime,
    but_not: Collection[str] = (),
) -> list[Draft]:
    """For the ticket's agents, or else the admins, to be queued: something is wrong."""
    to = [agent.address for agent in _agents(desk, ticket) if agent.address not in but_not]
    to = to or [address for address in admins(desk) if address not in but_not]
    return warnings_to(desk, ticket, what, detail, to, now)


def insiders(desk: Desk, ticket: Ticket) -> list[str]:
    """The addresses of the ticket's agents, or else of the admins."""
    return [agent.address for agent in _agents(desk, ticket)] or admins(desk)


def on_call(desk: Desk, now: datetime) -> list[str]:
    """The address of whoever is first on call, if anybody is."""
    return [person.address for person in desk.policy.on_call.at(now)[:1]]


def admins(desk: Desk) -> list[str]:
    agents = [agent.address for agent in desk.directory.agents if agent.admin]
    return list(dict.fromkeys([*desk.settings.desk.admins, *agents]))


def _agents(desk: Desk, ticket: Ticket | None) -> tuple[Agent, ...]:
    return desk.directory.agents_for(ticket.category, ticket.assignee) if ticket else ()


def warnings_to(
    desk: Desk,
    ticket: Ticket | None,
    what: str,
    detail: Sequence[str],
    to: Iterable[str],
    now: datetime,
) -> list[Draft]:
    """For these addresses, to be queued: something is wrong."""
    zone, language = desk.settings.desk.timezone, desk.settings.desk.language
    letter = Letter("warning", language, desk_facts(desk), no_ticket(), NO_PROMISES)
    if ticket is not None:
        letter = about(desk, "warning", ticket, (), zone=zone, language=language, now=now)
    letter = replace(letter, what=what, detail=tuple(detail))
    number = ticket.id if ticket else None
    return [
        draft(desk, letter, each, role=Role.AGENT, ticket_id=number, thread=Thread(), replied=False, now=now)
        for each in to
    ]
