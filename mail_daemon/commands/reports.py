"""Orders that only ask: the ticket's history, the commands, and tables of tickets for admins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from mail_daemon.changes.errors import ChangeError
from mail_daemon.commands.running import Anywhere, Done, InTicket, Run
from mail_daemon.domain import orders
from mail_daemon.domain.ticket import Status
from mail_daemon.domain.verbs import help_text
from mail_daemon.store.rows import Event, Ticket
from responders.letter import EntryFacts, MomentFacts, TableFacts

MOST_ROWS = 100
_MOST_EVENTS = 100
_MOST_SEARCHED = 10_000
_OURS = [Status.NEW.value, Status.OPEN.value]  # these wait for us
_LONGEST, _LONGEST_CUSTOMER = 60, 40  # characters in a table
_LONGEST_EVENT = 300
_PLUMBING = frozenset({"match", "how", "letter", "reasons"})  # in an event's detail


def history(run: Run, ticket: Ticket, order: orders.History) -> Done:
    """What happened, without the clocks, which `mail-daemon ticket` tells."""
    events = [each for each in run.work.tickets.events(ticket.id) if each.what != "clock"]
    told = [MomentFacts(run.spoken(each.at), _told(each)) for each in events[-_MOST_EVENTS:]]
    return Done(ticket, history=tuple(told))


def commands(run: Run, ticket: Ticket | None, order: orders.Help) -> Done:
    status = Status(ticket.status) if ticket else None
    return Done(ticket, commands=tuple(help_text(status, admin=run.agent.admin)))


def queue(run: Run, ticket: Ticket | None, order: orders.Queue) -> Done:
    """The most urgent first, and of equals the one that is due first."""
    waiting = run.work.tickets.list(statuses=_OURS)
    far = run.by.now + timedelta(days=36_500)
    waiting.sort(key=lambda each: (each.priority, each.next_due or far, each.id))
    return _table(run, ticket, "queue", waiting)


def overdue(run: Run, ticket: Ticket | None, order: orders.Overdue) -> Done:
    return _table(run, ticket, "overdue", run.work.tickets.due(None, run.by.now, _MOST_SEARCHED))


def today(run: Run, ticket: Ticket | None, order: orders.Today) -> Done:
    """From now until midnight in the agent's time zone."""
    midnight = (run.by.now.astimezone(run.zone) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return _table(run, ticket, "today", run.work.tickets.due(run.by.now, midnight, _MOST_SEARCHED))


def _table(run: Run, ticket: Ticket | None, name: str, found: Sequence[Ticket]) -> Done:
    if not run.agent.admin:
        raise ChangeError(f"#{name} is for admins: those with `admin: true` in agents.yaml.")
    rows = tuple(_row(run, each) for each in found[:MOST_ROWS])
    return Done(ticket, tables=(TableFacts(name, rows, len(found) - len(rows)),))


def _row(run: Run, ticket: Ticket) -> EntryFacts:
    return EntryFacts(
        run.desk.ref(ticket.id),
        ticket.priority,
        _short(ticket.subject, _LONGEST),
        _short(ticket.account or ticket.requester, _LONGEST_CUSTOMER),
        _moment(run, ticket.next_due) if ticket.next_due else "",
        ticket.assignee or "",
    )


def _moment(run: Run, moment: datetime) -> str:
    """Such as "25 Nov 14:32", in the agent's time zone."""
    return f"{moment.astimezone(run.zone):%-d %b %H:%M}"


def _told(event: Event) -> str:
    detail = {name: _plain(value) for name, value in event.detail.items() if name not in _PLUMBING}
    moved = f"{detail.pop('from')} → {detail.pop('to')}" if detail.keys() >= {"from", "to"} else ""
    rest = [f"{name} {value}" for name, value in detail.items() if value]
    parts = [f"{event.what} by {event.actor}", moved, *rest]
    return _short(", ".join(part for part in parts if part), _LONGEST_EVENT)


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_plain(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "none" if value is None else str(value)


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


IN_TICKET: InTicket = {orders.History: history}
ANYWHERE: Anywhere = {
    orders.Help: commands,
    orders.Queue: queue,
    orders.Overdue: overdue,
    orders.Today: today,
}
