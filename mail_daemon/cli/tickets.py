"""`mail-daemon tickets`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from mail_daemon.archive import archive_to_look_at, real_clock
from mail_daemon.cli.output import print_json, print_table, shown
from mail_daemon.settings.sections import Desk
from mail_daemon.store.rows import Ticket

_COLUMNS = ("ref", "p", "status", "category", "next due", "requester", "subject")


def list_tickets(
    context: typer.Context,
    status: Annotated[list[str] | None, typer.Option(help="Only this state; may be repeated.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Lists the tickets."""
    archive = archive_to_look_at(context.obj)
    with archive.store.read() as work:
        rows = [
            row(archive.settings.desk, ticket, real_clock()) for ticket in work.tickets.list(statuses=status or None)
        ]
    if as_json:
        print_json(rows)
    else:
        print_table(_COLUMNS, map(_cells, rows))


def row(desk: Desk, ticket: Ticket, now: datetime) -> dict[str, Any]:
    """What a list and a single ticket both tell."""
    return {
        "ref": desk.ref(ticket.id),
        "subject": ticket.subject,
        "status": ticket.status,
        "priority": ticket.priority,
        "category": ticket.category,
        "requester": ticket.requester,
        "account": ticket.account,
        "assignee": ticket.assignee,
        "opened": ticket.opened,
        "changed": ticket.changed,
        "next_due": ticket.next_due,
        "overdue": ticket.overdue or (ticket.next_due is not None and ticket.next_due < now),
    }


def _cells(row: dict[str, Any]) -> list[Any]:
    due = f"{shown(row['next_due'])}{' OVERDUE' if row['overdue'] else ''}"
    return [row["ref"], row["priority"], row["status"], row["category"], due, row["requester"], row["subject"]]
