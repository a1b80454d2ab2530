"""What is known to whom in a ticket: what its customer has read, and what only agents have."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

from mail_daemon.case import Case
from mail_daemon.desk import Desk
from mail_daemon.settings.policy import Agent
from mail_daemon.store.rows import Posted, Ticket
from mail_daemon.store.store import Work

_MESSAGES = 200  # of a ticket that are compared with
_LETTERS = 10  # the same of our letters to one agent
_UNHEARD = frozenset({"stranger", "agent"})  # roles in a ticket
# Letters that hold what is internal. A question to confirm holds the agent's own words, and the draft of a Reason for
# Outage what is to be the customer's.
_INTERNAL = frozenset({"notice", "note", "page", "warning"})
_TRANSCRIPT = "transcript"


def letter_answered(work: Work, desk: Desk, case: Case) -> Posted | None:
    """Our letter whose token proves the mail, however its Message-ID came back."""
    if not case.match.proof or case.match.ticket is None:
        return None
    for number in _numbers(work, case.match.ticket):
        for letter in reversed(work.outbox.of(number)):
            token = desk.signer.read(letter.message_id)
            if token is not None and token.nonce == case.match.proof:
                return letter
    return None


def public(work: Work, ticket: Ticket) -> str:
    """What the customer has said and read."""
    people = work.tickets.participants(ticket.id)
    unheard = {each.address for each in people.values() if each.role in _UNHEARD}
    told = [
        each.text
        for each in work.tickets.last_messages(ticket.id, _MESSAGES)
        if each.visibility == "public" and (each.direction == "out" or each.author not in unheard)
    ]
    return "\n".join([ticket.subject, ticket.requester_name, ticket.requester, *told])


def internal(work: Work, ticket: Ticket, agent: Agent) -> str:
    """What our last letters to the agent say, as text."""
    letters = [
        each for each in work.outbox.of(ticket.id) if each.letter in _INTERNAL and agent.address in each.recipients
    ]
    return "\n".join(_text(work, letter) for letter in letters[-_LETTERS:])


def transcript(work: Work, desk: Desk, case: Case) -> str:
    """What the transcript says that the mail answers. It may repeat the agent's own words."""
    letter = letter_answered(work, desk, case)
    return _text(work, letter) if letter is not None and letter.letter == _TRANSCRIPT else ""


def written(work: Work, ticket: Ticket, agent: Agent, *, but_not: int) -> str:
    """What the agent has written in the ticket, as it came; `but_not` is an inbound mail."""
    said = [each for each in work.tickets.last_messages(ticket.id, _MESSAGES) if each.direction == "in"]
    return "\n".join(each.text for each in said if each.author == agent.address and each.inbound_id != but_not)


def _text(work: Work, letter: Posted) -> str:
    body = message_from_bytes(work.outbox.content(letter.id) or b"", policy=policy.default).get_body(("plain",))
    return str(body.get_content()) if isinstance(body, EmailMessage) else ""


def _numbers(work: Work, number: int) -> Iterator[int]:
    """The ticket, and those that were merged into it."""
    yield number
    for link in work.tickets.links(number):
        other = work.tickets.get(link.ticket_id)
        if other is not None and other.merged_into == number:
            yield from _numbers(work, other.id)
