"""The letters that keep agents up to date: `notice` of a mail or an answer, `note` of another agent's note.

Each agent gets a mail of the own, whose token proves that agent alone. An answer to a notice goes to the customer;
one to a note stays inside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from mail_daemon.desk import Desk
from mail_daemon.domain.clockwork import CLOSE, PAGE, RUNNING
from mail_daemon.domain.identity import Role
from mail_daemon.domain.ticket import Status
from mail_daemon.domain.verbs import help_text
from mail_daemon.escalation import spoken_lateness
from mail_daemon.settings.policy import Agent
from mail_daemon.store.rows import Clock, Draft, Message, NewClock, Participant, Ticket
from mail_daemon.store.tickets import Tickets
from mail_daemon.writing import Thread, about, draft
from parsers.mail import Attachment
from responders.letter import AttachmentFacts, DeadlineFacts, Letter, SaidFacts
from responders.times import spoken

NOTICE = "notice"
NOTE = "note"

TEXT_SHOWN = 20_000  # characters of the newest words; the whole stands in the ticket
_SAID_SHOWN = 1_500  # characters of each of the earlier ones
_MOST_SAID = 8
_EXAMINED = 30  # messages; an agent's mail has two, what came in and what went out
_UNTOLD = (PAGE, CLOSE)  # clocks that promise nothing


def letter_inside(
    desk: Desk, name: str, ticket: Ticket, clocks: Sequence[Clock | NewClock], *, now: datetime
) -> Letter:
    """A letter in the desk's own time zone and language, for `dataclasses.replace` to complete."""
    own = desk.settings.desk
    letter = about(desk, name, ticket, clocks, zone=own.timezone, language=own.language, now=now)
    running = [clock for clock in clocks if clock.state == RUNNING and clock.due and clock.kind not in _UNTOLD]
    return replace(letter, deadlines=tuple(_deadline(desk, clock, now) for clock in running))


def drafts(
    tickets: Tickets,
    desk: Desk,
    ticket: Ticket,
    letter: Letter,
    to: Iterable[Agent],
    *,
    cause: int | None,
    now: datetime,
) -> list[Draft]:
    """One mail for each agent, to be queued, with the thread so far and the commands that the agent may give.

    `cause` is the inbound mail that the letter tells of; it is no part of the thread so far.
    """
    letter = replace(letter, thread=said_so_far(tickets, desk, ticket, but_not=cause))
    status = Status(ticket.status)
    return [
        draft(
            desk,
            replace(letter, commands=tuple(help_text(status, admin=agent.admin))),
            agent.address,
            to_name=agent.name,
            role=Role.AGENT,
            ticket_id=ticket.id,
            thread=Thread(),
            replied=False,
            now=now,
        )
        for agent in to
    ]


def said_so_far(tickets: Tickets, desk: Desk, ticket: Ticket, *, but_not: int | None = None) -> tuple[SaidFacts, ...]:
    """The last messages, newest first, each marked with who said it to whom."""
    last = tickets.last_messages(ticket.id, _EXAMINED)
    told = [each for each in last if but_not is None or each.inbound_id != but_not]
    return said(tickets, desk, ticket, [each for each in told if not _twice(desk, each)][:_MOST_SAID])


def said(tickets: Tickets, desk: Desk, ticket: Ticket, messages: Iterable[Message]) -> tuple[SaidFacts, ...]:
    people = tickets.participants(ticket.id)
    return tuple(_said(desk, each, people) for each in messages)


def attachment_facts(attachments: Sequence[Attachment]) -> tuple[AttachmentFacts, ...]:
    return tuple(_attachments(attachments))


def writer(name: str, address: str) -> str:
    """How agents read of whoever wrote."""
    return ", ".join(part for part in (name, address) if part) or "somebody without an address"


def _deadline(desk: Desk, clock: Clock | NewClock, now: datetime) -> DeadlineFacts:
    own = desk.settings.desk
    assert clock.due is not None
    late = spoken_lateness(clock.due, now, own.language) if clock.due < now else ""
    return DeadlineFacts(clock.kind, spoken(clock.due, own.timezone, own.language), late)


def _twice(desk: Desk, message: Message) -> bool:
    """An agent's mail is kept as it came; what became of it, an answer or a note, is shown already."""
    return (
        message.direction == "in"
        and message.visibility == "internal"
        and desk.directory.agent(message.author) is not None
    )


def _said(desk: Desk, message: Message, people: dict[str, Participant]) -> SaidFacts:
    own = desk.settings.desk
    agent = desk.directory.agent(message.author)
    person = people.get(message.author)
    who = agent.name if agent else writer(person.name if person else "", message.author)
    text = message.text if len(message.text) <= _SAID_SHOWN else message.text[:_SAID_SHOWN].rstrip() + " [...]"
    return SaidFacts(spoken(message.at, own.timezone, own.language), who, _kind(message, person), text)


def _kind(message: Message, person: Participant | None) -> str:
    if message.direction == "note":
        return "note"
    if message.direction == "out":
        return "answer"
    if message.visibility == "internal":
        return "inside"
    return "stranger" if person and person.role == "stranger" else "customer"


def _attachments(attachments: Sequence[Attachment]) -> Iterator[AttachmentFacts]:
    for each in attachments:
        size = f"{each.size / 1_000_000:.1f} MB" if each.size >= 1_000_000 else f"{max(1, round(each.size / 1000))} kB"
        yield AttachmentFacts(each.name, each.kind, size, each.text)
