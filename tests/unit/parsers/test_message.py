"""Each mail in tests/mails/structure is read as the .json beside it says, which also says why it is there."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.mail import Mail, Unreadable
from parsers.message import content, contents, read

MAILS = Path(__file__).parents[2] / "mails" / "structure"
CASES = sorted(MAILS.glob("*.json"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_mail_is_read_as_described(case: Path) -> None:
    described = json.loads(case.read_text())
    mail = read(case.with_suffix(".eml").read_bytes())
    for field, expected in described["expect"].items():
        assert _comparable(getattr(mail, field), expected) == expected, described["why"]


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_line_ends_make_no_difference(case: Path) -> None:
    raw = case.with_suffix(".eml").read_bytes()
    lf = raw.replace(b"\r\n", b"\n")
    one, other = read(lf), read(lf.replace(b"\n", b"\r\n"))
    assert (one.text, one.subject, one.sender, len(one.attachments)) == (
        other.text,
        other.subject,
        other.sender,
        len(other.attachments),
    )


def test_every_mail_in_the_folder_is_described() -> None:
    assert {path.stem for path in MAILS.glob("*.eml")} == {path.stem for path in CASES}


def test_the_bytes_of_an_attachment_are_found_by_its_position() -> None:
    raw = (MAILS / "text-between-files.eml").read_bytes()
    (attachment,) = read(raw).attachments
    assert content(raw, attachment.position).startswith(b"\x89PNG")
    with pytest.raises(IndexError):
        content(raw, 99)


def test_what_smtp_said_of_the_sender_beats_return_path() -> None:
    raw = b"Return-Path: <kept@x.example>\nFrom: a@x.example\n\nhi"
    assert read(raw).envelope_sender == "kept@x.example"
    assert read(raw, envelope_sender="").envelope_sender == ""
    assert read(b"From: a@x.example\n\nhi").envelope_sender is None


def test_recipients_in_several_fields_all_count_once() -> None:
    mail = read(b"From: a@x.example\nTo: B <b@x.example>\nTo: c@x.example, b@X.example\nCc: undisclosed:;\n\nhi")
    assert [(address.name, address.address) for address in mail.to] == [
        ("B", "b@x.example"),
        ("", "c@x.example"),
    ]
    assert mail.cc == ()


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b"  \n\t\n"])
def test_nothing_is_unreadable(raw: bytes) -> None:
    with pytest.raises(Unreadable, match="empty"):
        read(raw)


@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_are_read(raw: bytes) -> None:
    if raw.strip():
        _is_storable(read(raw))


def test_an_encoded_name_that_can_not_be_decoded_does_not_lose_the_mail() -> None:
    mail = read(b"From: =?utf-8?B?/TcO8?= <cy@acme.example>\nSubject: Hello\n\nhi")  # five base64 characters
    assert (mail.subject, mail.text, mail.sender.address) == ("Hello", "hi", "cy@acme.example")
    assert mail.defects == ("From unread: HeaderParseError",)


@given(st.sampled_from(CASES), st.data())
def test_damaged_mails_are_read(case: Path, data: st.DataObject) -> None:
    raw = bytearray(case.with_suffix(".eml").read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=6))
        raw += b"."
    _is_storable(read(bytes(raw)))


def _is_storable(mail: Mail) -> None:
    """Nothing in it that a database, a log or a header would refuse."""
    repr(asdict(mail)).encode("utf-8")
    assert mail.text.encode("utf-8") is not None
    for line in (mail.subject, mail.sender.name, mail.message_id or "", *(a.name for a in mail.attachments)):
        assert line.encode("utf-8") is not None
        assert line.isprintable() or not any(character < " " or character == "\x7f" for character in line)
    assert mail.sender.address.count("@") in (0, 1)


def _comparable(value: Any, expected: Any) -> Any:
    """The value in the form of the .json: of an attachment only the facts that are expected."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(expected, list):
        return [_facts(item, expected[number]) if number < len(expected) else item for number, item in enumerate(value)]
    return _facts(value, expected)


def _facts(value: Any, expected: Any) -> Any:
    return {key: getattr(value, key) for key in expected} if isinstance(expected, dict) else value


def test_a_text_brings_no_control_characters_of_either_kind() -> None:
    mail = read("From: a@x.example\nContent-Type: text/plain; charset=utf-8\n\nred \x9b31m and \x1b[31m\n".encode())
    assert mail.text.strip() == "red 31m and [31m"


def test_the_bytes_of_several_attachments_are_taken_at_once() -> None:
    raw = (
        b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n\ntext\n--b\nContent-Disposition: attachment\n\none\n'
        b"--b\nContent-Disposition: attachment\nContent-Transfer-Encoding: base64\n\ndHdv\n--b--\n"
    )
    assert contents(raw, [2, 1]) == {1: b"one", 2: b"two"}
    with pytest.raises(IndexError, match="no part 3"):
        contents(raw, [1, 3])
