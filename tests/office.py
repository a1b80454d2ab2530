"""A support desk for tests: its configuration, and a real database into which mails are filed one by one.

outcome = office.file(mail(subject="No dial tone"))
reply = office.file(mail(in_reply_to=office.key(outcome)))
assert reply.case.match.kind == "reply"
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mail_daemon import pipeline
from mail_daemon.desk import Desk
from mail_daemon.domain.by import By
from mail_daemon.domain.calendar import Calendar, Span
from mail_daemon.domain.identity import Role, Signer
from mail_daemon.settings.billing import Install
from mail_daemon.settings.directory import Directory
from mail_daemon.settings.policy import Account, Agent, Policy
from mail_daemon.settings.priorities import Priorities
from mail_daemon.settings.sections import Settings
from mail_daemon.stages.bill import wishes
from mail_daemon.stages.triage import compiled
from mail_daemon.store.rows import Clock, Event, Message, Participant, Posted, Ticket
from mail_daemon.store.rows_inbound import Claimed
from mail_daemon.store.store import Store
from mail_daemon.timekeeper import Timekeeper
from parsers.mail import Mail
from responders.renderer import Renderer
from tests import stored
from tests.written import ANN, BOB, DESK

NOW = stored.NOW  # Wednesday 25 November 2026, 09:32 in New York; Thursday is Thanksgiving
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
NEW_YORK = "America/New_York"

AGENTS = (Agent(name="ann", address=ANN), Agent(name="bob", address=BOB, categories=("billing",)))
ACCOUNTS = (
    Account(name="Acme", domains=("acme.example",), contacts=("boss@gmail.com",), timezone=ZoneInfo("Europe/Berlin")),
    Account(name="Freemail", domains=("gmail.com",)),
)
_HOURS = {"days": WEEKDAYS, "opens": time(8), "closes": time(19)}
_POLICY = {
    "levels": {
        1: {"name": "System-wide outage", "response": "1h", "update_every": "1h"},
        2: {"name": "Partial outage", "response": "2h", "update_every": "2h"},
        3: {"name": "Trouble", "response": "4h", "resolution": "8h"},
        4: {"name": "Question", "response": "8h", "resolution": "48h"},
    },
    "calendar": {"timezone": NEW_YORK, "hours": [_HOURS]},
    "after_hours": {
        "timezone": NEW_YORK,
        "begins": time(19),
        "ends": time(8),
        "telephone": "877-771-7464",
        "press": "2",
    },
    "escalation": [],
    "billing": {"hourly_rate": "125.00"},
}
_RULES = [
    {"name": "all-down", "category": "outage", "level": 1, "phrases": "everything is down"},
    {"name": "site-down", "category": "outage", "level": 2, "phrases": "our site is down"},
    {"name": "one-phone", "category": "trouble", "level": 3, "phrases": "my phone is dead"},
    {"name": "install", "category": "install", "level": 4, "phrases": "new installation"},
    {"name": "invoice", "category": "billing", "level": 4, "phrases": "invoice"},
]


def desk(changes: Mapping[str, Mapping[str, Any]] | None = None, *, agents: tuple[Agent, ...] = AGENTS) -> Desk:
    """`changes` are sections of mail-daemon.yaml, laid over those of the tests."""
    sections: dict[str, Mapping[str, Any]] = {
        "desk": {"name": "Support", "address": DESK, "aliases": ("help@desk.example",), "timezone": NEW_YORK},
        "smtp": {"host": "localhost"},
    }
    for name, section in (changes or {}).items():
        sections[name] = {**sections.get(name, {}), **section}
    settings = Settings.model_validate(sections)
    own = settings.desk
    return Desk(
        settings=settings,
        policy=Policy.model_validate(_POLICY),
        directory=Directory(agents, ACCOUNTS, public_domains=settings.matching.public_domains),
        rules=_rules(),
        wishes=_wishes(),
        calendar=Calendar(own.timezone, [Span(frozenset(WEEKDAYS), time(8), time(19))], country="US"),
        renderer=_renderer(),
        signer=Signer([b"k" * 32], domain=own.domain, tag=own.tag),
    )


@cache
def _rules() -> Any:
    return compiled(Priorities.model_validate({"rules": _RULES}))


@cache
def _wishes() -> Any:
    priorities = Priorities.model_validate({"rules": _RULES, "doubt": {"negation": "no, not"}})
    return wishes(Install(priority_phrases=("expedite",), after_hours_phrases=("tonight",)), priorities)


@cache
def _renderer() -> Renderer:
    return Renderer([Path(__file__).parents[1] / "templates"], language="en")


class Office:
    """`now` may be set forward between two mails."""

    def __init__(self, store: Store, desk: Desk) -> None:
        self.store = store
        self.desk = desk
        self.now = NOW
        self._mails = 0

    def take_in(self, *, refused: str | None = None, received: datetime | None = None) -> Claimed:
        """A row for the next mail, claimed."""
        self._mails += 1
        new = stored.mail(str(self._mails), received=received or self.now, refused=refused)
        with self.store.begin() as work:
            work.inbound.add([new], now=self.now)
            (claimed,) = work.inbound.claim(now=self.now, until=self.now + HOUR, limit=1)
        return claimed

    def file(
        self, mail: Mail, *, refused: str | None = None, received: datetime | None = None, raw: bytes = b""
    ) -> pipeline.Outcome:
        """`raw` is the mail as it came, from which attachments are taken."""
        claimed = self.take_in(refused=refused, received=received)
        with self.store.begin() as work:
            return pipeline.file_mail(work, self.desk, claimed, mail, raw=lambda _: raw, now=self.now)

    def open(self, mail: Mail, **columns: Any) -> int:
        """The number of the ticket that the mail opens, `columns` set in it as agents would."""
        ticket = self.file(mail).ticket
        assert ticket is not None
        if columns:
            with self.store.begin() as work:
                work.tickets.change(ticket.id, **columns)
        return ticket.id

    def change(
        self, verb: Callable[..., Ticket], number: int, *given: Any, at: datetime | None = None, why: str = ""
    ) -> Ticket:
        """What ann does to a ticket with one of `mail_daemon.changes`, as it stands in the database afterwards."""
        with self.store.begin() as work:
            ticket = work.tickets.get(number, lock=True)
            assert ticket is not None
            changed = verb(work, self.desk, ticket, *given, By("ann", self.now, at=at, why=why))
        assert changed == self.ticket(number)
        return changed

    def tick(self, now: datetime | None = None) -> None:
        """All clocks that are due act; with `now`, the office's clock is set to it first."""
        self.now = now or self.now
        keeper = Timekeeper(
            self.store,
            desk=lambda: self.desk,
            clock=lambda: self.now,
            ready=lambda: True,
            fired=lambda: None,
        )
        while keeper.step():
            pass

    def key(self, ticket: int, to: str, role: Role = Role.CUSTOMER) -> str:
        """The Message-ID of a letter of ours about a ticket, as `to` got it."""
        return self.desk.signer.message_id(self.token(ticket, to, role))

    def token(self, ticket: int, to: str, role: Role = Role.CUSTOMER) -> str:
        return self.desk.signer.token(ticket, to, role, issued=self.now, nonce=b"nonce")

    # --- what stands in the database ----------------------------------------------------------------------

    def ticket(self, number: int) -> Ticket:
        with self.store.read() as work:
            found = work.tickets.get(number)
        assert found is not None
        return found

    def tickets(self) -> list[Ticket]:
        with self.store.read() as work:
            return work.tickets.list()

    def events(self, number: int, what: str | None = None) -> list[Event]:
        with self.store.read() as work:
            return [event for event in work.tickets.events(number) if what in (None, event.what)]

    def people(self, number: int) -> dict[str, Participant]:
        with self.store.read() as work:
            return work.tickets.participants(number)

    def messages(self, number: int) -> list[Message]:
        with self.store.read() as work:
            return work.tickets.messages(number)

    def clocks(self, number: int) -> dict[str, Clock]:
        """The last clock of each kind."""
        with self.store.read() as work:
            return {clock.kind: clock for clock in work.clocks.of(number)}

    def links(self, number: int) -> list[tuple[int, str]]:
        with self.store.read() as work:
            return [(link.other_id, link.why) for link in work.tickets.links(number) if link.ticket_id == number]

    def letters(self, state: str | None = None) -> list[Posted]:
        with self.store.read() as work:
            return work.outbox.list(state)

    def content(self, letter: Posted) -> bytes:
        with self.store.read() as work:
            return work.outbox.content(letter.id) or b""


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def told(office: Office) -> list[tuple[str, ...]]:
    """Each letter of the outbox and whom it goes to."""
    return [(letter.letter, *letter.recipients) for letter in office.letters()]


def acknowledgements(office: Office) -> list[Posted]:
    return [letter for letter in office.letters() if letter.letter == "acknowledgement"]


def read(office: Office, letter: Posted) -> EmailMessage:
    return message_from_bytes(office.content(letter), policy=default)


def words(message: EmailMessage) -> str:
    """All that its reader may see: headers, text and HTML."""
    parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    return "\n".join([*(f"{name}: {value}" for name, value in message.items()), *parts])
