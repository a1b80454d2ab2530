"""The first letter of a new ticket, whatever opened it: what its customer is promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from mail_daemon.desk import Desk
from mail_daemon.domain.clockwork import RESOLUTION, RESPONSE
from mail_daemon.domain.identity import Role
from mail_daemon.domain.sla import install_earliest
from mail_daemon.store.rows import Clock, Draft, NewClock, Ticket
from mail_daemon.writing import Thread, about, draft
from responders.letter import MaintenanceFacts, Promises
from responders.times import spoken


def acknowledgement(
    desk: Desk,
    ticket: Ticket,
    clocks: Sequence[Clock | NewClock],
    to: str,
    to_name: str,
    *,
    zone: ZoneInfo,
    language: str,
    thread: Thread,
    now: datetime,
    running: Sequence[MaintenanceFacts] = (),
) -> Draft:
    """`running`: the maintenance that the customer may feel just now."""
    letter = about(desk, "acknowledgement", ticket, clocks, zone=zone, language=language, now=now)
    letter = replace(letter, running=tuple(running), promises=_to_come(letter.promises, clocks, now))
    if ticket.category == "install":
        earliest = install_earliest(desk.calendar, ticket.opened, days=desk.policy.install_notice_days)
        letter = replace(
            letter, install_earliest=spoken(earliest, zone, language), install_days=desk.policy.install_notice_days
        )
    return draft(
        desk,
        letter,
        to,
        to_name=to_name,
        role=Role.CUSTOMER,
        ticket_id=ticket.id,
        thread=thread,
        replied=True,
        now=now,
    )


def _to_come(promises: Promises, clocks: Sequence[Clock | NewClock], now: datetime) -> Promises:
    """A mail that waited while we were down may be promised no time that is over already."""
    over = {clock.kind for clock in clocks if clock.due and clock.due <= now}
    if RESPONSE in over:
        promises = replace(promises, respond_within="", respond_by="")
    if RESOLUTION in over:
        promises = replace(promises, resolve_within="", resolve_by="")
    return promises
