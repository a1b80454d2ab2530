"""One mail on its way: what the stages up to triage have found out, handed on as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mail_daemon.domain.decisions import Match, Screening, Sender
from mail_daemon.domain.priority import Ranking
from mail_daemon.store.rows import Claimed
from parsers.mail import Mail


@dataclass(frozen=True, slots=True)
class Case:
    claimed: Claimed
    mail: Mail
    screening: Screening
    sender: Sender
    match: Match
    ranking: Ranking
    now: datetime

    @property
    def dispatched(self) -> datetime:
        """When the customer sent it off (policy section 8): the earliest time that our own servers noted."""
        return min(self.claimed.received, self.mail.dispatched or self.claimed.received)

    @property
    def opens(self) -> bool:
        """Whether a new ticket begins with it."""
        return self.match.ticket is None
