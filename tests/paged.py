"""A rota for tests: ann is on call at all times, and cat, who has two channels, after her; and what pages went out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from mail_daemon.desk import Desk
from mail_daemon.settings.on_call import OnCall
from mail_daemon.settings.policy import Agent
from mail_daemon.store.rows import Posted
from tests.office import AGENTS, NOW, Office, desk, read, words
from tests.written import ANN

MINUTE = timedelta(minutes=1)
QUARTER = 15 * MINUTE
CAT = "cat@desk.example"
ROOT = "root@desk.example"
DOWN, SITE, PHONE = "Everything is down.", "Our site is down.", "My phone is dead."

ROTA: dict[str, Any] = {
    "people": [
        {"name": "ann", "address": ANN},
        {"name": "cat", "address": CAT, "channels": ["json://secret@127.0.0.1:9/a", "json://secret@127.0.0.1:9/b"]},
    ],
    "shifts": [
        {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "00:00", "until": "00:00"}
        | {"people": ["ann", "cat"]}
    ],
}


def on_call(office: Office, with_desk: Desk, **section: Any) -> Office:
    policy = with_desk.policy.model_copy(update={"on_call": OnCall.model_validate(section)})
    office.desk = replace(with_desk, policy=policy)
    return office


def pages(office: Office) -> list[tuple[timedelta, str]]:
    """When each page was queued, counted from NOW, and for whom."""
    return [(each.queued - NOW, each.recipients[0]) for each in letters(office)]


def letters(office: Office) -> list[Posted]:
    return [each for each in office.letters() if each.letter == "page"]


def shown(office: Office, letter: Posted) -> str:
    return " ".join(words(read(office, letter)).split())


def tick_through(office: Office, until: timedelta, every: timedelta = 5 * MINUTE) -> None:
    while office.now < NOW + until:
        office.tick(office.now + every)


def page_state(office: Office, number: int) -> str:
    return office.clocks(number)["page"].state


def called_first(office: Office) -> Office:
    """With ann on call first, and cat after her."""
    agents = (*AGENTS, Agent(name="cat", address=CAT, categories=("maintenance",)))
    return on_call(office, desk({"desk": {"admins": (ROOT,)}}, agents=agents), **ROTA)
