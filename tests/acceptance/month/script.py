"""What customers and agents do in the month, drawn once from a seed: nothing here knows what follows from it."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.acceptance.month.world import DAY, HOUR, LENGTH

ACCOUNTS = ("Acme", "Bluebird", "Chai", "Overdue")

# By priority: the category that the shipped rules find, subject and text.
WORDS: dict[int, Sequence[tuple[str, str, str]]] = {
    1: [("outage", "No dial tone", "None of our phones has a dial tone, the whole company is down.")],
    2: [
        ("trouble", "One-way audio", "Our branch office in Denver has one-way audio on every call."),
        ("outage", "Dallas", "The phones of our Dallas branch have no dial tone."),
    ],
    3: [
        ("trouble", "Voicemail", "The voicemail light on my phone stopped working yesterday."),
        ("account", "Password", "I cannot log in to the portal, please reset my password."),
    ],
    4: [
        ("request", "Ring group", "How do I set up a ring group?"),
        ("billing", "Invoice", "I have a question about our invoice for October."),
    ],
}


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody does something to a ticket: a customer writes, or an agent uses a verb of `mail_daemon.changes`."""

    at: int  # minute of the month at which it is dispatched
    ticket: int  # its place in the script
    verb: str
    level: int = 4  # of a customer's words, or that an agent sets
    category: str = "request"
    subject: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Customer:
    account: str
    address: str


def customer(ticket: int) -> Customer:
    account = ACCOUNTS[ticket % len(ACCOUNTS)]
    return Customer(account, f"c{ticket}@{account.lower()}.example")


_AGENTS = {  # what agents do, and how often; late or never is in the pauses between
    "answer": 30,
    "ask": 14,
    "vendor": 6,
    "restore": 12,
    "resolve": 18,
    "take up": 4,
    "rank": 8,
    "assign": 4,
    "workaround": 3,
    "send rfo": 8,
    "waive rfo": 3,
    "close": 2,
}


def written(tickets: int, seed: int) -> list[Act]:
    """All acts in order of their time; no ticket has two in one minute."""
    chance = random.Random(seed)
    acts = [act for number in range(tickets) for act in _life(chance, number)]
    return sorted(acts, key=lambda act: (act.at, act.ticket))


def _life(chance: random.Random, ticket: int) -> Iterator[Act]:
    level = chance.choices((1, 2, 3, 4), (6, 10, 42, 42))[0]
    at = chance.randrange(LENGTH - DAY)
    yield _mail(chance, at, ticket, "open", level)
    urgent = level <= 2
    for _ in range(chance.randrange(9)):
        at += _pause(chance, urgent)
        act = _customers(chance, at, ticket) if chance.random() < 0.3 else _agents(chance, at, ticket)
        urgent = urgent or (act.verb in ("write", "rank") and act.level <= 2)
        yield act
    if urgent or chance.random() < 0.7:  # the rest is never finished
        for verb in ("answer", "restore", "resolve") if urgent else ("answer", "resolve"):
            at += _pause(chance, urgent)
            yield Act(at, ticket, verb)
    if chance.random() < 0.15:  # after the warning, or after the end
        at += chance.randint(3 * DAY, 12 * DAY)
        yield _news(at, ticket) if chance.random() < 0.7 else _mail(chance, at, ticket, "write", level)
        at += _pause(chance, urgent)
        yield Act(at, ticket, "resolve")


def _pause(chance: random.Random, urgent: bool) -> int:
    """From five minutes to eight hours or five days, and short ones as often as long ones."""
    longest = 8 * HOUR if urgent else 5 * DAY
    return round(math.exp(chance.uniform(math.log(5), math.log(longest))))


def _customers(chance: random.Random, at: int, ticket: int) -> Act:
    louder = chance.random() < 0.2
    return _mail(chance, at, ticket, "write", chance.randint(1, 3)) if louder else _news(at, ticket)


def _agents(chance: random.Random, at: int, ticket: int) -> Act:
    verb = chance.choices(list(_AGENTS), list(_AGENTS.values()))[0]
    level = chance.choices((1, 2, 3, 4), (1, 2, 4, 4))[0]
    return Act(at, ticket, verb, level=level)


def _mail(chance: random.Random, at: int, ticket: int, verb: str, level: int) -> Act:
    category, subject, text = chance.choice(WORDS[level])
    return Act(at, ticket, verb, level, category, subject, text)


def _news(at: int, ticket: int) -> Act:
    return Act(at, ticket, "write", 4, "request", "", "Is there any news?")
