"""Two copies of one mail have one fingerprint, two mails have two."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.fingerprint import fingerprint, fingerprint_file

MAIL = b"Message-ID: <a@x>\nFrom: a@x.example\nDate: Wed, 25 Nov 2026 09:00:00 -0500\nSubject: hi\n\nHello.\n"


@pytest.mark.parametrize(
    "copy",
    [
        MAIL.replace(b"\n", b"\r\n"),
        b"Return-Path: <b@x>\nReceived: from a by b;\n Wed, 25 Nov 2026\n" + MAIL,
        b"Delivered-To: other@desk.example\nAuthentication-Results: mx; dkim=pass\n" + MAIL,
        MAIL + b"\n\r\n\n",
        MAIL.rstrip(),
        MAIL.replace(b"Subject: hi", b"SUBJECT:   hi"),
        MAIL.replace(b"2026 09", b"2026\n\t09"),
    ],
    ids=["crlf", "received", "delivered", "empty lines", "no line end", "case", "folding"],
)
def test_the_same_mail_by_another_way(copy: bytes) -> None:
    assert fingerprint(copy) == fingerprint(MAIL)


@pytest.mark.parametrize(
    "other",
    [
        MAIL.replace(b"<a@x>", b"<b@x>"),
        MAIL.replace(b"a@x.example", b"b@x.example"),
        MAIL.replace(b"09:00", b"09:01"),
        MAIL.replace(b"Subject: hi", b"Subject: ho"),
        MAIL.replace(b"Hello.", b"Hello!"),
        MAIL.replace(b"Hello.", b"\nHello."),
        MAIL.replace(b"Message-ID: <a@x>\n", b""),
        MAIL.replace(b"\n\n", b"\nX: \n Subject: hi\n\nSubject: hi\n"),
    ],
)
def test_another_mail(other: bytes) -> None:
    assert fingerprint(other) != fingerprint(MAIL)


@given(st.binary(max_size=400), st.binary(max_size=20), st.integers(0, 30_000))
def test_a_file_and_its_bytes_agree(
    tmp_path_factory: pytest.TempPathFactory, one: bytes, two: bytes, times: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "mail.eml"
    raw = MAIL + one + two * times + one
    path.write_bytes(raw)
    assert fingerprint_file(path) == fingerprint(raw)


def test_line_ends_across_the_cuts_of_a_long_file(tmp_path: Path) -> None:
    crlf = MAIL + b"x\r\n" * 300_000 + b"end"
    path = tmp_path / "long.eml"
    path.write_bytes(crlf)
    assert fingerprint_file(path) == fingerprint(crlf.replace(b"\r\n", b"\n"))


ALARM = b"From: pbx@acme.example\nSubject: trunk down\n\nTrunk 1 is down.\n"
NINE = datetime(2026, 11, 25, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("header", [b"", b"Message-ID:\n", b"Date: \n", b"Received: by b; Wed, 25 Nov 2026\n"])
def test_an_alarm_without_id_and_date_that_comes_again_is_another_mail(tmp_path: Path, header: bytes) -> None:
    alarm = header + ALARM
    path = tmp_path / "alarm.eml"
    path.write_bytes(alarm)
    assert fingerprint(alarm, NINE) != fingerprint(alarm, NINE + SECOND)
    assert fingerprint_file(path, NINE) == fingerprint(alarm, NINE)


def test_the_same_item_of_a_mailbox_is_the_same_alarm_whoever_tells_its_time(tmp_path: Path) -> None:
    """Maildir knows fractions of a second, IMAP does not; zones differ."""
    assert fingerprint(ALARM, NINE + SECOND / 3) == fingerprint(ALARM, NINE.astimezone(ZoneInfo("Asia/Tokyo")))


@pytest.mark.parametrize("field", [b"Message-ID: <a@x>\n", b"Date: Wed, 25 Nov 2026 09:00:00 -0500\n"])
def test_a_mail_that_has_an_id_or_a_date_is_the_same_whenever_it_came(field: bytes) -> None:
    assert fingerprint(field + ALARM, NINE) == fingerprint(field + ALARM, NINE + SECOND) == fingerprint(field + ALARM)


def test_a_header_longer_than_is_looked_through_may_hold_an_id() -> None:
    long = b"X-Long: " + b"a" * 300_000 + b"\nMessage-ID: <a@x>\n" + ALARM
    assert fingerprint(long, NINE) == fingerprint(long, NINE + SECOND)
