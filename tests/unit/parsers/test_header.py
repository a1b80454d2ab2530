"""Header values are decoded as a person reads them, on one line, with a cap."""

from __future__ import annotations

from email import message_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.header import TEXT_LENGTH, all_text, decoded, raw, text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("plain", "plain"),
        ("=?utf-8?q?caf=C3=A9?=", "café"),
        ("=?UTF-8?B?Y2Fmw6k=?=", "café"),
        ("=?utf-8*en?q?caf=C3=A9?= now", "café now"),
        ("before =?iso-8859-1?q?=E9?= after", "before é after"),
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        ("=?utf-8?q?a?= =?iso-8859-1?q?=E9?=", "aé"),
        ("=?utf-8?q?with spaces inside?=", "with spaces inside"),
        ("=?x-sjis?b?k2SYYg==?=", "電話"),
        ("=?nonsense?q?caf=E9?=", "café"),
        ("=?utf-8?b?Y2Fmw6k?=", "café"),
        ("=?utf-8?q?broken", "=?utf-8?q?broken"),
        ("=?utf-8?x?what?=", "=?utf-8?x?what?="),
        ("is 1=?2 or 3", "is 1=?2 or 3"),
    ],
)
def test_encoded_words(value: str, shown: str) -> None:
    assert decoded(value) == shown


@pytest.mark.parametrize(
    "value",
    [
        "a\r\nBcc: x@y",
        "=?utf-8?q?a=0D=0ABcc:_x@y?=",
        "a\x00b\x1b[31mc",
        "a\u2028b",
        "=?utf-8?q?a=E2=80=A8b?=",
    ],
)
def test_nothing_ends_the_line(value: str) -> None:
    shown = decoded(value)
    assert len(shown.splitlines()) == 1
    assert shown.isprintable()


def test_direction_overrides_are_taken_out() -> None:
    assert decoded("=?utf-8?q?invoice=E2=80=AEfdp.exe?=") == "invoicefdp.exe"


def test_folding_is_undone_and_the_space_before_an_encoded_word_kept() -> None:
    message = message_from_bytes(b"Subject: one\n two =?utf-8?q?three?=\r\n\tfour\n\n")
    assert text(message, "SUBJECT") == "one two three four"


def test_eight_bit_bytes_are_read_in_the_charset_of_the_body_where_they_are_not_utf8() -> None:
    head = b"Content-Type: text/plain; charset=koi8-r\nSubject: "
    assert text(message_from_bytes(head + "звонок".encode("koi8-r") + b"\n\n"), "Subject") == "звонок"
    assert text(message_from_bytes(head + "звонок".encode() + b"\n\n"), "Subject") == "звонок"
    assert text(message_from_bytes("Subject: Grüße".encode("cp1252") + b"\n\n"), "Subject") == "Grüße"


def test_the_first_of_two_is_the_one_and_all_can_be_had() -> None:
    message = message_from_bytes(b"Subject: first\nsubject: second\n\n")
    assert text(message, "Subject") == "first"
    assert all_text(message, "Subject") == raw(message, "Subject") == ["first", "second"]
    assert text(message, "X-None") == ""


def test_long_values_are_cut() -> None:
    assert len(decoded("x" * 10_000_000)) == TEXT_LENGTH


@given(st.text(alphabet="=?utf-8qb ABCD=3D\r\n\udce9é"))
def test_any_value_gives_one_clean_line(value: str) -> None:
    decoded(value).encode("utf-8")
    assert len(decoded(value).splitlines()) <= 1
