"""One mail on its way: what the stages up to triage have found out, handed on as one frozen value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from mail_daemon.domain.decisions import Match, Screening, Sender
from mail_daemon.domain.priority import Ranking
from mail_daemon.store.rows_duties import Maintenance
from mail_daemon.store.rows_inbound import Claimed
from parsers.mail import Mail


@dataclass(frozen=True, slots=True)
class Voicemail:
    """What the telephone system's notice tells of (policy section 2)."""

    telephone: str | None  # E.164; None where the caller withheld it
    sender: Sender  # in whose name the ticket opens; the number is no proof of it

    @property
    def subject(self) -> str:
        """Of the ticket."""
        return f"Voicemail from {self.telephone or 'a caller without a number'}"


@dataclass(frozen=True, slots=True)
class Case:
    claimed: Claimed
    mail: Mail
    screening: Screening
    sender: Sender
    match: Match
    ranking: Ranking
    now: datetime
    raw: Callable[[str], bytes]  # fetches a mail as it came, by its blob
    voicemail: Voicemail | None = None
    maintenance: Maintenance | None = None  # whose letter the sender answers
    running: tuple[Maintenance, ...] = ()  # what is worked on while it opens a ticket

    @property
    def dispatched(self) -> datetime:
        """When the customer sent it off (policy section 8): the earliest time that our own servers noted."""
        return min(self.claimed.received, self.mail.dispatched or self.claimed.received)

    @property
    def subject(self) -> str:
        """Of the ticket that it opens."""
        return self.voicemail.subject if self.voicemail else self.mail.subject

    @property
    def author(self) -> str:
        """The address that the mail came from; "" where there is no usable one."""
        return self.mail.sender.address if self.voicemail else self.sender.address

    @property
    def heard(self) -> bool:
        """Whether a person spoke, so that it resumes and reopens."""
        return self.voicemail is not None or not self.screening.machine

    @property
    def opens(self) -> bool:
        """Whether a new ticket begins with it."""
        return self.match.ticket is None
