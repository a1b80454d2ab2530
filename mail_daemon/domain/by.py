"""Who does something to a ticket, when, and why: what every event of it keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

DAEMON = "mail-daemon"  # the actor of what time or a mail's words cause


@dataclass(frozen=True, slots=True)
class By:
    """`now` is when it is written down; `at` when it happened, such as the dispatch of the mail that asked for it."""

    actor: str  # an agent's name, a customer's address, or "mail-daemon"
    now: datetime
    at: datetime | None = None  # None: now
    inbound_id: int | None = None
    why: str = ""

    @property
    def moment(self) -> datetime:
        """When it happened."""
        return self.at or self.now

    def described(self, detail: Mapping[str, Any]) -> dict[str, Any]:
        """The detail of an event, with the reason and, where it is another than the event's, the time."""
        at = {"at": self.at.isoformat()} if self.at and self.at != self.now else {}
        return {**detail, **at, **({"why": self.why} if self.why else {})}
