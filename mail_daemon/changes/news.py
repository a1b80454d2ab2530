"""News of a ticket for its customer, where an agent's own words don't bring them: the letter `status`."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from mail_daemon.desk import Desk
from mail_daemon.domain.by import By
from mail_daemon.domain.clockwork import CLOSE, RUNNING
from mail_daemon.store.rows import Ticket
from mail_daemon.store.store import Work
from mail_daemon.telling import tell_customer, to_customer
from responders.times import spoken

LETTER = "status"
WORKAROUND = "workaround"
VENDOR = "vendor"
RESTORED = "restored"
RESOLVED = "resolved"
CLOSED = "closed"


def tell(work: Work, desk: Desk, ticket: Ticket, what: str, by: By, *, text: str = "") -> list[int]:
    """Queues the letter; `what` is one of the above, `text` what the agent wrote for the customer."""
    clocks = work.clocks.of(ticket.id)
    letter = to_customer(desk, LETTER, ticket, clocks, now=by.now)
    zone = ZoneInfo(ticket.zone) if ticket.zone else desk.settings.desk.timezone
    closing = [clock.due for clock in clocks if clock.kind == CLOSE and clock.state == RUNNING and clock.due]
    closes = spoken(closing[-1], zone, letter.language) if closing else ""
    return tell_customer(
        work, desk, ticket, replace(letter, what=what, detail=(text,) if text else (), closes=closes), now=by.now
    )
