"""The letter that says sorry: which promises are broken, how the ticket stands, whom to turn to (policy section 7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mail_daemon.desk import Desk
from mail_daemon.domain.clockwork import JUDGED, MET, RESPONSE, RUNNING
from mail_daemon.settings.policy import Contact
from mail_daemon.store.rows import Clock, NewClock, Ticket
from mail_daemon.telling import to_customer
from responders.letter import ContactFacts, DeadlineFacts, Letter
from responders.times import spoken, spoken_duration

BREACH = "breach"  # a promise has just been broken
LEVEL = "level"  # it is late by so much that further contacts are named
REPLY = "reply"  # the customer has written again
ASKED = "asked"  # an agent wants it

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_HOURS_FROM, _DAYS_FROM = timedelta(hours=2), timedelta(days=3)  # nobody counts the minutes of three days

AnyClock = Clock | NewClock


def escalation(desk: Desk, ticket: Ticket, clocks: Sequence[AnyClock], what: str, *, now: datetime) -> Letter:
    """In the customer's language and zone."""
    letter = to_customer(desk, "escalation", ticket, clocks, now=now)
    zone = ZoneInfo(ticket.zone) if ticket.zone else desk.settings.desk.timezone
    broken = broken_promises(clocks, now)
    return replace(
        letter,
        what=what,
        deadlines=tuple(_deadline(clock.kind, due, zone, letter.language, now) for clock, due in broken),
        contacts=tuple(_facts(contact) for contact in reached(desk, clocks, now, at_least=what == ASKED)),
        answered=_answered(clocks, zone, letter.language),
    )


def broken_promises(clocks: Iterable[AnyClock], now: datetime) -> list[tuple[AnyClock, datetime]]:
    """The response and resolution clocks that run past their due time, and that time; the oldest first."""
    late = [(clock, clock.due) for clock in clocks if clock.kind in JUDGED and clock.state == RUNNING and clock.due]
    return sorted((each for each in late if each[1] <= now), key=lambda each: each[1])


def reached(desk: Desk, clocks: Iterable[AnyClock], now: datetime, *, at_least: bool = False) -> list[Contact]:
    """The contacts to be named by now, in order: the longer a promise is broken, the more.

    `at_least`: those of the first hour where none is broken, too.
    """
    late = max((now - due for _, due in broken_promises(clocks, now)), default=timedelta(0) if at_least else None)
    return [contact for contact in desk.policy.escalation if late is not None and contact.after <= late]


def spoken_lateness(due: datetime, now: datetime, language: str) -> str:
    """Such as "20 minutes", "30 hours" or "3 days"; "" under a minute."""
    late = now - due
    unit = _MINUTE if late < _HOURS_FROM else _HOUR if late < _DAYS_FROM else _DAY
    whole = late // unit * unit
    return spoken_duration(whole, language) if whole else ""


def _deadline(kind: str, due: datetime, zone: ZoneInfo, language: str, now: datetime) -> DeadlineFacts:
    return DeadlineFacts(kind, spoken(due, zone, language), spoken_lateness(due, now, language))


def _facts(contact: Contact) -> ContactFacts:
    return ContactFacts(contact.name, contact.title, contact.address, contact.telephone)


def _answered(clocks: Iterable[AnyClock], zone: ZoneInfo, language: str) -> str:
    answers = [
        clock.stopped_at
        for clock in clocks
        if isinstance(clock, Clock) and clock.kind == RESPONSE and clock.state == MET and clock.stopped_at
    ]
    return spoken(max(answers), zone, language) if answers else ""
