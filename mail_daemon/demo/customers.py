"""The customers: a dozen mails in `mails/`, dated now; those of the second round answer our letters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.parser import BytesHeaderParser
from email.utils import format_datetime
from importlib.resources import files

from parsers import header

_DATE = re.compile(rb"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} ([+-])(\d{2})(\d{2})")
_ANSWER = re.compile(rb"\{\{(subject|Message-ID) of the answer to ([\w-]+)\}\}")


@dataclass(frozen=True, slots=True)
class Letter:
    """What a customer sees of an answer and quotes when replying."""

    subject: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A mail as it is delivered. `name` is that of its file, without the ending."""

    name: str
    raw: bytes
    sender: str  # the name in From, or its address
    subject: str
    message_id: str


def first_round(*, now: datetime) -> list[Sample]:
    return [_sample(name, _dated(raw, now)) for name, raw in _mails("first")]


def second_round(answers: Mapping[str, Letter], *, now: datetime) -> list[Sample]:
    """`answers` has the letter that came back for each mail of the first round, by the mail's name."""
    return [_sample(name, _dated(_threaded(raw, answers), now)) for name, raw in _mails("second")]


def _mails(folder: str) -> Iterator[tuple[str, bytes]]:
    """Names and bytes in order, with the CRLF lines of mail on its way (RFC 5321 section 2.3.8)."""
    found = list(files("mail_daemon.demo").joinpath("mails", folder).iterdir())
    for each in sorted(found, key=lambda each: each.name):
        yield each.name.removesuffix(".eml"), each.read_bytes().replace(b"\n", b"\r\n")


def _dated(raw: bytes, now: datetime) -> bytes:
    """Every date of the header becomes now, in its own zone."""

    def date(old: re.Match[bytes]) -> bytes:
        sign, hours, minutes = old.groups()
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        zone = timezone(-offset if sign == b"-" else offset)
        return format_datetime(now.astimezone(zone)).encode()

    head, empty, body = raw.partition(b"\r\n\r\n")
    return _DATE.sub(date, head) + empty + body


def _threaded(raw: bytes, answers: Mapping[str, Letter]) -> bytes:
    def fact(place: re.Match[bytes]) -> bytes:
        letter = answers[place[2].decode()]
        return (letter.subject if place[1] == b"subject" else letter.message_id).encode()

    return _ANSWER.sub(fact, raw)


def _sample(name: str, raw: bytes) -> Sample:
    message = BytesHeaderParser().parsebytes(raw)
    sender, _, address = header.text(message, "From").rpartition(" <")
    return Sample(
        name=name,
        raw=raw,
        sender=sender.strip('" ') or address.strip("<>"),
        subject=header.text(message, "Subject"),
        message_id=header.text(message, "Message-ID"),
    )
