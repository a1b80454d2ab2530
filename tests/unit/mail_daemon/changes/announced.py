"""Customers who are told of planned maintenance, and what they get."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar

from mail_daemon.changes import maintenance
from mail_daemon.changes.maintenance import Round
from mail_daemon.changes.maintenance_letters import written
from mail_daemon.domain.maintenance import Announcement
from mail_daemon.settings.directory import Directory
from mail_daemon.settings.policy import Account
from mail_daemon.store.rows_duties import Maintenance
from tests.office import AGENTS, DAY, HOUR, NOW, Office, read

ACME = Account(
    name="Acme",
    domains=("acme.example",),
    contacts=("dana@acme.example", "noc@acme.example"),
    timezone=ZoneInfo("America/Denver"),
)
BETA = Account(name="Beta", contacts=("hans@beta.example",), timezone=ZoneInfo("Europe/Berlin"), language="de")
GAMMA = Account(name="Gamma", domains=("gamma.example",))
SAID = Announcement(
    key="sbc-1",
    service="Outbound calls",
    impact="OUTAGE",
    starts=NOW + DAY,
    ends=NOW + DAY + 4 * HOUR,
    accounts=(),
    texts={"en": "We replace a router.\n\nThat is all.", "de": "Wir ersetzen einen Router."},
)
MOVED = replace(SAID, starts=NOW + 2 * DAY, ends=NOW + 2 * DAY + 4 * HOUR)


def employ(office: Office, *accounts: Account) -> None:
    office.desk = replace(office.desk, directory=Directory(AGENTS, accounts))


def do(office: Office, verb: Callable[..., Round], *given: Any, **options: Any) -> Round:
    with office.store.begin() as work:
        due = verb(work, office.desk, *given, now=office.now, **options)
        drafts = written(office.desk, due.said, due.before, due.posts, sequence=due.sequence, now=office.now)
        maintenance.carry_out(work, due, drafts, now=office.now)
    return due


def announce(office: Office, said: Announcement = SAID, **options: Any) -> list[tuple[str, str]]:
    """Who gets what."""
    return [(post.reader, post.news.value) for post in do(office, maintenance.announce, said, **options).posts]


def mails(office: Office, reader: str) -> list[EmailMessage]:
    return [read(office, letter) for letter in office.letters() if letter.recipients == (reader,)]


def text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def entry(message: EmailMessage) -> Any:
    """Method and event of the calendar entry that the mail brings."""
    (content,) = {
        part.get_payload(decode=True) for part in message.walk() if part.get_content_subtype() in ("calendar", "ics")
    }
    whole = Calendar.from_ical(content)
    (event,) = whole.walk("VEVENT")
    return whole.get("METHOD"), event


def row(office: Office) -> Maintenance:
    with office.store.read() as work:
        found = work.maintenances.get("sbc-1")
    assert found is not None
    return found
