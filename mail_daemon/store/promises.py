"""How the promises of many tickets were kept, counted by the database: the rule is that of domain/kept.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, or_, select

from mail_daemon.domain.clockwork import ENDED, MET, PAUSED, PROMISED, RUNNING
from mail_daemon.store.rows_duties import Tally
from mail_daemon.store.schema import clocks, tickets

_GROUP = "of_group"  # no column's name, which PostgreSQL would take for it

Month = tuple[str, datetime]  # its name, and when the next one begins


@dataclass(frozen=True, slots=True)
class Opened:
    """Tickets that were opened from `since` to before `until`, of one account; None is no bound, and all accounts."""

    since: datetime | None = None
    until: datetime | None = None
    account: str | None = None


class Promises:
    """The tables `clocks` and `tickets`, read as a whole, within one transaction. A group is a row each."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def first_and_last(self, opened: Opened) -> tuple[datetime, datetime] | None:
        """When the first and the last of the tickets were opened; None where there are none."""
        first, last = self._connection.execute(
            _of(opened, select(func.min(tickets.c.opened), func.max(tickets.c.opened)))
        ).one()
        return (first, last) if first and last else None

    def tickets(self, by: str, opened: Opened, months: Sequence[Month]) -> dict[Any, int]:
        """How many tickets each group has. `by` is priority (the highest it ever was), account or month."""
        counted = _of(opened, select(_group(by, months), func.count())).group_by(_GROUP)
        return {row[0]: row[1] for row in self._connection.execute(counted)}

    def tallies(self, by: str, opened: Opened, months: Sequence[Month], *, now: datetime) -> list[Tally]:
        """The clocks of each group, by kind: response, resolution, rfo."""
        counted = select(_group(by, months), clocks.c.kind, *_sums(now)).join(tickets)
        counted = _of(opened, counted).where(clocks.c.kind.in_(sorted(PROMISED)))
        return [Tally(*row) for row in self._connection.execute(counted.group_by(_GROUP, clocks.c.kind))]


def _group(by: str, months: Sequence[Month]) -> Any:
    if by == "priority":
        return tickets.c.highest_priority.label(_GROUP)
    if by == "account":
        return tickets.c.account.label(_GROUP)
    earlier = [(tickets.c.opened < ends, name) for name, ends in months[:-1]]
    last = months[-1][0]
    return case(*earlier, (tickets.c.opened.is_not(None), last)).label(_GROUP)


def _sums(now: datetime) -> list[Any]:
    """In the order of the fields of Tally."""
    clock = clocks.c
    late = or_(
        and_(clock.state == RUNNING, clock.due <= now),
        and_(clock.state == PAUSED, clock.paused_at > clock.due),
        and_(clock.state.in_([MET, ENDED]), clock.stopped_at > clock.due),
    )
    live = clock.state.in_([RUNNING, PAUSED])
    counted = {
        "met": and_(clock.state == MET, clock.stopped_at <= clock.due),
        "broken": late,
        "open": and_(live, clock.due.is_not(None), ~late),
        "ended": and_(clock.state == ENDED, clock.stopped_at <= clock.due),
        "undue": clock.due.is_(None),
    }
    return [func.sum(case((counted[field.name], 1), else_=0)) for field in fields(Tally)[2:]]


def _of(opened: Opened, wanted: Select[Any]) -> Select[Any]:
    if opened.since:
        wanted = wanted.where(tickets.c.opened >= opened.since)
    if opened.until:
        wanted = wanted.where(tickets.c.opened < opened.until)
    if opened.account is not None:
        wanted = wanted.where(tickets.c.account == opened.account)
    return wanted
