"""Orders that wait for an agent's yes: those of a mail that nothing proves, and those that can't be undone.

The letter `confirm` repeats them to the agent. Its token finds them again, once and within `matching.confirm_within`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from mail_daemon.changes.keeping import keep
from mail_daemon.desk import Desk
from mail_daemon.domain import script
from mail_daemon.domain.by import DAEMON, By
from mail_daemon.domain.consent import consents
from mail_daemon.domain.identity import Role
from mail_daemon.domain.script import Script
from mail_daemon.settings.policy import Agent
from mail_daemon.store.rows import Draft, NewEvent, Participant, Ticket
from mail_daemon.store.rows_agents import Confirmation
from mail_daemon.store.store import Work
from mail_daemon.writing import NO_PROMISES, Thread, about, desk_facts, draft, no_ticket
from responders.letter import Letter, SaidFacts
from responders.times import spoken, spoken_duration

COMMAND = "command"  # a proven agent's order that asks once
UNPROVEN = "unproven"  # a mail in an agent's name
_WORDS_SHOWN = 1_000  # characters


@dataclass(frozen=True, slots=True)
class Answer:
    """What an agent's answer to such a letter means: `script` runs now; where there is none, `why` says why not."""

    asked: Confirmation
    script: Script | None
    why: str = ""


def ask(
    work: Work,
    desk: Desk,
    agent: Agent,
    ticket: Ticket | None,
    orders: Script,
    why: str,
    by: By,
    *,
    kind: str = COMMAND,
    subject: str = "",
    thread: tuple[SaidFacts, ...] = (),
) -> Draft:
    """Keeps the orders and queues the letter that asks for a yes; `why` says in words what makes it ask.

    `thread` is what the agent should read first.

    `by.inbound_id` is the mail that holds the orders. Where there is no ticket, `subject` is that mail's.
    """
    until = by.now + desk.settings.matching.confirm_within
    letter = _letter(desk, ticket, subject, by)
    letter = replace(
        letter,
        what=why,
        detail=tuple(f"#{each.verb} {each.argument}".rstrip() for each in orders.commands),
        text=_beginning(orders.words),
        until=spoken(until, desk.settings.desk.timezone, desk.settings.desk.language),
        thread=thread,
        proven=kind == COMMAND,
    )
    number = ticket.id if ticket else None
    asked = draft(
        desk, letter, agent.address, to_name=agent.name, role=Role.AGENT, ticket_id=number, thread=Thread(),
        replied=True, now=by.now,
    )  # fmt: skip
    token = desk.signer.read(asked.message_id)
    assert token is not None
    written = orders.block + orders.words
    work.confirmations.add(
        Confirmation(token.nonce, kind, agent.address, number, by.inbound_id, written, by.now, until)
    )
    work.outbox.add([asked])
    if ticket:
        detail = {"agent": agent.name, "kind": kind, "why": why}
        work.tickets.add_events([NewEvent(ticket.id, by.now, DAEMON, "confirmation asked", detail, by.inbound_id)])
    return asked


def answered(work: Work, desk: Desk, proof: str, agent: Agent, text: str, by: By) -> Answer | None:
    """Reads a proven agent's mail, whose token is `proof` and whose new text is `text`.

    None where it answers no such letter, or gives orders of its own instead of a yes. After an Answer nothing of
    `text` goes to anybody. A ticket that has no requester was kept of a mail that nothing proved: unless there are
    commands to run on it, it becomes the agent's own.
    """
    asked = work.confirmations.get(proof) if proof else None
    if asked is None or asked.agent != agent.address or (script.read(text).commands and not consents(text)):
        return None
    if not consents(text):
        return Answer(asked, None, "nothing was confirmed; an answer that begins with yes would run it")
    if not work.confirmations.use(proof, by.now):
        within = spoken_duration(desk.settings.matching.confirm_within)
        why = "it was confirmed before" if asked.used_at else f"the question could be answered within {within} only"
        return Answer(asked, None, why)
    orders = script.read(asked.orders)
    ticket = work.tickets.get(asked.ticket_id, lock=True) if asked.ticket_id else None
    if asked.inbound_id and ticket is None:
        work.inbound.confirmed(asked.inbound_id)
    if ticket and not ticket.requester and not orders.commands:
        _adopt(work, ticket, agent, by)
        return Answer(asked, None, "the ticket is yours: what you wrote in it is a request of your own")
    return Answer(asked, orders)


def _adopt(work: Work, ticket: Ticket, agent: Agent, by: By) -> None:
    """The agent asked for something as any customer does; until now nobody did."""
    columns = {"requester": agent.address, "requester_name": agent.name, "proven": True}
    keep(work, ticket, by, ("confirmed", {"requester": agent.address}), **columns)
    work.tickets.add_participants(ticket.id, [Participant(agent.address, agent.name, "requester", copies=True)])


def _letter(desk: Desk, ticket: Ticket | None, subject: str, by: By) -> Letter:
    own = desk.settings.desk
    if ticket is None:
        return Letter("confirm", own.language, desk_facts(desk), no_ticket(subject), NO_PROMISES)
    return about(desk, "confirm", ticket, (), zone=own.timezone, language=own.language, now=by.now)


def _beginning(words: str) -> str:
    words = words.strip()
    return words if len(words) <= _WORDS_SHOWN else f"{words[:_WORDS_SHOWN]} …"
