"""What agents say in a ticket: to its customer in the desk's name, or among themselves in a note."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields, replace

from mail_daemon import notices
from mail_daemon.case import Case
from mail_daemon.changes.errors import ChangeError
from mail_daemon.changes.keeping import keep
from mail_daemon.changes.ticket import answered
from mail_daemon.commands import known
from mail_daemon.commands.confirming import ask
from mail_daemon.commands.enclosures import enclosed
from mail_daemon.commands.own_words import for_customer
from mail_daemon.desk import Desk
from mail_daemon.domain.by import By
from mail_daemon.domain.identity import Role
from mail_daemon.domain.script import Script
from mail_daemon.settings.policy import Agent
from mail_daemon.store.rows import Draft, NewMessage, Ticket
from mail_daemon.store.store import Work
from mail_daemon.telling import in_copy, to_customer
from mail_daemon.writing import draft, in_thread
from parsers.mail import Attachment
from responders.letter import Letter
from responders.passages import passages

LETTER = "agent-reply"

RFO_DRAFT = "rfo-draft"  # the letter whose answers hold a Reason for Outage

_KEPT_INSIDE = frozenset({notices.NOTE, "page", RFO_DRAFT})  # letters whose answers are nobody's outside
_EXAMINED = 200  # messages of a ticket that are looked at


def post(work: Work, desk: Desk, case: Case, ticket: Ticket, words: str, by: By) -> Ticket:
    """Sends an agent's own words to the customer, with what the agent attached, and shows them to the other agents.

    `by.inbound_id` is the mail that holds the words; another than `case` where they were confirmed. Raises
    ChangeError where nothing may go out.
    """
    agent = _agent(desk, case)
    attachments = _attachments(work, ticket, case, by)
    said = outward(work, desk, case, ticket, words, attachments)
    if not ticket.requester or desk.policy.voicemail.sends(ticket.requester):
        ring = f" Ring back: {ticket.telephone}." if ticket.telephone else ""
        raise ChangeError(f"{desk.ref(ticket.id)} has no customer with an address, so nobody can be written to.{ring}")
    letter = to_customer(desk, LETTER, ticket, (), now=by.now)
    letter = replace(letter, said=passages(said), signature=_signature(desk, agent))
    sent = draft(
        desk,
        letter,
        ticket.requester,
        to_name=ticket.requester_name if ticket.proven else "",
        role=Role.CUSTOMER,
        ticket_id=ticket.id,
        thread=in_thread(work, ticket),
        replied=True,
        now=by.now,
        copies=tuple(in_copy(work, desk, ticket)),
        enclosures=enclosed(desk, agent, attachments, lambda: case.raw(_blob(work, case, by))),
        by_person=True,
    )
    (outbox_id,) = work.outbox.add([sent])
    _keep_message(work, ticket, case, agent, said, by, sent=sent, outbox_id=outbox_id)
    ticket = keep(work, ticket, by, ("answer sent", {"to": list(sent.recipients), "letter": outbox_id}))
    ticket = answered(work, desk, ticket, by)
    _tell(work, desk, ticket, agent, notices.NOTICE, said, attachments, by)
    return ticket


def outward(
    work: Work, desk: Desk, case: Case, ticket: Ticket, words: str, attachments: Sequence[Attachment] = ()
) -> str:
    """An agent's words as they may go out, whatever letter brings them; "" for a mail of files alone.

    Raises ChangeError where nothing is left of them, or something in them is internal.
    """
    agent, public = _agent(desk, case), known.public(work, ticket)
    own = known.written(work, ticket, agent, but_not=case.claimed.id)
    secrets = (
        (known.internal(work, ticket, agent), public),
        (known.transcript(work, desk, case), f"{public}\n{own}"),
    )
    said = for_customer(desk, words, attachments, public=public if ticket.proven else "", secrets=secrets)
    if not said and all(each.inline for each in attachments):
        raise ChangeError("Nothing of your mail is new: write your words above what you quote. Nothing went out.")
    return said


def note(work: Work, desk: Desk, case: Case, ticket: Ticket, text: str, by: By) -> Ticket:
    """Keeps an agent's words inside, and shows them to the other agents."""
    agent = _agent(desk, case)
    text = text.strip()
    _keep_message(work, ticket, case, agent, text, by)
    ticket = keep(work, ticket, by, ("noted", {"text": text[:200]}))
    _tell(work, desk, ticket, agent, notices.NOTE, text, case.mail.attachments, by)
    return ticket


def stays_inside(work: Work, desk: Desk, case: Case) -> bool:
    """Whether the mail answers a letter whose answers are notes: another agent's note, a page."""
    letter = known.letter_answered(work, desk, case)
    return letter is not None and letter.letter in _KEPT_INSIDE


