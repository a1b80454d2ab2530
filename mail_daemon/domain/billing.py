"""What agents' time costs the customer (policy sections 3, 4 and 13). Money is decimal, and nothing of it is stored.

The policy bills a ticket's work of one kind, so its entries are added up before anything is rounded. Each entry
then carries what it adds to that sum: whichever days a report covers, no minimum is billed twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from itertools import groupby

EMERGENCY = "emergency"  # after hours and not planned, for an outage
INSTALL = "install"  # remote help with a new installation
PROFESSIONAL = "professional"  # professional services, custom programming
KINDS = (EMERGENCY, INSTALL, PROFESSIONAL)

CUSTOMER = "customer"  # whose fault an uncovered priority 1 was, where it is billed

# Why work on a new install is billed (tickets.billable), where nobody has put down another reason.
PRIORITY = "priority handling"
AFTER_HOURS = "work after hours"

MINUTES = 60  # of an hour
_CENT = Decimal("0.01")
_WORKED = re.compile(r"(-?)(?:([0-9]{1,3})h)?(?:([0-9]{1,4})m)?")


class Verdict(StrEnum):
    BILLED = "billed"
    FREE = "free"
    OPEN = "open"  # whose fault the outage was is not known yet


@dataclass(frozen=True, slots=True)
class Rate:
    """`minimum` and `increment` are minutes."""

    hourly: Decimal
    currency: str
    minimum: int
    increment: int

    def minutes(self, worked: int, kind: str) -> int:
        """How many minutes are billed of a ticket's work of one kind: the minimum, then increments begun.

        Professional services know no minimum beyond their first increment.
        """
        if worked <= 0:
            return 0
        least = 0 if kind == PROFESSIONAL else self.minimum
        return least + max(0, -(-(worked - least) // self.increment)) * self.increment

    def amount(self, minutes: int) -> Decimal:
        """To the cent, halves up."""
        return (self.hourly * minutes / MINUTES).quantize(_CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Worked:
    """An entry of `minutes`, below zero where it takes back, and what of its ticket decides on the bill."""

    ticket: int
    kind: str
    minutes: int
    cause_review: bool = False
    fault: str | None = None
    billable: str | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """What an entry adds to the bill. Where it is open, `minutes` and `amount` are what it would add."""

    verdict: Verdict
    why: str
    minutes: int = 0
    amount: Decimal = Decimal("0.00")


def charges(entries: Iterable[Worked], rate: Rate) -> Iterator[Charge]:
    """One for each entry. A ticket's entries stand together, as they were put down, and are all there."""
    for _, of_ticket in groupby(entries, key=lambda entry: entry.ticket):
        worked = dict.fromkeys(KINDS, 0)
        for entry in of_ticket:
            before = worked[entry.kind]
            worked[entry.kind] += entry.minutes
            yield _charge(entry, rate, before, worked[entry.kind])


def verdict(entry: Worked) -> tuple[Verdict, str]:
    """Whether work is billed, and why."""
    if entry.kind == EMERGENCY:
        return _blamed(entry)
    if entry.kind == PROFESSIONAL:
        return Verdict.BILLED, "professional services"
    return (Verdict.BILLED, entry.billable) if entry.billable else (Verdict.FREE, "planned within standard hours")


def _blamed(entry: Worked) -> tuple[Verdict, str]:
    """Policy section 4: only what was no fault of ours, and only outside standard hours."""
    if not entry.cause_review:
        return Verdict.FREE, "no priority 1 outside standard hours"
    if entry.fault is None:
        return Verdict.OPEN, "to be reviewed: whose fault it was"
    return (Verdict.BILLED, "the customer's fault") if entry.fault == CUSTOMER else (Verdict.FREE, "our fault")


def parse_worked(text: str) -> int:
    """The minutes in 1h30m, 2h or 45m; -30m takes back. Raises ValueError that shows the form."""
    found = _WORKED.fullmatch(text.strip().lower())
    minutes = int(found[2] or 0) * MINUTES + int(found[3] or 0) if found else 0
    if not found or not minutes:
        raise ValueError(f"{text!r} is no time; write it like 1h30m, 2h or 45m, or -30m to take back")
    return -minutes if found[1] else minutes


def spoken_worked(minutes: int) -> str:
    """As `parse_worked` reads it."""
    hours, rest = divmod(abs(minutes), MINUTES)
    told = f"{hours}h" * bool(hours) + f"{rest}m" * bool(rest or not hours)
    return f"-{told}" if minutes < 0 else told


def _charge(entry: Worked, rate: Rate, before: int, after: int) -> Charge:
    decided, why = verdict(entry)
    if decided is Verdict.FREE:
        return Charge(decided, why)
    old, new = rate.minutes(before, entry.kind), rate.minutes(after, entry.kind)
    return Charge(decided, why, new - old, rate.amount(new) - rate.amount(old))
