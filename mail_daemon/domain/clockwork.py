"""Clocks as arithmetic: when a promise is due, when to look at it, what pauses and priorities do to it.

Nothing here knows the store. Resolution counts business hours, every other clock wall-clock time (policy
sections 5, 6 and 8).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from mail_daemon.domain.calendar import Calendar
from mail_daemon.domain.ticket import Status

RESPONSE = "response"  # until an agent's answer, policy section 8
RESOLUTION = "resolution"
UPDATE = "update"  # until the customer hears news of an outage again
RFO = "rfo"  # the Reason for Outage, policy section 6
CLOSE = "close"  # a resolved ticket ends by itself
PAGE = "page"  # the on-call person is called until somebody answers
WAIT = "wait"  # a pending ticket is taken up again
KINDS = (RESPONSE, RESOLUTION, UPDATE, RFO, CLOSE, PAGE, WAIT)

RUNNING = "running"
PAUSED = "paused"
MET = "met"  # stopped by what it promised; in time where it stopped no later than it was due
ENDED = "ended"  # no longer matters

PROMISED = frozenset({RESPONSE, RESOLUTION, RFO})  # their due times are a ticket's next due time
JUDGED = frozenset({RESPONSE, RESOLUTION})  # past due, they make a ticket overdue

# The customer's turn, the vendor's, or the account's: the promises rest. At the vendor news are still owed.
PAUSES: dict[Status, frozenset[str]] = {
    Status.PENDING: frozenset({RESPONSE, RESOLUTION, UPDATE}),
    Status.VENDOR: frozenset({RESPONSE, RESOLUTION}),
    Status.ON_HOLD: frozenset({RESPONSE, RESOLUTION, UPDATE}),
}

WARN = "warn"
DUE = "due"
ESCALATE = "escalate"


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment at which a clock wants to be looked at."""

    at: datetime
    what: str  # warn, due or escalate
    part: float = 0.0  # warn: which part of the target has passed
    after: timedelta = timedelta(0)  # escalate: how long it is overdue


@dataclass(frozen=True, slots=True)
class Start:
    """A clock that begins."""

    kind: str
    started: datetime
    due: datetime | None
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Course:
    """How a clock of one kind runs at one priority."""

    target: timedelta | None  # None: as soon as possible
    calendar: Calendar | None = None  # whose business time counts; None: round the clock
    warn_at: Sequence[float] = ()  # parts of the target, rising
    later: Sequence[timedelta] = ()  # wall-clock times beyond the due time, rising, at which it escalates

    def due(self, start: datetime) -> datetime | None:
        """When it is due that starts then; None: as soon as possible."""
        return None if self.target is None else self._add(start, self.target)

    def resumed(self, due: datetime, paused_at: datetime, at: datetime) -> datetime:
        """What was left is left again, and what was overdue is overdue by as much."""
        if due > paused_at:
            return self._add(at, self._between(paused_at, due))
        return self._before(at, self._between(due, paused_at))

    def moved(self, since: datetime, paused_at: datetime, at: datetime) -> datetime:
        """The start from which as much has passed at `at` as had passed since `since` at the pause."""
        return self._add(since, self._between(paused_at, at))

    def raised(self, due: datetime | None, at: datetime) -> datetime | None:
        """The earlier of what was promised and the raise plus the new target."""
        aimed = self.due(at)
        return min(due, aimed) if due and aimed else due or aimed

    def lowered(self, due: datetime | None, since: datetime, at: datetime) -> datetime | None:
        """The start plus the new target; what had no due time starts now, and what has none keeps the old."""
        if due is None:
            return self.due(at)
        return due if self.target is None else self._add(since, self.target)

    def marks(self, due: datetime | None, since: datetime) -> tuple[Mark, ...]:
        """All of its marks in order; none without a due time.

        The parts are those of the target as it is spent before `due`; without a target, of all the time from
        `since` to `due`.
        """
        if due is None:
            return ()
        span = self._between(since, due) if self.target is None else self.target
        warns = (Mark(self._before(due, span - span * part), WARN, part=part) for part in self.warn_at)
        return (*warns, Mark(due, DUE), *(Mark(due + after, ESCALATE, after=after) for after in self.later))

    def _add(self, start: datetime, amount: timedelta) -> datetime:
        return self.calendar.add(start, amount) if self.calendar else start + amount

    def _before(self, end: datetime, amount: timedelta) -> datetime:
        return self.calendar.before(end, amount) if self.calendar else end - amount

    def _between(self, start: datetime, end: datetime) -> timedelta:
        return self.calendar.between(start, end) if self.calendar else end - start


def next_due(clocks: Iterable[tuple[str, datetime | None]]) -> datetime | None:
    """When the first promise of a ticket is due, whose running clocks are of these kinds, due at these times."""
    return min((due for kind, due in clocks if due and kind in PROMISED), default=None)


def passed(marks: Sequence[Mark], now: datetime) -> int:
    """How many of the marks have passed, the one of this very moment among them."""
    return bisect_right(marks, now, key=attrgetter("at"))


def at_step(marks: Sequence[Mark], step: int) -> datetime | None:
    """When the mark after the first `step` ones comes; None after the last."""
    return marks[step].at if step < len(marks) else None


def missed(due: datetime, every: timedelta, now: datetime) -> int:
    """How many times a clock that is due at `due` and then `every` so often has come round by now."""
    return 0 if now < due else (now - due) // every + 1
