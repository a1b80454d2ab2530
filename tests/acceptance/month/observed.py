"""The letters of the outbox as their readers have them: read back as mails, with the times that their words name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message

from mail_daemon.store.rows import Posted
from tests.acceptance.month.promised import Sent
from tests.acceptance.month.world import minute_of
from tests.office import Office

_WARNINGS = {
    "The first answer is due": "response is due",
    "The first answer is overdue": "response is overdue",
    "The first answer is still overdue": "response is still overdue",
    "The solution is due": "resolution is due",
    "The solution is overdue": "resolution is overdue",
    "The solution is still overdue": "resolution is still overdue",
    "The Reason for Outage is due": "rfo is due",
    "The Reason for Outage is overdue": "rfo is overdue",
    "The Reason for Outage is still overdue": "rfo is still overdue",
    "The customer waits for news": "update",
    "Nobody answers the pages": "nobody answers",
}
_ESCALATIONS = {"we have not kept a promise": "breach", "is still late": "level", "Thank you for your mail": "reply"}
_STATUS = {"We have a workaround": "workaround"}
_HOLDS = {"Thank you for telling us": "service", "is off hold": "released", "is overdue. Until": "held"}
_NOTICES = {"New ticket from": "new", "Reply from": "reply", "Reopened by a reply from": "reopened"}

# Which of a letter's times are compared.
_NAMES = {
    "warning": r"(?:It is due at|It was due at|No word to the customer since) ",
    "escalation": r"was due at \**",
    "closing-warning": r"We close the ticket on \**",
    "acknowledgement": r"A person answers\W.{0,80}?",
    "rfo-draft": r"a Reason for Outage by \**",
}
_TIME = r"[A-Z][a-z]+day (\d{1,2}) ([A-Z][a-z]+) (\d{4}), (\d\d):(\d\d) ([A-Z]{3})"
_ZONES = {"EDT": -4.0, "EST": -5.0, "MDT": -6.0, "MST": -7.0, "IST": 5.5, "UTC": 0.0}


def letters(office: Office, places: dict[int, int]) -> Iterator[Sent]:
    """`places`: where a ticket stands in the script, by its number."""
    for letter in office.letters():
        if letter.ticket_id in places:
            yield _read(letter, office.content(letter), places[letter.ticket_id])


def _read(letter: Posted, content: bytes, ticket: int) -> Sent:
    mail = message_from_bytes(content)
    text = _text(mail)
    (to,) = letter.recipients
    return Sent(ticket, letter.letter, _what(letter, mail, text), to, minute_of(letter.queued), _times(letter, text))


def _text(mail: Message) -> str:
    plain = next(part for part in mail.walk() if part.get_content_type() == "text/plain")
    payload = plain.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return " ".join(payload.decode().split())


def _what(letter: Posted, mail: Message, text: str) -> str:
    match letter.letter:
        case "warning":
            subject = str(make_header(decode_header(mail["Subject"]))).removeprefix("Warning: ")
            found = [what for words, what in _WARNINGS.items() if subject.startswith(words)]
        case "escalation":
            found = [what for words, what in _ESCALATIONS.items() if words in text]
        case "status":
            found = [what for words, what in _STATUS.items() if words in text]
        case "account-hold":
            found = [what for words, what in _HOLDS.items() if words in text]
        case "notice":
            found = [what for words, what in _NOTICES.items() if words in text]
        case _:
            return ""
    return found[0] if found else f"? {mail['Subject']}"


def _times(letter: Posted, text: str) -> tuple[int, ...]:
    if letter.letter not in _NAMES:
        return ()
    return tuple(sorted(_minute(*found) for found in re.findall(_NAMES[letter.letter] + _TIME, text)))


def _minute(day: str, month: str, year: str, hour: str, minute: str, zone: str) -> int:
    written = datetime.strptime(f"{day} {month} {year} {hour}:{minute}", "%d %B %Y %H:%M")  # noqa: DTZ007
    return minute_of(written.replace(tzinfo=UTC) - timedelta(hours=_ZONES[zone]))
