"""What a clock does when one of its marks has passed: one file for each kind, and the table that finds it.

`fire` acts in the caller's transaction: letters into the outbox, the clock's step and next look moved on.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from mail_daemon.desk import Desk
from mail_daemon.domain.clockwork import CLOSE, PAGE, RESOLUTION, RESPONSE, RFO, UPDATE, WAIT
from mail_daemon.store.rows import Clock, Ticket
from mail_daemon.store.store import Work
from mail_daemon.ticks import closing, pages, promises, rfo, updates, waiting


class Fire(Protocol):
    def __call__(self, work: Work, desk: Desk, ticket: Ticket, clock: Clock, /, *, now: datetime) -> None: ...


FIRES: Mapping[str, Fire] = {
    RESPONSE: promises.fire,
    RESOLUTION: promises.fire,
    UPDATE: updates.fire,
    CLOSE: closing.fire,
    RFO: rfo.fire,
    PAGE: pages.fire,
    WAIT: waiting.fire,
}


def fire(work: Work, desk: Desk, ticket: Ticket, clock: Clock, *, now: datetime) -> None:
    FIRES[clock.kind](work, desk, ticket, clock, now=now)
