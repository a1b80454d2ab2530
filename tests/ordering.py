"""Agents who work by mail: their orders in reply to letters of a ticket, and what they and the customer then read."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

from mail_daemon.domain.identity import Role
from mail_daemon.pipeline import Outcome
from mail_daemon.settings.directory import Directory
from mail_daemon.settings.policy import Account
from mail_daemon.store.rows import Posted
from parsers.mail import Mail
from responders.renderer import INSIDE
from tests.office import ACCOUNTS, AGENTS, Office, read, words
from tests.written import ANN, CUSTOMER, PROVEN, mail

BOREALIS = "bo@borealis.example"
_NUMBERS = count(1)


def staffed(office: Office, *, accounts: tuple[Account, ...] = ACCOUNTS, **changes: Any) -> Office:
    """`changes` are made to ann; a further account, Borealis, is there, too."""
    agents = tuple(each.model_copy(update=changes) if each.address == ANN else each for each in AGENTS)
    more = (*accounts, Account(name="Borealis", domains=("borealis.example",)))
    office.desk = replace(office.desk, directory=Directory(agents, more))
    return office


def opened(office: Office, sender: str = CUSTOMER, **fields: Any) -> int:
    return office.open(mail(sender, **{"message_id": f"<{next(_NUMBERS)}@customers.example>", **fields}))


def wrote(office: Office, number: int, text: str, sender: str = CUSTOMER, **fields: Any) -> Outcome:
    """A customer's reply."""
    own = {"message_id": f"<{next(_NUMBERS)}@customers.example>", "in_reply_to": office.key(number, CUSTOMER)}
    return office.file(mail(sender, **{**own, "text": text, **fields}))


def reply(office: Office, number: int, text: str, agent: str = ANN, **fields: Any) -> Mail:
    """An agent's mail, which answers a letter of that ticket; each is another one."""
    key = office.key(number, agent, Role.AGENT)
    own = {"message_id": f"<{next(_NUMBERS)}@mails.example>", "in_reply_to": key, "subject": "Re: A question"}
    return mail(agent, **{**own, "text": text, **fields})


def order(office: Office, number: int, text: str, agent: str = ANN, **fields: Any) -> Outcome:
    return office.file(reply(office, number, text, agent, **fields))


def to_desk(office: Office, text: str, agent: str = ANN, **fields: Any) -> Outcome:
    """A mail that answers nothing, which a trusted server vouches for."""
    own = {"message_id": f"<{next(_NUMBERS)}@mails.example>", "subject": "", "authentication": PROVEN}
    return office.file(mail(agent, **{**own, "text": text, **fields}))


def confirm(office: Office, text: str = "yes", agent: str = ANN) -> Outcome:
    """The agent answers the last letter that asks."""
    asked = [each for each in office.letters() if each.letter == "confirm"][-1]
    own = f"<{next(_NUMBERS)}@mails.example>"
    return office.file(mail(agent, message_id=own, in_reply_to=asked.message_id, text=text))


def names(office: Office) -> list[str]:
    """The letters so far."""
    return [each.letter for each in office.letters()]


def outside(office: Office) -> list[Posted]:
    """The letters to customers."""
    return [each for each in office.letters() if each.letter not in INSIDE]


def shown(office: Office, name: str = "transcript") -> str:
    """The last letter of this name, in one line."""
    letter = [each for each in office.letters() if each.letter == name][-1]
    return " ".join(words(read(office, letter)).split())


def state(office: Office) -> tuple[Any, ...]:
    """All that orders might change, but for the mail itself, the page that it takes, and letters to agents."""
    numbers = [ticket.id for ticket in office.tickets()]
    return (
        [replace(ticket, changed=office.now) for ticket in office.tickets()],
        [[clock for kind, clock in office.clocks(number).items() if kind != "page"] for number in numbers],
        [office.people(number) for number in numbers],
        [office.links(number) for number in numbers],
        [[message for message in office.messages(number) if message.direction != "in"] for number in numbers],
        [each.id for each in outside(office)],
    )
