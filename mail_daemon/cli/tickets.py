"""`mail-daemon tickets` and `mail-daemon ticket REF`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer

from mail_daemon.app import App
from mail_daemon.cli.output import print_json, print_lines, print_table, shown
from mail_daemon.store.rows import Ticket
from mail_daemon.store.store import Work

_COLUMNS = ("ref", "p", "status", "category", "next due", "requester", "subject")


def list_tickets(
    context: typer.Context,
    status: Annotated[list[str] | None, typer.Option(help="Only this state; may be repeated.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Lists the tickets."""
    app = App(context.obj)
    app.require_database()
    with app.store.read() as work:
        rows = [_row(app, ticket, app.clock()) for ticket in work.tickets.list(statuses=status or None)]
    if as_json:
        print_json(rows)
    else:
        print_table(_COLUMNS, map(_cells, rows))


def show_ticket(
    context: typer.Context,
    ref: Annotated[str, typer.Argument(help="TPBX-1042 or 1042.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Shows a ticket with its reasons, clocks, messages, attachments, letters and events."""
    app = App(context.obj)
    app.require_database()
    number = app.desk.number(ref)
    with app.store.read() as work:
        ticket = work.tickets.get(number)
        if ticket is None:
            raise LookupError(f"there is no ticket {app.desk.ref(number)}")
        told = _row(app, ticket, app.clock()) | _rest(app, work, ticket)
    if as_json:
        print_json(told)
    else:
        print_lines(_in_words(told))


def _row(app: App, ticket: Ticket, now: datetime) -> dict[str, Any]:
    return {
        "ref": app.desk.ref(ticket.id),
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
        "overdue": ticket.next_due is not None and ticket.next_due < now,
    }


def _rest(app: App, work: Work, ticket: Ticket) -> dict[str, Any]:
    tickets = work.tickets
    return {
        "requester_name": ticket.requester_name,
        "highest_priority": ticket.highest_priority,
        "language": ticket.language,
        "reasons": [asdict(reason) for reason in ticket.reasons],
        "participants": [asdict(each) for each in tickets.participants(ticket.id).values()],
        "clocks": [asdict(clock) for clock in work.clocks.of(ticket.id)],
        "messages": [asdict(message) for message in tickets.messages(ticket.id)],
        "attachments": [asdict(each) for each in tickets.attachments(ticket.id)],
        "letters": [asdict(letter) for letter in work.outbox.of(ticket.id)],
        "events": [asdict(event) for event in tickets.events(ticket.id)],
        "links": [
            {"ref": app.desk.ref(_other(link.ticket_id, link.other_id, ticket.id)), "why": link.why}
            for link in tickets.links(ticket.id)
        ],
    }


def _other(one: int, two: int, this: int) -> int:
    return two if one == this else one


def _cells(row: dict[str, Any]) -> list[Any]:
    due = f"{shown(row['next_due'])}{' OVERDUE' if row['overdue'] else ''}"
    return [row["ref"], row["priority"], row["status"], row["category"], due, row["requester"], row["subject"]]


def _in_words(told: dict[str, Any]) -> Iterator[str]:
    yield f"{told['ref']}  {shown(told['subject'])}"
    for name in ("status", "priority", "category", "requester", "account", "assignee", "opened", "next_due"):
        if told[name] not in (None, ""):
            yield f"  {name:<10} {shown(told[name])}{'  OVERDUE' if name == 'next_due' and told['overdue'] else ''}"
    sections = {
        "reasons": "{rule}: {evidence} ({where})",
        "clocks": "{kind}: {state}, started {started}, due {due}",
        "participants": "{role}: {name} <{address}>",
        "links": "{ref}: {why}",
        "attachments": "{name} ({kind}, {media_type}, {size} bytes)",
        "letters": "{letter} to {recipients}: {state} {sent_at} {error}",
        "events": "{at}  {what}  by {actor}  {detail}",
    }
    for name, form in sections.items():
        if told[name]:
            yield f"\n{name}"
        for row in told[name]:
            yield "  " + form.format(**{key: shown(_flat(value)) for key, value in row.items()}).rstrip()
    for message in told["messages"]:
        yield f"\n{shown(message['at'])}  {message['direction']}  {shown(message['author'])}  {message['visibility']}"
        yield from (f"  {shown(line)}" for line in message["text"].splitlines())
        if message["quoted"]:
            yield f"  ({len(message['quoted'].splitlines())} quoted lines; --json shows them)"


def _flat(value: Any) -> Any:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_flat(each)}" for key, each in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
