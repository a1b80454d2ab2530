"""Whose number a voicemail's notice gives: that of the caller, not the called one, a date or an extension."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail_daemon.domain.voicemail import caller

NUMBER = "+13035550142"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("New voicemail from 13035550142(13035550142) to 2000(Help Desk)", "Time: 2026-11-25 14:32:01"),
        ("Voice message for 877-771-7464 from (303) 555-0142", ""),
        ("New message 5 in mailbox 101", 'in mailbox 101 from "WIRELESS CALLER" <3035550142>, on Wednesday'),
        ("Voicemail", "To: 8777717464\nFrom: 303.555.0142\nReceived: 2026-11-25 14:32"),
        ("Voicemail", "Caller ID: +1 303 555 0142\n\nPlease ring me at 720 555 0199"),
        ("Voicemail", "2026-11-25 14:32\n\n303-555-0142 left a message"),
        ("Voicemail", "CID: +1-303-555-0142"),
        ("Voicemail", "From: 3035550142 2026-11-25 10:19"),
    ],
)
def test_the_callers_number_is_found(subject: str, text: str) -> None:
    assert caller(subject, text, "US") == NUMBER


@pytest.mark.parametrize(
    "text",
    [
        "From: Anonymous\nTo: 8777717464",
        "You have a new message in mailbox 2000, 0:23 long",
        "Date: 2026-11-25 14:32:01",
        "Message 20261125143201 of 25/11/2026 14:32",
        "",
    ],
)
def test_where_it_was_withheld_no_other_number_is_taken_for_it(text: str) -> None:
    assert caller("New message", text, "US") is None


def test_a_number_of_our_own_never_calls_us() -> None:
    assert caller("New message", "Ring 877-771-7464 for help", "US", ["+18777717464"]) is None


def test_numbers_without_a_country_are_the_configured_ones() -> None:
    assert caller("Voicemail von 030 901820", "", "DE") == "+4930901820"


@pytest.mark.parametrize("text", ["9" * 100_000, "(1 " * 30_000, "from " * 20_000 + "3 " * 20_000, "1-1:" * 30_000])
def test_no_notice_takes_long(text: str) -> None:
    caller("", "from 303 555 0142", "US")  # what is imported late is there now
    begun = time.perf_counter()
    caller(text, text, "US")
    assert time.perf_counter() - begun < 0.2


@given(st.text(), st.text())
def test_whatever_it_says_it_is_read(subject: str, text: str) -> None:
    found = caller(subject, text, "US")
    assert found is None or found.startswith("+")
