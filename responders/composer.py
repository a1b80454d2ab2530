"""A rendered letter becomes a mail, built directly as bytes: seven bits, CRLF, no line over 998 characters.

The standard library's EmailMessage does the same at ten times the cost; the tests read our mails with it.
"""

from __future__ import annotations

import re
from binascii import b2a_qp
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from typing import Literal

from responders import addresses, headers
from responders.enclosure import Enclosure, Form, form_part, part
from responders.renderer import Rendered

LONGEST_LINE = 998  # RFC 5322 section 2.1.1
KEPT_REFERENCES = 20  # the newest; the first, which opened the thread, stays too
_OUR_MARK = re.compile(r"[A-Za-z0-9-]{1,40}")


@dataclass(frozen=True, slots=True)
class Person:
    name: str  # "" shows the address alone
    address: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands around a letter. Message-IDs carry their angle brackets; `date` is aware."""

    sender: Person
    to: tuple[Person, ...]
    message_id: str
    date: datetime
    auto_submitted: Literal["auto-replied", "auto-generated", "no"]  # RFC 3834 section 5; no: a person wrote it
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()  # oldest first
    reply_to: str | None = None
    cc: tuple[Person, ...] = ()
    ticket: str = ""  # TPBX-1042, as X-MailDaemon-Ticket


def compose(
    rendered: Rendered, *, headers: Envelope, enclosures: Sequence[Enclosure] = (), forms: Sequence[Form] = ()
) -> bytes:
    """The mail as it goes over the wire. `forms` stand beside text and HTML, `enclosures` after the letter.

    Raises ValueError (BadAddress among them) where an address or the letter's own Message-ID is malformed.
    Malformed Message-IDs of others are left out.
    """
    mark = sha256(headers.message_id.encode("utf-8", "replace")).hexdigest()[:40]
    body = _alternative(rendered, f"=_{mark}", forms)
    if enclosures:
        body = _mixed(body, enclosures, f"=_m{mark}")
    return f"{_header(headers, rendered.subject)}{body}".encode("ascii")


def anew(content: bytes, message_id: str, date: datetime) -> bytes:
    """A mail that `compose` made, to be sent once more under another Message-ID and date."""
    header, _, body = content.partition(b"\r\n\r\n")
    fresh = {b"message-id": message_id, b"date": format_datetime(date)}
    lines = [_line(line, fresh) for line in header.split(b"\r\n")]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def _line(line: bytes, fresh: Mapping[bytes, str]) -> bytes:
    name, colon, _ = line.partition(b":")
    value = fresh.get(name.lower())
    return line if value is None else name + colon + b" " + value.encode("ascii")


def _alternative(rendered: Rendered, boundary: str, forms: Sequence[Form]) -> str:
    text, text_encoding = _part(rendered.text)
    html, html_encoding = _part(rendered.html.encode("ascii", "xmlcharrefreplace").decode("ascii"))
    return (
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n\r\n'
        f"--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: {text_encoding}\r\n\r\n{text}\r\n"
        f"--{boundary}\r\nContent-Type: text/html; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: {html_encoding}\r\n\r\n{html}\r\n"
        + "".join(f"--{boundary}\r\n{one}\r\n" for one in map(form_part, forms))
        + f"--{boundary}--\r\n"
    )


def _mixed(letter: str, enclosures: Sequence[Enclosure], boundary: str) -> str:
    """RFC 2046 section 5.1.3: the letter first, then what goes with it. Base64 can't hold our boundary's "=_"."""
    parts = "".join(f"--{boundary}\r\n{one}\r\n" for one in (letter, *map(part, enclosures)))
    return f'Content-Type: multipart/mixed;\r\n boundary="{boundary}"\r\n\r\n{parts}--{boundary}--\r\n'


def _header(envelope: Envelope, subject: str) -> str:
    own_id = addresses.message_id(envelope.message_id)
    if own_id is None:
        raise ValueError(f"{envelope.message_id!a:.100} is not a Message-ID; it goes <left@right>")
    if not envelope.to:
        raise ValueError("a letter needs a recipient")
    if envelope.date.tzinfo is None:
        raise ValueError("a letter's date needs a time zone")
    return "".join(
        (
            f"From: {headers.mailbox(envelope.sender.name, envelope.sender.address)}\r\n",
            f"To: {_recipients(envelope.to)}\r\n",
            f"Cc: {_recipients(envelope.cc)}\r\n" if envelope.cc else "",
            headers.unstructured("Subject", subject),
            f"Date: {format_datetime(envelope.date)}\r\n",
            f"Message-ID: {own_id}\r\n",
            _threading(envelope),
            f"Reply-To: <{addresses.wire(envelope.reply_to)}>\r\n" if envelope.reply_to else "",
            _automatic(envelope),
            "MIME-Version: 1.0\r\n",
        )
    )


def _recipients(people: tuple[Person, ...]) -> str:
    return ",\r\n ".join(headers.mailbox(person.name, person.address) for person in people)


def _threading(envelope: Envelope) -> str:
    """RFC 5322 section 3.6.4, with References kept short: some servers refuse long headers."""
    answered = addresses.message_id(envelope.in_reply_to) if envelope.in_reply_to else None
    known = [one for one in map(addresses.message_id, envelope.references) if one]
    if answered and answered not in known[-1:]:
        known.append(answered)
    kept = [*known[:1], *known[1:][-KEPT_REFERENCES:]]
    reply = f"In-Reply-To: {answered}\r\n" if answered else ""
    return reply + (headers.listed("References", kept) if kept else "")


def _automatic(envelope: Envelope) -> str:
    """RFC 3834 section 5, and Microsoft's header to the same end.

    Section 3.1.8 recommends no value of Precedence. "bulk" and "junk" would have acknowledgements filed as
    such; "auto_reply" is understood by responders that know nothing newer, and costs nothing.
    """
    precedence = "Precedence: auto_reply\r\n" if envelope.auto_submitted == "auto-replied" else ""
    ticket = f"X-MailDaemon-Ticket: {envelope.ticket}\r\n" if _OUR_MARK.fullmatch(envelope.ticket) else ""
    if envelope.auto_submitted == "no":
        return ticket
    return (
        f"Auto-Submitted: {'auto-replied' if precedence else 'auto-generated'}\r\n"
        f"{precedence}X-Auto-Response-Suppress: All\r\n{ticket}"
    )


def _part(text: str) -> tuple[str, str]:
    """(body with CRLF, its Content-Transfer-Encoding). Quoted-printable can't hold our boundary's "=_"."""
    if text.isascii() and "=_" not in text and max(map(len, text.split("\n"))) <= LONGEST_LINE:
        return text.replace("\n", "\r\n"), "7bit"
    body = text.encode("utf-8", "replace").replace(b"\n", b"\r\n")
    return b2a_qp(body, istext=True).decode("ascii"), "quoted-printable"
