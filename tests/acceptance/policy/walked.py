"""How the walk through the policy's clauses reads what the desk has written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from mail_daemon.domain.by import By
from parsers.mail import Mail
from tests.office import Office, read, words
from tests.written import PROVEN
from tests.written import mail as written

NEW_YORK = ZoneInfo("America/New_York")
CUSTOMER = "cy@acme.example"

OUTAGE = {"subject": "No dial tone", "text": "None of our phones has a dial tone, the whole company is down."}
PARTIAL = {"subject": "One-way audio", "text": "Our branch office in Denver has one-way audio on every call."}
TROUBLE = {"subject": "Voicemail", "text": "The voicemail light on my phone stopped working yesterday."}
QUESTION = {"subject": "Ring group", "text": "How do I set up a ring group?"}
INVOICE = {"subject": "Invoice", "text": "I have a question about our invoice for October."}
INSTALL = {"subject": "New installation", "text": "We would like to schedule a new installation of ten phones."}
_numbers = count()

BY_LEVEL = {1: OUTAGE, 2: PARTIAL, 3: TROUBLE, 4: QUESTION}


def eastern(*parts: int) -> datetime:
    """A wall-clock time in New York."""
    return datetime(*parts, tzinfo=NEW_YORK).astimezone(UTC)  # type: ignore[misc,arg-type]


def mail(sender: str = CUSTOMER, /, **fields: Any) -> Mail:
    """What a proven sender writes."""
    fields = {"message_id": f"<{next(_numbers)}@customers.example>", "authentication": PROVEN, **fields}
    return written(sender, **fields)


def opened(office: Office, at: datetime, words: dict[str, str], sender: str = CUSTOMER, **fields: Any) -> int:
    """The number of the ticket that a mail with these words opens then."""
    office.now = at
    return office.open(mail(sender, **words, **fields))


def replied(office: Office, number: int, text: str, at: datetime | None = None) -> None:
    """The requester answers our last letter."""
    office.now = at or office.now
    ticket = office.ticket(number)
    office.file(
        mail(
            ticket.requester,
            subject=f"Re: {ticket.subject} [{office.desk.ref(number)}]",
            text=text,
            in_reply_to=office.key(number, ticket.requester),
        )
    )


def did(office: Office, verb: Callable[..., Any], number: int, *given: Any, at: datetime | None = None) -> Any:
    """What ann does with a verb of `mail_daemon.changes`; `at`: when her mail was dispatched."""
    with office.store.begin() as work:
        ticket = work.tickets.get(number, lock=True)
        assert ticket is not None
        return verb(work, office.desk, ticket, *given, By("ann", office.now, at=at))


def said(office: Office, letter: str, to: str | None = None) -> list[str]:
    """All that the readers of these letters may see, without line breaks."""
    posted = [each for each in office.letters() if each.letter == letter and to in (None, *each.recipients)]
    return [" ".join(words(read(office, each)).split()) for each in posted]


def subjects(office: Office, letter: str, to: str | None = None) -> list[str]:
    posted = [each for each in office.letters() if each.letter == letter and to in (None, *each.recipients)]
    return [str(read(office, each)["Subject"]) for each in posted]
