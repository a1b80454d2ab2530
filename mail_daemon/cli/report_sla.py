"""The groups of `report sla`: how many promises each has, and what became of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from mail_daemon.cli.output import print_lines, print_table
from mail_daemon.domain.clockwork import RESOLUTION, RESPONSE, RFO
from mail_daemon.store.promises import Month, Opened
from mail_daemon.store.rows_duties import Tally
from mail_daemon.store.store import Work

BY = ("priority", "account", "month")
_KINDS = (RESPONSE, RESOLUTION, RFO)
_COUNTS = ("met", "broken", "open", "ended", "undue")
COLUMNS = ("by", "group", "tickets", *(f"{kind}_{name}" for kind in _KINDS for name in (*_COUNTS, "met_percent")))


@dataclass(frozen=True, slots=True)
class Group:
    """`name` is a priority, an account or None, or a month such as 2026-11."""

    name: Any
    tickets: int
    tallies: Mapping[str, Tally]

    def told(self, kind: str) -> dict[str, Any]:
        tally = self.tallies.get(kind, Tally(self.name, kind))
        return {name: getattr(tally, name) for name in _COUNTS} | {"met_percent": percent(tally.met, tally.broken)}


def percent(met: int, broken: int) -> float | None:
    """The share of promises that were met, of those that are decided; rounded down, so that 100 is all of them."""
    return met * 1000 // (met + broken) / 10 if met + broken else None


def groups(work: Work, by: str, opened: Opened, zone: ZoneInfo, *, now: datetime) -> list[Group]:
    """In the order of their names; tickets without an account come last."""
    span = work.promises.first_and_last(opened)
    if span is None:
        return []
    months = _months(*span, zone) if by == "month" else []
    tallies: dict[Any, dict[str, Tally]] = {}
    for tally in work.promises.tallies(by, opened, months, now=now):
        tallies.setdefault(tally.group, {})[tally.kind] = tally
    counted = work.promises.tickets(by, opened, months)
    return [Group(name, counted[name], tallies.get(name, {})) for name in sorted(counted, key=_order)]


def told(found: Mapping[str, Sequence[Group]]) -> dict[str, Any]:
    """For JSON: a list for each way to group, and the sums of the first."""
    first = next(iter(found.values()))
    by = {
        each: [{each: group.name, "tickets": group.tickets} | _told(group) for group in of_it]
        for each, of_it in found.items()
    }
    total = _all(first)
    return {"by": by, "total": {"tickets": total.tickets} | _told(total)}


def rows(found: Mapping[str, Sequence[Group]]) -> Iterator[list[Any]]:
    """For CSV, in the order of COLUMNS."""
    for by, of_it in found.items():
        for group in of_it:
            counts = [group.told(kind)[name] for kind in _KINDS for name in (*_COUNTS, "met_percent")]
            yield [by, group.name, group.tickets, *counts]


def show(found: Mapping[str, Sequence[Group]]) -> None:
    """A table for each way to group."""
    for by, of_it in found.items():
        columns = (by, "tickets", "promise", "met", "broken", "open", "asap", "% met")
        lines = (cells for group in [*of_it, replace(_all(of_it), name="all")] for cells in _cells(group))
        print_table(columns, lines, numbers=("tickets", *columns[3:]))
        print_lines([""])
    print_lines(["open: in time so far. asap: as soon as possible, without a due time. % met: of those met or broken."])


def _cells(group: Group) -> Iterator[list[Any]]:
    """A line for each kind of promise that was made; the first names the group."""
    head = ["(no account)" if group.name is None else group.name, group.tickets]
    made = [kind for kind in _KINDS if any(group.told(kind)[name] for name in _COUNTS)]
    for kind in made or _KINDS[:1]:
        told = group.told(kind)
        share = told["met_percent"]
        yield [
            *head,
            kind,
            *(told[name] for name in ("met", "broken", "open", "undue")),
            "-" if share is None else share,
        ]
        head = ["", ""]


def _told(group: Group) -> dict[str, Any]:
    return {kind: group.told(kind) for kind in _KINDS}


def _all(of_it: Sequence[Group]) -> Group:
    sums = {
        kind: Tally(None, kind, *(sum(group.told(kind)[name] for group in of_it) for name in _COUNTS))
        for kind in _KINDS
    }
    return Group(None, sum(group.tickets for group in of_it), sums)


def _order(name: Any) -> tuple[bool, str, str]:
    return name is None, str(name).casefold(), str(name)


def _months(first: datetime, last: datetime, zone: ZoneInfo) -> list[Month]:
    """The months of the zone from the first moment to the last, each with when the next one begins."""
    months = []
    begin, end = first.astimezone(zone), last.astimezone(zone)
    year, month = begin.year, begin.month
    while (year, month) <= (end.year, end.month):
        later = (year, month + 1) if month < 12 else (year + 1, 1)
        months.append((f"{year}-{month:02}", datetime(*later, 1, tzinfo=zone).astimezone(UTC)))
        year, month = later
    return months
