"""Calendar entries, as icalendar reads them back: whatever a text holds, it is that property's text and no more."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Component

from responders.addresses import BadAddress
from responders.composer import compose
from responders.invitation import Entry, Method, calendar, parts
from tests.unit.responders.test_composer import ENVELOPE, PAGE

ENTRY = Entry(
    uid="maintenance-sbc-1-0a1b@desk.example",
    sequence=3,
    stamp=datetime(2026, 11, 25, 9, 0, 0, 123, tzinfo=UTC),
    starts=datetime(2026, 12, 5, 1, tzinfo=timezone(timedelta(hours=-5))),
    ends=datetime(2026, 12, 5, 5, tzinfo=timezone(timedelta(hours=-5))),
    summary="Planned maintenance: calls, voicemail; portal",
    description="Hello,\n\nwe replace a router; 5 minutes, or less.\\\n",
    organizer='ThreePBX "Support"',
    organizer_address="support@desk.example",
    attendee_address="dana@acme.example",
    provider="desk.example",
    account="Acme, Inc; East",
    maintenance="sbc-1",
    service="calls, voicemail; portal",
    impact="OUTAGE",
    status="CONFIRMED",
)
HOSTILE = st.text(st.characters() | st.sampled_from('\r\n\t"\\;:,^\x85\u2028\x00\x1b\ud800'), max_size=200) | st.just(
    "x\r\nATTENDEE:mailto:eve@evil.example\nEND:VEVENT\rMETHOD:CANCEL\n X-MAINTNOTE-STATUS:COMPLETED"
)


def event(content: bytes) -> Component:
    whole = Calendar.from_ical(content)
    (found,) = whole.walk("VEVENT")
    return found


def text(found: Component, name: str) -> str:
    """A property of MAINTNOTE, whose type is TEXT though icalendar does not know it (RFC 5545 section 3.3.11)."""
    return re.sub(r"\\([\\;,])", r"\1", str(found[f"x-maintnote-{name}"]))


def names(content: bytes) -> list[str]:
    """The properties in order, by unfolding alone."""
    lines = content.decode().replace("\r\n ", "").split("\r\n")
    return [line.replace(";", ":").partition(":")[0] for line in lines if line]


EXPECTED = names(calendar(ENTRY))


def test_it_is_read_back_as_it_was_meant() -> None:
    found = event(calendar(ENTRY))
    assert found.decoded("dtstart") == datetime(2026, 12, 5, 6, tzinfo=UTC)
    assert found.decoded("dtend") == datetime(2026, 12, 5, 10, tzinfo=UTC)
    assert found.decoded("dtstamp") == datetime(2026, 11, 25, 9, tzinfo=UTC)
    assert (str(found["uid"]), found["sequence"]) == (ENTRY.uid, 3)
    assert str(found["summary"]) == ENTRY.summary
    assert str(found["description"]) == ENTRY.description
    assert str(found["organizer"]) == "mailto:support@desk.example"
    assert (str(found["attendee"]), found["attendee"].params["rsvp"]) == ("mailto:dana@acme.example", "FALSE")


def test_the_properties_of_the_standard_are_there() -> None:
    found = event(calendar(ENTRY))
    assert {name: text(found, name) for name in ("provider", "account", "impact", "status")} == {
        "provider": "desk.example",
        "account": "Acme, Inc; East",
        "impact": "OUTAGE",
        "status": "CONFIRMED",
    }
    assert text(found, "object-id") == "calls, voicemail; portal"
    assert text(found, "maintenance-id") == "sbc-1"
    assert found["x-maintnote-maintenance-id"].params["x-maintnote-precedence"] == "PRIMARY"


def test_times_are_in_utc_and_need_no_time_zone_table() -> None:
    content = calendar(ENTRY)
    assert b"DTSTART:20261205T060000Z\r\n" in content
    assert b"VTIMEZONE" not in content


@pytest.mark.parametrize(
    ("method", "status", "line"),
    [("REQUEST", "CONFIRMED", b"\r\nSTATUS:CONFIRMED\r\n"), ("CANCEL", "CANCELLED", b"\r\nSTATUS:CANCELLED\r\n")],
)
def test_a_cancellation_takes_the_entry_back(method: Method, status: str, line: bytes) -> None:
    content = calendar(replace(ENTRY, method=method, status=status))
    assert f"METHOD:{method}\r\n".encode() in content
    assert line in content


def test_without_a_method_no_calendar_is_asked_and_nobody_attends() -> None:
    content = calendar(replace(ENTRY, method="", status="COMPLETED"))
    assert b"METHOD" not in content
    assert b"ATTENDEE" not in content
    assert b"\r\nSTATUS:CONFIRMED\r\n" in content  # an event knows no other
    assert b"X-MAINTNOTE-STATUS:COMPLETED\r\n" in content


@given(HOSTILE, HOSTILE)
def test_no_text_adds_a_property_or_breaks_a_line(one: str, other: str) -> None:
    content = calendar(
        replace(ENTRY, summary=one, description=other, organizer=one, account=other, service=one, provider=other)
    )
    assert names(content) == EXPECTED
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    content.decode()
    found = event(content)
    assert str(found["attendee"]) == "mailto:dana@acme.example"
    assert str(found["x-maintnote-status"]) == "CONFIRMED"
    assert " ".join(str(found["summary"]).split()) == str(found["summary"])


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=300))
def test_what_can_be_seen_comes_back_whole(shown: str) -> None:
    found = event(calendar(replace(ENTRY, summary=shown, account=shown)))
    assert str(found["summary"]) == shown
    assert text(found, "account") == shown


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(BadAddress):
        calendar(replace(ENTRY, attendee_address="dana@acme.example\r\nX:1"))


def test_a_mail_carries_it_beside_text_and_html_and_as_a_file() -> None:
    forms, file = parts(ENTRY)
    mail = message_from_bytes(compose(PAGE, headers=ENVELOPE, forms=forms, enclosures=[file]), policy=policy.default)
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    *_, form, attached = mail.walk()
    assert form["Content-Type"].params["method"] == "REQUEST"
    assert form.get_payload(decode=True) == attached.get_payload(decode=True) == calendar(ENTRY)
    assert (form["Content-Disposition"], attached.get_filename()) == (None, "invite.ics")


def test_without_a_method_it_is_a_file_alone() -> None:
    forms, file = parts(replace(ENTRY, method=""))
    assert forms == ()
    assert (file.name, file.media_type) == ("maintenance.ics", "text/calendar; charset=utf-8")
