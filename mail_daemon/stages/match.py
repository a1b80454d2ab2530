"""Match: to which ticket does a mail belong, and may its sender be heard there?

Our signed Message-ID opens the door by itself: whoever holds it has got a letter of ours. Every other trace
(a known Message-ID, Outlook's Thread-Index, the tag in the subject) can be guessed or copied, and counts
only for somebody who takes part in the ticket.

An agent is another matter: what is more than a note in a ticket needs proof that this very agent wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mail_daemon.domain import script
from mail_daemon.domain.decisions import Match, Sender
from mail_daemon.domain.identity import NO_TICKET, Role, Signer, Token
from mail_daemon.domain.ticket import ENDED
from mail_daemon.store.proofs import Proofs
from mail_daemon.store.rows import Ticket
from mail_daemon.store.tickets import Tickets
from parsers.mail import Mail

_MOST_IDS = 50  # References looked up, newest first
_MOST_TAGS = 3
_STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class Rules:
    """What matching is told by the configuration."""

    signer: Signer
    tag: str  # TPBX
    reopen_within: timedelta
    agent_reply_within: timedelta  # an agent's token is no proof after this
    agents_authenticate: bool  # trusted servers are configured, so an agent's mail must pass DMARC, too
    agents_by_address: bool = False  # a closed network, where From is proof enough


def match(
    tickets: Tickets, proofs: Proofs, rules: Rules, mail: Mail, sender: Sender, *, machine: bool, now: datetime
) -> Match:
    """Strongest evidence first. Reads the store and writes nothing."""
    if mail.bounce is not None:
        return _bounce(tickets, rules, mail)
    tokens = [_current(tickets, token) for token in dict.fromkeys(_tokens(rules.signer, mail))]
    found = _matched(tickets, proofs, rules, mail, sender, tokens, machine=machine, now=now)
    return replace(found, exposed=tuple(_exposed(rules.signer, sender, tokens)))


def _matched(
    tickets: Tickets,
    proofs: Proofs,
    rules: Rules,
    mail: Mail,
    sender: Sender,
    tokens: list[Token],
    *,
    machine: bool,
    now: datetime,
) -> Match:
    if sender.role == "agent":
        return _agent(tickets, proofs, rules, mail, sender, tokens, machine=machine, now=now)
    related: list[int] = []
    for how, ticket in _evidence(tickets, rules, mail, tokens):
        if _takes_part(tickets, ticket, sender):
            return _into(ticket, how, rules, machine=machine, now=now)
        if how == "token":
            return Match(_STRANGER, ticket.id, how)
        related.append(ticket.id)
    # Somebody else answers a letter to an agent: a new ticket would cause the next such letter.
    if answered := _any_ticket(tickets, tokens):
        return Match("unproven", answered, "token")
    return Match("new", related=tuple(dict.fromkeys(related)))


def _bounce(tickets: Tickets, rules: Rules, mail: Mail) -> Match:
    """Only a report about a letter that we signed says anything about it."""
    original = mail.bounce.original_message_id if mail.bounce else None
    token = rules.signer.read(original) if original else None
    ticket = tickets.current(token.ticket) if token else None
    return Match("bounce", ticket.id, "token") if ticket else Match("bounce")


def _agent(
    tickets: Tickets,
    proofs: Proofs,
    rules: Rules,
    mail: Mail,
    sender: Sender,
    tokens: list[Token],
    *,
    machine: bool,
    now: datetime,
) -> Match:
    own = [
        token
        for token in tokens
        if token.role is Role.AGENT
        and rules.signer.meant_for(token, sender.address)
        and (token.ticket == NO_TICKET or tickets.get(token.ticket))
    ]
    voided = proofs.voided([token.nonce for token in own])
    judged = [(token, _doubt(rules, sender, token, voided, machine=machine, now=now)) for token in own]
    # One that proves outweighs all others, else the nearest counts; a letter about a ticket before one about none.
    for token, doubt in sorted(judged, key=lambda each: (bool(each[1]), each[0].ticket == NO_TICKET)):
        if not doubt:
            return Match("command", token.ticket or None, "token", proof=token.nonce)
        if token.ticket:
            return Match("unproven", token.ticket, doubt)
    pointed = next(((ticket.id, how) for how, ticket in _evidence(tickets, rules, mail, tokens)), None)
    number, how = pointed or (_any_ticket(tickets, tokens), "token")
    if number:
        return Match("command" if rules.agents_by_address and not machine else "unproven", number, how)
    return _no_reply(rules, mail, sender, [doubt for _, doubt in judged], machine=machine)


def _doubt(rules: Rules, sender: Sender, token: Token, voided: Collection[str], *, machine: bool, now: datetime) -> str:
    """Why a mail with an agent's own token proves nothing; "" where it proves that agent."""
    if machine:  # an absence or a full mailbox answers for nobody
        return "automatic"
    if rules.agents_by_address:
        return ""
    if rules.agents_authenticate and not sender.authenticated:
        return "unauthenticated"
    if token.nonce in voided:
        return "void-token"
    return "expired-token" if now - token.issued > rules.agent_reply_within else ""


