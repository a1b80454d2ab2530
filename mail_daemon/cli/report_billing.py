"""The lines of `report billing`: an entry each, with what it adds to the bill of its ticket."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from mail_daemon.cli.output import print_lines, print_table, shown
from mail_daemon.domain.billing import MINUTES, Charge, Rate, Verdict, Worked, charges
from mail_daemon.settings.sections import Desk
from mail_daemon.store.rows_duties import TimeOfTicket

_NUMBERS = ("min", "hours", "amount", "to review")
_NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Line:
    """`amount` is None while it is open, and `to_review` is then what it would be."""

    account: str | None
    requester: str
    ticket: str
    date: date
    agent: str
    kind: str
    minutes: int
    billed_hours: Decimal
    rate: Decimal
    currency: str
    amount: Decimal | None
    to_review: Decimal | None
    state: str
    note: str
    work: str


COLUMNS = tuple(field.name for field in fields(Line))


@dataclass(frozen=True, slots=True)
class Total:
    account: str | None
    billed_hours: Decimal
    amount: Decimal
    to_review: Decimal


@dataclass(frozen=True, slots=True)
class Bill:
    """Lines in the order of accounts, tickets and time; those without an account come last."""

    rate: Rate
    lines: Sequence[Line]

    def rows(self) -> Iterator[list[Any]]:
        return ([getattr(line, name) for name in COLUMNS] for line in self.lines)

    def by_account(self) -> list[tuple[str | None, list[Line]]]:
        return [(account, list(lines)) for account, lines in groupby(self.lines, key=lambda line: line.account)]

    def told(self) -> dict[str, Any]:
        return {
            "currency": self.rate.currency,
            "rate": self.rate.hourly,
            "lines": [asdict(line) for line in self.lines],
            "accounts": [asdict(_total(account, lines)) for account, lines in self.by_account()],
            "total": {name: value for name, value in asdict(_total(None, self.lines)).items() if name != "account"},
        }


def reckon(
    entries: Iterable[TimeOfTicket], rate: Rate, desk: Desk, *, since: datetime | None, until: datetime | None
) -> Bill:
    """`entries` are all of each ticket; those from `since` to before `until` become lines."""
    known = list(entries)
    worked = (
        Worked(each.entry.ticket_id, each.entry.kind, each.entry.minutes, each.cause_review, each.fault, each.billable)
        for each in known
    )
    lines = [
        _line(entry, charge, rate, desk)
        for entry, charge in zip(known, charges(worked, rate), strict=True)
        if (since is None or since <= entry.entry.at) and (until is None or entry.entry.at < until)
    ]
    lines.sort(key=lambda line: (line.account is None, (line.account or "").casefold(), line.account or ""))
    return Bill(rate, lines)


def show(bill: Bill) -> None:
    """A table for each account, and one of their totals."""
    if not bill.lines:
        print_lines(["nothing was put down"])
        return
    columns = ("ticket", "date", "agent", "kind", "min", "hours", "amount", "note")
    for account, lines in bill.by_account():
        print_lines([shown(account or "(no account)")])
        print_table(columns, map(_cells, lines), numbers=_NUMBERS)
        print_lines([""])
    totals = [*(_total(account, lines) for account, lines in bill.by_account()), _total("all", bill.lines)]
    print_lines([f"Totals in {bill.rate.currency}, at {bill.rate.hourly} an hour"])
    rows = [(each.account or "(no account)", each.billed_hours, each.amount, each.to_review) for each in totals]
    print_table(("account", "hours", "amount", "to review"), rows, numbers=_NUMBERS)


def _line(found: TimeOfTicket, charge: Charge, rate: Rate, desk: Desk) -> Line:
    entry, is_open = found.entry, charge.verdict is Verdict.OPEN
    return Line(
        account=found.account,
        requester=found.requester,
        ticket=desk.ref(entry.ticket_id),
        date=entry.at.astimezone(desk.timezone).date(),
        agent=entry.agent,
        kind=entry.kind,
        minutes=entry.minutes,
        billed_hours=_hours(0 if is_open else charge.minutes),
        rate=rate.hourly,
        currency=rate.currency,
        amount=None if is_open else charge.amount,
        to_review=charge.amount if is_open else None,
        state=charge.verdict.value,
        note=charge.why,
        work=entry.text,
    )


def _hours(minutes: int) -> Decimal:
    return (Decimal(minutes) / MINUTES).quantize(_NOTHING)


def _total(account: str | None, lines: Iterable[Line]) -> Total:
    summed = list(lines)
    return Total(
        account,
        sum((line.billed_hours for line in summed), _NOTHING),
        sum((line.amount or _NOTHING for line in summed), _NOTHING),
        sum((line.to_review or _NOTHING for line in summed), _NOTHING),
    )


def _cells(line: Line) -> list[Any]:
    amount = line.amount if line.to_review is None else "open"
    would = f"; {line.to_review} if it was the customer's" if line.to_review else ""
    note = f"{line.work} ({line.note}{would})"
    return [line.ticket, line.date, line.agent, line.kind, line.minutes, line.billed_hours, amount, note]
