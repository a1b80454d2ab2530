"""The policy's numbers as a person reads them off its pages, in minutes, and what a letter is to the count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.acceptance.month.world import DAY, HOUR

RESPONSE = {1: 1 * HOUR, 2: 2 * HOUR, 3: 4 * HOUR, 4: 8 * HOUR}
RESOLUTION = {1: None, 2: None, 3: 8 * HOUR, 4: 48 * HOUR}
UPDATE = {1: 1 * HOUR, 2: 2 * HOUR}
RFO = {1: 24 * HOUR, 2: 96 * HOUR}
TARGETS: Mapping[str, Mapping[int, int | None]] = {
    "response": RESPONSE,
    "resolution": RESOLUTION,
    "update": dict(UPDATE),
    "rfo": dict(RFO),
}
WARN_OF_CLOSING, CLOSING = 3 * DAY, 7 * DAY
SECOND_CONTACT = 4 * HOUR  # the contact of the month's desk who is named later than the first
AGAIN = 4 * HOUR  # between two mails with the contacts, however often the customer writes
REOPENS = 13 * DAY  # well within the 14 days in which a reply reopens an ended ticket
MISSED = 2  # updates in a row that page

SERVICE = ("outage", "trouble")
PAUSED = {
    "pending": ("response", "resolution", "update"),
    "on_hold": ("response", "resolution", "update"),
    "vendor": ("response", "resolution"),
}
ENDED = ("resolved", "closed")
ADDRESSES = {"ann": "ann@desk.example", "bob": "bob@desk.example", "olga": "olga@home.example"}
ADMIN = "root@desk.example"


@dataclass(frozen=True, order=True)
class Sent:
    """A letter: which, about what, to whom, when; and the minutes that it names."""

    ticket: int
    letter: str
    what: str
    to: str
    at: int
    names: tuple[int, ...] = ()