def _no_reply(rules: Rules, mail: Mail, sender: Sender, doubts: list[str], *, machine: bool) -> Match:
    """A mail in an agent's name about no ticket: orders to the desk, or a request of the agent's own."""
    if machine:
        return Match("new")
    if not (sender.authenticated or rules.agents_by_address):
        return Match("unproven", None, next(iter(doubts), ""))
    return Match("command", None, "address") if script.read(mail.text).commands else Match("new")


def _any_ticket(tickets: Tickets, tokens: list[Token]) -> int | None:
    return next((token.ticket for token in tokens if tickets.get(token.ticket)), None)


def _exposed(signer: Signer, sender: Sender, tokens: list[Token]) -> Iterator[str]:
    """Agents' tokens that somebody else has shown, by the letters that carried them."""
    for token in tokens:
        if token.role is Role.AGENT and not signer.meant_for(token, sender.address):
            yield token.nonce


def _evidence(tickets: Tickets, rules: Rules, mail: Mail, tokens: list[Token]) -> Iterator[tuple[str, Ticket]]:
    """Each ticket that the mail points to and how, strongest first."""
    for token in tokens:
        # An agent's token proves that very agent and nobody else.
        if token.role is Role.CUSTOMER and (ticket := tickets.get(token.ticket)):
            yield "token", ticket
    for how, number in _guessable(tickets, rules, mail):
        if ticket := tickets.current(number):
            yield how, ticket


def _guessable(tickets: Tickets, rules: Rules, mail: Mail) -> Iterator[tuple[str, int]]:
    ids = _answered(mail)
    known = tickets.by_message_ids(ids) if ids else {}
    yield from (("message-id", known[each]) for each in ids if each in known)
    if mail.thread_index:
        yield from (("thread-index", number) for number in tickets.by_thread_index(mail.thread_index))
    found = re.findall(rf"\[{rules.tag}-([0-9]{{1,12}})\]", mail.subject, re.IGNORECASE)
    yield from (("tag", int(number)) for number in found[:_MOST_TAGS])


def _tokens(signer: Signer, mail: Mail) -> Iterator[Token]:
    plus = (address.address for address in (*mail.to, *mail.cc) if "+" in address.address)
    for text in (*_answered(mail), *plus):
        if token := signer.read(text):
            yield token


def _current(tickets: Tickets, token: Token) -> Token:
    """Who holds a letter about a ticket that was merged is heard in the one that goes on in its place."""
    ticket = tickets.current(token.ticket) if token.ticket != NO_TICKET else None
    return replace(token, ticket=ticket.id) if ticket else token


def _answered(mail: Mail) -> list[str]:
    """The Message-IDs that the mail answers, nearest first."""
    ids = dict.fromkeys([mail.in_reply_to or "", *reversed(mail.references)])
    return [each for each in ids if each][:_MOST_IDS]


def _takes_part(tickets: Tickets, ticket: Ticket, sender: Sender) -> bool:
    if not sender.address:
        return False
    if sender.account is not None and sender.account == ticket.account:
        return True
    participant = tickets.participants(ticket.id).get(sender.address)
    return participant is not None and participant.role != _STRANGER


def _into(ticket: Ticket, how: str, rules: Rules, *, machine: bool, now: datetime) -> Match:
    if ticket.status not in ENDED or machine:
        return Match("reply", ticket.id, how)
    if now - ticket.changed <= rules.reopen_within:
        return Match("reopened", ticket.id, how)
    return Match("follow-up", None, how, related=(ticket.id,))
