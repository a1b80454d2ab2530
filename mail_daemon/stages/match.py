"""Match: to which ticket does a mail belong, and may its sender be heard there?

Our signed Message-ID opens the door by itself: whoever holds it has got a letter of ours. Every other trace
(a known Message-ID, Outlook's Thread-Index, the tag in the subject) can be guessed or copied, and counts
only for somebody who takes part in the ticket.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from mail_daemon.domain.decisions import Match, Sender
from mail_daemon.domain.identity import Role, Signer, Token
from mail_daemon.domain.ticket import ENDED
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
    agents_authenticate: bool  # trusted servers are configured, so an agent's mail must pass DMARC, too


def match(tickets: Tickets, rules: Rules, mail: Mail, sender: Sender, *, machine: bool, now: datetime) -> Match:
    """Strongest evidence first. Reads the store and writes nothing."""
    if mail.bounce is not None:
        return _bounce(tickets, rules, mail)
    tokens = list(_tokens(rules.signer, mail))
    if sender.role == "agent" and (found := _agent(tickets, rules, mail, sender, tokens)):
        return found
    related: list[int] = []
    for how, ticket in _evidence(tickets, rules, mail, tokens):
        if _takes_part(tickets, ticket, sender):
            return _into(ticket, how, rules, machine=machine, now=now)
        if how == "token":
            return Match(_STRANGER, ticket.id, how)
        related.append(ticket.id)
    return Match("new", related=tuple(dict.fromkeys(related)))


def _bounce(tickets: Tickets, rules: Rules, mail: Mail) -> Match:
    """Only a report about a letter that we signed says anything about it."""
    original = mail.bounce.original_message_id if mail.bounce else None
    token = rules.signer.read(original) if original else None
    known = token is not None and tickets.get(token.ticket) is not None
    return Match("bounce", token.ticket, "token") if token and known else Match("bounce")


def _agent(tickets: Tickets, rules: Rules, mail: Mail, sender: Sender, tokens: list[Token]) -> Match | None:
    authenticated = sender.authenticated or not rules.agents_authenticate
    for token in tokens:
        own = token.role is Role.AGENT and rules.signer.meant_for(token, sender.address)
        if own and authenticated and tickets.get(token.ticket):
            return Match("command", token.ticket, "token")
    for how, ticket in _evidence(tickets, rules, mail, tokens):
        return Match("unproven", ticket.id, how)
    return None


def _evidence(tickets: Tickets, rules: Rules, mail: Mail, tokens: list[Token]) -> Iterator[tuple[str, Ticket]]:
    """Each ticket that the mail points to and how, strongest first."""
    for token in tokens:
        # An agent's token proves that very agent and nobody else.
        if token.role is Role.CUSTOMER and (ticket := tickets.get(token.ticket)):
            yield "token", ticket
    for how, number in _guessable(tickets, rules, mail):
        if ticket := tickets.get(number):
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
