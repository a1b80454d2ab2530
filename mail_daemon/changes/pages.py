"""The person on call is called, until somebody takes the ticket (policy sections 2 and 4).

What happens here is that a clock starts; ticks/pages.py lets it act, at once and then again and again. It stops as
an agent answers the customer, writes in the ticket or is assigned, and as the ticket ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from mail_daemon import timing
from mail_daemon.desk import Desk
from mail_daemon.domain.by import DAEMON, By
from mail_daemon.domain.clockwork import PAGE, RUNNING
from mail_daemon.store.rows import Clock, Ticket
from mail_daemon.store.store import Work

URGENT = 1  # whoever is on call is called for each ticket of this priority
CALLED = "reminded"  # what the clock did, in its events, as a page went out

_BEGUN = ("started", "re-aimed")  # these say why


def page(work: Work, desk: Desk, ticket: Ticket, why: str, now: datetime, *, further: bool = False) -> None:
    """Calls whoever is on call, now; `further`: the next one in order, too, where somebody was called before.

    `why` is a line for that person. Where pages for the ticket go on already, the next one is due now.
    """
    last = _last(work, ticket)
    goes_on = last is not None and last.state == RUNNING
    if goes_on and any(at == now for at, told in _told(work, ticket) if told["did"] == CALLED):
        return  # a second reason at the same moment makes no second page
    number = last.step if last and goes_on else 0
    if last and further:
        number = max(number, _beyond(desk, last.step, now))
    by = By(DAEMON, now, why=why)
    if not goes_on:
        timing.start(work, desk, ticket, [PAGE], by)
        last = _last(work, ticket)
    assert last is not None
    aimed = replace(last, counted_from=now - desk.policy.on_call.rhythm.after(number))
    timing.advance(work, ticket, aimed, "re-aimed" if goes_on else "", by, step=number, next_at=now)


def why_called(work: Work, ticket: Ticket) -> str:
    """What the last call for this ticket was about."""
    calls = [told for _, told in _told(work, ticket) if told["did"] in _BEGUN]
    return str(calls[-1].get("why", "")) if calls else ""


def _last(work: Work, ticket: Ticket) -> Clock | None:
    return next((clock for clock in reversed(work.clocks.of(ticket.id)) if clock.kind == PAGE), None)


def _told(work: Work, ticket: Ticket) -> Iterator[tuple[datetime, Mapping[str, Any]]]:
    """What its pages' clocks did, and when."""
    for event in work.tickets.events(ticket.id):
        if event.what == "clock" and event.detail.get("clock") == PAGE:
            yield event.at, event.detail


def _beyond(desk: Desk, sent: int, now: datetime) -> int:
    """The first page that goes one person further than the last of those that were sent, as far as there are any."""
    on_call = desk.policy.on_call
    level = on_call.rhythm.level(sent - 1) + 1 if sent else 0
    return on_call.rhythm.first_of_level(max(min(level, len(on_call.at(now)) - 1), 0))
