"""The dispatch: when the first server of ours took the mail, and nobody else's word for it."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.mail import Trusted
from parsers.message import read
from parsers.received import dispatched

OURS = ("mx.desk.example", "imap.desk.example")
CLIENT = "client.acme.example (client.acme.example [192.0.2.7])"
MX = "mx.desk.example (mx.desk.example [10.0.0.1])"
STORED, TAKEN, SENT = (f"Wed, 25 Nov 2026 14:3{minute}:00 +0000" for minute in (9, 5, 0))


def field(by: str, date: str, sender: str = CLIENT) -> str:
    return f"from {sender}\n\tby {by} (Postfix) with ESMTPS id 4Xyz (using TLSv1.3)\n\tfor <s@desk.example>; {date}"


def seen(*fields: str, trusted: tuple[str, ...] = OURS) -> datetime | None:
    text = "".join(f"Received: {value}\n" for value in fields)
    return dispatched(message_from_string(f"{text}Subject: x\n\n"), trusted)


def at(hour: int, minute: int) -> datetime:
    return datetime(2026, 11, 25, hour, minute, tzinfo=UTC)


# --- whose word counts ------------------------------------------------------------------------------------


def test_the_earliest_of_our_servers_tells() -> None:
    hops = (field("imap.desk.example", STORED, MX), field("mx.desk.example", TAKEN))
    assert seen(*hops, field("mail.acme.example", SENT, "laptop ([192.0.2.9])")) == at(14, 35)


def test_nobody_is_believed_unless_named() -> None:
    assert seen(field("mx.desk.example", TAKEN), trusted=()) is None
    assert seen(field("mx.other.example", TAKEN)) is None
    assert seen() is None


def test_what_stands_below_a_foreign_server_is_forged() -> None:
    assert seen(field("mail.acme.example", TAKEN), field("mx.desk.example", SENT)) is None
    hops = field("mx.desk.example", STORED), field("mail.acme.example", TAKEN), field("mx.desk.example", SENT)
    assert seen(*hops) == at(14, 39)


@pytest.mark.parametrize(
    "sender",
    [
        CLIENT,
        "mx.desk.example (client.acme.example [192.0.2.7])",  # it called itself by our name
        "mx.desk.example (unknown [192.0.2.7])",
        "mx.desk.example (mx.desk.example [192.0.2.7] (may be forged))",
        "[192.0.2.7] (helo=mx.desk.example)",
        "unknown (HELO mx.desk.example) (192.0.2.7)",
        "by (client.acme.example [192.0.2.7])",
    ],
)
def test_what_stands_below_the_server_that_took_the_mail_from_outside_is_forged(sender: str) -> None:
    assert seen(field("mx.desk.example", TAKEN, sender), field("mx.desk.example", SENT)) == at(14, 35)


@pytest.mark.parametrize(
    "sender",
    [
        MX,
        "mx.desk.example",
        "mx.desk.example ([10.0.0.1])",
        "mx.desk.example (10.0.0.1)",
        "mx.desk.example ([IPv6:fd00::1])",
        "MX.Desk.Example. ([10.0.0.1]:25 helo=mx)",
        "localhost (mx.desk.example [10.0.0.1])",
    ],
)
def test_servers_of_ours_that_hand_on_are_followed(sender: str) -> None:
    assert seen(field("imap.desk.example", STORED, sender), field("mx.desk.example", TAKEN)) == at(14, 35)


def test_a_mail_that_a_program_on_our_server_handed_on_is_followed() -> None:
    own = f"by mx.desk.example (Postfix, from userid 0)\n\tid 4Xyz; {STORED}"
    assert seen(own, field("mx.desk.example", TAKEN)) == at(14, 35)


def test_no_more_than_a_hundred_are_read() -> None:
    hops = [field("mx.desk.example", STORED, MX)] * 99
    assert seen(*hops, field("mx.desk.example", TAKEN, MX), field("mx.desk.example", SENT)) == at(14, 35)


# --- how a field is read ----------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["MX.Desk.Example", "mx.desk.example.", "(ours (really)) mx.desk.example (a;b\\)c)"])
def test_a_host_is_the_same_in_capitals_with_a_dot_and_between_comments(by: str) -> None:
    assert seen(field(by, TAKEN)) == at(14, 35)
    assert seen(field("mx.desk.example", TAKEN), trusted=("Mx.Desk.example.",)) == at(14, 35)


@pytest.mark.parametrize(
    "value",
    [
        f"from mx.desk.example by mx.evil.example; {TAKEN}",
        f"from {CLIENT} by mx.desk.example.evil.example; {TAKEN}",
        f"from {CLIENT} (by mx.desk.example) by mx.evil.example; {TAKEN}",
        f"from by mx.desk.example; {TAKEN}",
        f"from {CLIENT} with ESMTP; {TAKEN} by mx.desk.example",
        f"from {CLIENT} by; {TAKEN}",
        f"from; {TAKEN}",
        f"mx.desk.example; {TAKEN}",
        "by",
        ";",
        "",
    ],
)
def test_a_field_that_only_mentions_our_server_is_not_its(value: str) -> None:
    assert seen(value) is None


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("Wed, 25 Nov 2026 09:32:10 -0500 (EST)", datetime(2026, 11, 25, 14, 32, 10, tzinfo=UTC)),
        ("25 Nov 2026 20:02:00 +0530", at(14, 32)),
        ("Thu, 26 Nov 2026 00:32:00 +1000", at(14, 32)),
        ("Wed, 25 Nov 2026 14:32:00 GMT", at(14, 32)),
        ("Wed, 25 Nov 2026 14:32:00 -0000", at(14, 32)),
        ("Wed, 25 Nov 2026 14:32:00", at(14, 32)),
    ],
)
def test_times_are_in_utc(date: str, moment: datetime) -> None:
    found = seen(field("mx.desk.example", date))
    assert found == moment
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    "date",
    [
        "",
        "yesterday",
        "Wed, 99 Nov 2026 14:32:00 +0000",
        "Fri, 31 Dec 9999 23:00:00 -1400",
        f"1 Jan {'9' * 5000}",
        "(;",
    ],
)
def test_a_date_that_is_none_is_passed_over(date: str) -> None:
    broken = field("mx.desk.example", date, MX)
    assert seen(broken) is None
    assert seen(broken, field("mx.desk.example", TAKEN)) == at(14, 35)
    assert seen(field("imap.desk.example", STORED, MX), broken) == at(14, 39)


@given(st.lists(st.text("fromby();\\\"'[]. \t\x00é0:") | st.just(field("mx.desk.example", TAKEN)), max_size=5))
def test_whatever_stands_there_is_read(fields: list[str]) -> None:
    assert seen(*fields) in (None, at(14, 35))


def test_a_mail_knows_its_dispatch() -> None:
    raw = f"Received: {field('mx.desk.example', TAKEN)}\nFrom: cy@acme.example\n\nHello\n".encode()
    assert read(raw, trusted=Trusted(received_from=OURS)).dispatched == at(14, 35)
    assert read(raw).dispatched is None