def overtaken(work: Work, desk: Desk, case: Case, ticket: Ticket, words: str, orders: Script, by: By) -> Draft | None:
    """Where another agent has answered since the letter was written that this one answers: asks whether to go on.

    To be called before anything of the mail is run; `orders` is all of it, run by the agent's yes. None where nothing
    stands in the way, or `agents.collision` says that both answers go out.
    """
    agent = _agent(desk, case)
    letter = known.letter_answered(work, desk, case)
    if desk.settings.agents.collision == "send" or letter is None or not words.strip():
        return None
    since = [each for each in work.tickets.last_messages(ticket.id, _EXAMINED) if (each.outbox_id or 0) > letter.id]
    others = [each for each in since if each.direction == "out" and each.author != agent.address]
    if not others:
        return None
    outward(work, desk, case, ticket, words, case.mail.attachments)  # the yes is to what could go out
    named = desk.directory.agent(others[0].author)
    who = named.name if named else others[0].author
    why = f"{who} has answered the customer meanwhile, and your answer has not gone out"
    return ask(work, desk, agent, ticket, orders, why, by, thread=notices.said(work.tickets, desk, ticket, others))


def _attachments(work: Work, ticket: Ticket, case: Case, by: By) -> Sequence[Attachment]:
    """Those of the mail that holds the words; none of a mail that nothing proved, since the yes was to its words."""
    if by.inbound_id == case.claimed.id:
        return case.mail.attachments
    found = work.inbound.get(by.inbound_id) if by.inbound_id else None
    if found is None or found.match != "command":
        return ()
    messages = {each.id for each in work.tickets.messages(ticket.id) if each.inbound_id == found.id}
    names = [field.name for field in fields(Attachment)]
    stored = [each for each in work.tickets.attachments(ticket.id) if each.message_id in messages]
    return [Attachment(**{name: getattr(each, name) for name in names}) for each in stored]


def _blob(work: Work, case: Case, by: By) -> str:
    found = work.inbound.get(by.inbound_id) if by.inbound_id else None
    return found.blob if found else case.claimed.blob


def _keep_message(
    work: Work,
    ticket: Ticket,
    case: Case,
    agent: Agent,
    text: str,
    by: By,
    *,
    sent: Draft | None = None,
    outbox_id: int | None = None,
) -> None:
    """What went out, or a note, beside the agent's mail as it came."""
    work.tickets.add_message(
        NewMessage(
            ticket_id=ticket.id,
            direction="out" if sent else "note",
            author=agent.address,
            at=by.now,
            subject=case.mail.subject,
            text=text,
            visibility="public" if sent else "internal",
            inbound_id=by.inbound_id,
            outbox_id=outbox_id,
            message_id=sent.message_id if sent else None,
            message_ids={sent.message_id: "sent"} if sent else {},
        )
    )


def _tell(
    work: Work,
    desk: Desk,
    ticket: Ticket,
    agent: Agent,
    name: str,
    text: str,
    attachments: Sequence[Attachment],
    by: By,
) -> None:
    others = [each for each in _agents_of(work, desk, ticket) if each != agent]
    letter: Letter = replace(
        notices.letter_inside(desk, name, ticket, work.clocks.of(ticket.id), now=by.now),
        what="answered",
        writer=agent.name,
        text=text[: notices.TEXT_SHOWN],
        attachments=notices.attachment_facts(attachments),
    )
    work.outbox.add(notices.drafts(work.tickets, desk, ticket, letter, others, cause=by.inbound_id, now=by.now))


def _agents_of(work: Work, desk: Desk, ticket: Ticket) -> list[Agent]:
    """Those who hear of its customer, and those who have said something in it."""
    said = [each.author for each in work.tickets.last_messages(ticket.id, _EXAMINED) if each.direction != "in"]
    spoke = [agent for address in said if (agent := desk.directory.agent(address))]
    return list(
        {each.address: each for each in (*desk.directory.agents_for(ticket.category, ticket.assignee), *spoke)}.values()
    )


def _signature(desk: Desk, agent: Agent) -> str:
    """`agents.signature`, without the lines that name an agent who is shown to nobody."""
    lines = desk.settings.agents.signature.split("\n")
    shown = [line for line in lines if agent.shown_as or "{agent}" not in line]
    names = {"{agent}": agent.shown_as or "", "{desk}": desk.settings.desk.name}
    return re.sub(r"\{(?:agent|desk)\}", lambda found: names[found[0]], "\n".join(shown))


def _agent(desk: Desk, case: Case) -> Agent:
    agent = desk.directory.agent(case.sender.address)
    if agent is None:
        raise ChangeError("Agents alone can answer customers.")
    return agent
