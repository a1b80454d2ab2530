"""`mail-daemon ticket REF`: everything that is known of one ticket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer

from mail_daemon.archive import archive_to_look_at, real_clock
from mail_daemon.cli.output import print_json
from mail_daemon.cli.ticket_text import print_ticket
from mail_daemon.cli.tickets import row
from mail_daemon.domain.timeline import Story, stories
from mail_daemon.settings.sections import Desk
from mail_daemon.store.rows import Clock, Event, Ticket
from mail_daemon.store.store import Work

_OF_TICKET = (
    "requester_name", "telephone", "highest_priority", "language", "resolved", "closed", "reopened", "vendor_ref",
    "workaround", "cause_review", "fault", "billable", "escalated",
)  # fmt: skip


def command(
    context: typer.Context,
    ref: Annotated[str, typer.Argument(help="TPBX-1042 or 1042.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Shows a ticket with its reasons, clocks as timelines, times, people, messages, letters and events."""
    archive = archive_to_look_at(context.obj)
    desk = archive.settings.desk
    number, now = desk.number(ref), real_clock()
    with archive.store.read() as work:
        ticket = work.tickets.get(number)
        if ticket is None:
            raise LookupError(f"there is no ticket {desk.ref(number)}")
        told = row(desk, ticket, now) | _rest(desk, work, ticket, now)
    if as_json:
        print_json(told)
    else:
        print_ticket(told, desk.timezone, now)


def _rest(desk: Desk, work: Work, ticket: Ticket, now: datetime) -> dict[str, Any]:
    tickets, events = work.tickets, work.tickets.events(ticket.id)
    rfo = work.rfos.of(ticket.id)
    return {name: getattr(ticket, name) for name in _OF_TICKET} | {
        "reasons": [asdict(reason) for reason in ticket.reasons],
        "participants": [asdict(each) for each in tickets.participants(ticket.id).values()],
        "clocks": _clocks(work.clocks.of(ticket.id), events, ticket, now),
        "time": [asdict(entry) for entry in work.time.of(ticket.id)],
        "rfo": asdict(rfo) | {"tickets": [desk.ref(each) for each in work.rfos.sharing(rfo.id)]} if rfo else None,
        "messages": [asdict(message) for message in tickets.messages(ticket.id)],
        "attachments": [asdict(each) for each in tickets.attachments(ticket.id)],
        "letters": [asdict(letter) for letter in work.outbox.of(ticket.id)],
        "events": [asdict(event) for event in events],
        "links": [
            {"ref": desk.ref(_other(link.ticket_id, link.other_id, ticket.id)), "why": link.why}
            for link in tickets.links(ticket.id)
        ],
    }


def _clocks(clocks: Sequence[Clock], events: Sequence[Event], ticket: Ticket, now: datetime) -> list[dict[str, Any]]:
    changes = ((event.at, event.detail) for event in events if event.what == "clock")
    told = stories(clocks, changes, opened=ticket.opened, now=now)
    return [asdict(clock) | _told(story) for clock, story in zip(clocks, told, strict=True)]


def _told(story: Story) -> dict[str, Any]:
    return {
        "started": story.started,
        "stopped": story.stopped,
        "outcome": story.outcome,
        "timeline": [asdict(moment) for moment in story.timeline],
    }


def _other(one: int, two: int, this: int) -> int:
    return two if one == this else one
