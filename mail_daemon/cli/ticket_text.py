"""A ticket as a person reads it in a terminal; times are those of the desk's zone."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mail_daemon.cli.output import WIDE, shown
from mail_daemon.cli.ticket_clocks import BAD, PLAIN, QUIET, at, long, stands, timeline
from mail_daemon.domain.billing import spoken_worked

_TITLE = "bold"

Ticket = Mapping[str, Any]  # as `ticket --json` prints it, with datetimes


def print_ticket(told: Ticket, zone: ZoneInfo, now: datetime) -> None:
    console = Console(width=None if sys.stdout.isatty() else WIDE, highlight=False)
    console.print(Text(f"{told['ref']}  {shown(told['subject'])}", _TITLE))
    facts = [[name, shown(value)] for name, value in _facts(told, zone, now) if value not in (None, "")]
    _print_rows(console, ((cells, BAD if "OVERDUE" in cells[1] else PLAIN) for cells in facts))
    for title, rows in _sections(told, zone):
        _print_section(console, title, rows)
        if title == _REASONS:
            _print_clocks(console, told, zone, now)
    for message in told["messages"]:
        by = f"{at(message['at'], zone)}  {message['direction']}  {message['author']}  {message['visibility']}"
        console.print(Text(f"\n{shown(by)}", _TITLE))
        words = Text("\n".join(_words(message)), overflow="fold")
        console.print(Padding(words, (0, 0, 0, 2), expand=False))


_REASONS = "Why this priority"


def _facts(told: Ticket, zone: ZoneInfo, now: datetime) -> Iterator[tuple[str, Any]]:
    highest = f", was {told['highest_priority']}" if told["highest_priority"] != told["priority"] else ""
    yield "status", told["status"]
    yield "priority", f"{told['priority']}{highest}"
    yield "category", told["category"]
    yield "requester", f"{told['requester_name']} <{told['requester']}>".strip()
    yield from ((name, told[name]) for name in ("telephone", "account", "assignee"))
    yield "opened", at(told["opened"], zone)
    yield "next due", _next_due(told, zone, now)
    yield from ((name, at(told[name], zone)) for name in ("resolved", "closed", "reopened", "escalated"))
    yield "vendor", told["vendor_ref"]
    yield "work-around", told["workaround"]
    yield "fault", _fault(told)
    yield "billable", told["billable"]
    yield "RFO", _rfo(told["rfo"], zone) if told["rfo"] else ""
    yield "linked", ", ".join(f"{link['ref']} ({link['why']})" for link in told["links"])


def _next_due(told: Ticket, zone: ZoneInfo, now: datetime) -> str:
    due = told["next_due"]
    if due is None:
        return ""
    return f"{at(due, zone)}, {f'OVERDUE by {long(due, now)}' if told['overdue'] else f'in {long(now, due)}'}"


def _fault(told: Ticket) -> str:
    """Of an uncovered priority 1 (policy section 4)."""
    return (told["fault"] or "to be reviewed: whose it was") if told["cause_review"] else ""


def _rfo(rfo: Mapping[str, Any], zone: ZoneInfo) -> str:
    missing = [name for name in ("cause", "impact", "resolution", "prevention") if not rfo[name]]
    lacks = f", lacks its {', '.join(missing)}" if missing else ""
    state = {
        "draft": f"draft of {at(rfo['drafted'], zone)}{lacks}",
        "sent": f"sent {at(rfo['sent_at'], zone)}",
        "waived": f"waived: {rfo['waived']}",
    }[rfo["state"]]
    return f"{state}; shared by {', '.join(rfo['tickets'])}" if len(rfo["tickets"]) > 1 else state


def _sections(told: Ticket, zone: ZoneInfo) -> Iterator[tuple[str, list[list[str]]]]:
    yield _REASONS, [[each["rule"], f"“{each['evidence']}” ({each['where']})"] for each in told["reasons"]]
    yield (
        "Time put down",
        [
            [at(each["at"], zone), each["agent"], spoken_worked(each["minutes"]), each["kind"], each["text"]]
            for each in told["time"]
        ],
    )
    yield "People", [[each["role"], f"{each['name']} <{each['address']}>".strip()] for each in told["participants"]]
    yield (
        "Attachments",
        [
            [each["kind"], f"{each['name']} ({each['media_type']}, {each['size']} bytes)"]
            for each in told["attachments"]
        ],
    )
    yield (
        "Letters",
        [
            [
                each["letter"],
                each["state"],
                at(each["sent_at"], zone),
                " ".join(each["recipients"]),
                each["error"] or "",
            ]
            for each in told["letters"]
        ],
    )
    yield (
        "What happened",
        [
            [at(each["at"], zone), each["actor"], each["what"], _flat(each["detail"])]
            for each in told["events"]
            if each["what"] != "clock"  # which the clocks show
        ],
    )


def _print_section(console: Console, title: str, rows: Sequence[Sequence[str]]) -> None:
    if rows:
        console.print(Text(f"\n{title}", _TITLE))
        _print_rows(console, ((row, PLAIN) for row in rows))


def _print_clocks(console: Console, told: Ticket, zone: ZoneInfo, now: datetime) -> None:
    for clock in told["clocks"]:
        said, style = stands(clock, now)
        console.print(Text.assemble("\n", (f"Clock {clock['kind']}", _TITLE), "  ", (said, style)))
        _print_rows(console, timeline(clock, zone, now))


def _print_rows(console: Console, rows: Iterable[tuple[Sequence[str], str]]) -> None:
    """Cells below one another; the last one is folded where the terminal is narrow."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for cells, style in rows:
        first = QUIET if style == PLAIN else style
        table.add_row(
            *(Text(shown(cell), first if index == 0 else style, overflow="fold") for index, cell in enumerate(cells))
        )
    for column in table.columns[:-1]:
        column.no_wrap = True
    console.print(Padding(table, (0, 0, 0, 2), expand=False))


def _words(message: Mapping[str, Any]) -> Iterator[str]:
    yield from map(shown, message["text"].splitlines())
    if message["quoted"]:
        yield f"({len(message['quoted'].splitlines())} quoted lines; --json shows them)"


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {said}" for key, each in value.items() if (said := _flat(each)))
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
