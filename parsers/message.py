"""Bytes of a mail to one frozen Mail. The one door to mail-parser, which reads addresses and dates."""

from __future__ import annotations

import binascii
import logging
import re
from collections.abc import Collection
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.message import Message
from typing import Any

from mailparser import MailParser
from mailparser.exceptions import MailParserError

from parsers import date, references
from parsers.authentication import authentication
from parsers.automatic import automatic, suppresses_answers
from parsers.body import body
from parsers.bounce import bounce
from parsers.header import all_text, one_line, raw, readable, text
from parsers.language import language
from parsers.mail import NOBODY, Mail, Trusted, Unreadable
from parsers.part import Part, leaves
from parsers.received import dispatched
from parsers.reply_text import forwards, split
from parsers.scheduling import answers_invitation
from parsers.sender import addresses, mended_comma, sender
from parsers.structure import structure
from parsers.transfer import transfer_decoded

RECIPIENTS = 500  # addresses of To and of Cc that are read
_DATE_LENGTH = 200
_ENCODED_WORD = re.compile(r"=\?[^?\s]{1,80}\?[bq]\?[^?\s]*\?=", re.IGNORECASE)

# mail-parser logs the headers of hostile mail; what it could not read is in Mail.defects.
logging.getLogger("mailparser").setLevel(logging.CRITICAL)
_FAULTS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    HeaderParseError,
    MailParserError,
)


def read(raw_mail: bytes, *, envelope_sender: str | None = None, trusted: Trusted = NOBODY) -> Mail:
    """One mail, read as a person would; what was broken, mended or left out is named in `defects`.

    `envelope_sender` is what SMTP or LMTP said ("" is the null sender); without it Return-Path counts.
    `trusted` are our servers, whose word about the mail is believed.
    Raises Unreadable where there is nothing to file. Time and memory are linear in the mail's size.
    """
    if not raw_mail.strip():
        raise Unreadable("the mail is empty")
    root, defects = structure(raw_mail)
    subject = text(root, "Subject")
    if envelope_sender is None:
        envelope_sender = _return_path(root)
    people = _People(root, defects)
    whole, attachments = body(root, defects)
    reply = split(whole, forwarded=forwards(subject))
    return Mail(
        message_id=_first_id(root, "Message-ID"),
        sender=people.sender,
        sender_defect=people.sender_defect,
        reply_to=people.reply_to,
        to=people.to,
        cc=people.cc,
        subject=subject,
        date=people.date,
        text=reply.new,
        quoted=reply.quoted,
        signature=reply.signature,
        language=language(reply.new),
        automatic=automatic(root, subject, envelope_sender) or _answer(root),
        bounce=bounce(root),
        in_reply_to=references.in_reply_to(" ".join(raw(root, "In-Reply-To"))),
        references=references.message_ids(" ".join(raw(root, "References"))),
        thread_index=_thread_index(text(root, "Thread-Index")),
        envelope_sender=envelope_sender,
        importance=_importance(root),
        authentication=authentication(root, people.from_domain, trusted.authserv_ids),
        attachments=attachments,
        defects=tuple(dict.fromkeys(defects)),
        suppress=suppresses_answers(root),
        dispatched=dispatched(root, trusted.received_from),
    )


def content(raw_mail: bytes, position: int) -> bytes:
    """The bytes of the attachment at this `Attachment.position`. Raises IndexError where there is none."""
    return contents(raw_mail, [position])[position]


def contents(raw_mail: bytes, positions: Collection[int]) -> dict[int, bytes]:
    """The bytes of the attachments at these positions, in linear time. Raises IndexError where one is not there."""
    root, _ = structure(raw_mail)
    parts = {number: part for number, part in enumerate(leaves(root)) if number in positions}
    if missing := set(positions) - parts.keys():
        raise IndexError(f"the mail has no part {min(missing)}")
    return {number: transfer_decoded(part.content, part.encoding)[0] for number, part in parts.items()}


