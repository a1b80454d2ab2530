"""A maintenance as a calendar entry: iCalendar (RFC 5545) with the MAINTNOTE properties. The one door to icalendar.

A REQUEST (RFC 5546 section 3.2.2), not a PUBLISH, since Gmail, Outlook and Apple's Calendar move and remove only
what they were invited to; it asks for no answer and blocks nobody's time. An entry without a method changes no
calendar by itself, as the BCOP wants it by default (section 3.4.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from responders import values
from responders.addresses import wire
from responders.enclosure import Enclosure, Form

if TYPE_CHECKING:
    from icalendar import vCalAddress, vText

_PRODUCT = "-//mail-daemon//maintenance//EN"

Method = Literal["REQUEST", "CANCEL", ""]


@dataclass(frozen=True, slots=True)
class Entry:
    """Times are aware; texts may hold anything."""

    uid: str
    sequence: int
    stamp: datetime
    starts: datetime
    ends: datetime
    summary: str
    description: str
    organizer: str
    organizer_address: str
    attendee_address: str
    provider: str  # from here on: MAINTNOTE's, draft NANOG BCOP section 3.6
    account: str
    maintenance: str
    service: str
    impact: str
    status: str
    method: Method = "REQUEST"


def calendar(entry: Entry) -> bytes:
    """The iCalendar object: CRLF, lines of at most 75 octets, times in UTC. Raises BadAddress."""
    from icalendar import Calendar, Event, vText  # late: 0.1 s and 8 MB, which most starts need for nothing

    event = Event()
    for name, moment in (("dtstamp", entry.stamp), ("dtstart", entry.starts), ("dtend", entry.ends)):
        event.add(name, moment.astimezone(UTC).replace(microsecond=0))
    event.add("uid", _line(entry.uid))
    event.add("sequence", entry.sequence)
    event.add("summary", _line(entry.summary))
    event.add("description", vText(values.clean(entry.description)))
    event.add("organizer", _person(entry.organizer_address, CN=entry.organizer))
    if entry.method:
        event.add("attendee", _person(entry.attendee_address, ROLE="OPT-PARTICIPANT", RSVP="FALSE"))
    event.add("status", "CANCELLED" if entry.status == "CANCELLED" else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("x-microsoft-cdo-busystatus", vText("FREE"))
    event.add("x-microsoft-disallow-counter", vText("TRUE"))
    for name, text in _maintnote(entry):
        event.add(f"x-maintnote-{name}", _line(text))
    event["x-maintnote-maintenance-id"].params["X-MAINTNOTE-PRECEDENCE"] = "PRIMARY"
    whole = Calendar()
    whole.add("prodid", _PRODUCT)
    whole.add("version", "2.0")
    if entry.method:
        whole.add("method", entry.method)
    whole.add_component(event)
    return bytes(whole.to_ical(sorted=False))


def parts(entry: Entry) -> tuple[tuple[Form, ...], Enclosure]:
    """How a mail carries it: as a form of the letter beside text and HTML, and as a file."""
    content = calendar(entry)
    if not entry.method:
        return (), Enclosure("maintenance.ics", "text/calendar; charset=utf-8", content)
    form = Form(f"text/calendar; charset=utf-8; method={entry.method}", content)
    return (form,), Enclosure("invite.ics", "application/ics", content)


def _maintnote(entry: Entry) -> tuple[tuple[str, str], ...]:
    return (
        ("provider", entry.provider),
        ("account", entry.account),
        ("maintenance-id", entry.maintenance),
        ("object-id", entry.service),
        ("impact", entry.impact),
        ("status", entry.status),
    )


def _line(text: str) -> vText:
    from icalendar import vText

    return vText(values.one_line(text))


def _person(address: str, **parameters: str) -> vCalAddress:
    from icalendar import vCalAddress

    person = vCalAddress(f"mailto:{wire(address)}")
    for name, value in parameters.items():
        person.params[name] = values.one_line(value)
    return person