class _People:
    """The addresses and the date, by mail-parser, which gets a copy of these headers alone.

    It would take the whole mail apart otherwise, in more time and memory than all the rest takes.
    """

    def __init__(self, root: Message, defects: list[str]) -> None:
        self._defects = defects
        values = {
            name: [readable(value, root) for value in raw(root, name)]
            for name in ("From", "Reply-To", "To", "Cc", "Date")
        }
        # Of To and Cc that stand more than once all count; of the others the first.
        joined = {name: ", ".join(found if name in ("To", "Cc") else found[:1]) for name, found in values.items()}
        doors = self._opened({name: self._capped(name, value) for name, value in joined.items() if value})
        found_from: list[tuple[str, str]] = []
        problems: list[dict[str, Any]] = []
        if door := doors.get("From"):
            found_from = list(door.from_)
            problems = [each for each in door.address_header_defects if each["header"] == "from"]
        if mended := mended_comma(found_from, problems):
            found_from, problems = mended, []
        self.sender, self.sender_defect = sender(values["From"], found_from, problems)
        self.reply_to = addresses(doors["Reply-To"].reply_to if "Reply-To" in doors else ())
        self.to = addresses(doors["To"].to if "To" in doors else ())
        self.cc = addresses(doors["Cc"].cc if "Cc" in doors else ())
        # mail-parser refuses dates in some forms, such as one without a zone.
        self.date = _utc(doors["Date"].date if "Date" in doors else None) or date.utc(joined["Date"])

    @property
    def from_domain(self) -> str:
        return "" if self.sender_defect else self.sender.domain

    def _opened(self, values: dict[str, str]) -> dict[str, MailParser]:
        """What reads each header: one for all, or else each its own, so that none costs the others."""
        try:
            return dict.fromkeys(values, _door(values))
        except _FAULTS:
            return {name: door for name, value in values.items() if (door := self._opened_alone(name, value))}

    def _opened_alone(self, name: str, value: str) -> MailParser | None:
        """Without its encoded words where one can't be decoded: addresses hold none (RFC 2047 section 5)."""
        try:
            return _door({name: value})
        except _FAULTS as fault:
            self._defects.append(f"{name} unread: {type(fault).__name__}")
        try:
            return _door({name: _ENCODED_WORD.sub("", value)})
        except _FAULTS:
            return None

    def _capped(self, name: str, value: str) -> str:
        if name == "Date":
            return value[:_DATE_LENGTH]
        if value.count(",") < RECIPIENTS:
            return value
        self._defects.append(f"more than {RECIPIENTS} addresses in {name}: the rest is left out")
        return ",".join(value.split(",", RECIPIENTS)[:RECIPIENTS])


def _door(values: dict[str, str]) -> MailParser:
    view = Message()
    for name, value in values.items():
        view.set_raw(name, value)
    view.set_payload("")
    return MailParser(view)


def _utc(moment: datetime | None) -> datetime | None:
    try:
        return moment.astimezone(UTC) if moment and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _answer(root: Part) -> str | None:
    return "invitation-answer" if answers_invitation(root) else None


def _return_path(root: Message) -> str | None:
    values = all_text(root, "Return-Path")
    if not values:
        return None
    return one_line(values[0].partition("<")[2].partition(">")[0] if "<" in values[0] else values[0]).lower()


def _first_id(root: Message, name: str) -> str | None:
    values = raw(root, name)
    return references.message_id(values[0]) if values else None


def _thread_index(value: str) -> str | None:
    """Outlook's conversation: the first 22 bytes are the same for all mails of a thread ([MS-OXOMSG])."""
    try:
        data = binascii.a2b_base64(value[:200])
    except (binascii.Error, ValueError):
        return None
    return data[:22].hex() if len(data) >= 22 else None


def _importance(root: Message) -> str | None:
    """RFC 2156's Importance, else the number of X-Priority, of which 3 is the usual."""
    word = text(root, "Importance").lower()
    if word in ("high", "low"):
        return word
    return {"1": "high", "2": "high", "4": "low", "5": "low"}.get(text(root, "X-Priority")[:1])
