"""Who is on call at a moment, and at which moments an unanswered page goes out again (policy sections 2 and 4).

A rota is read from the wall clock of its zone: every moment shows one wall-clock time there, so that a change of
the clocks leaves no gap and no overlap. A shift that begins in a skipped hour begins as that hour is over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from mail_daemon.domain.calendar import DAYS

_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)
_HOUR = timedelta(hours=1)

WeekSpan = tuple[timedelta, timedelta]  # since Monday, 00:00; the end may lie in the next week


@dataclass(frozen=True, slots=True)
class Shift:
    """Hours of a week; one that ends no later than it begins ends on the next day."""

    days: Sequence[str]
    begins: time
    ends: time
    people: tuple[str, ...]  # whom to call, in order

    def spans(self) -> list[WeekSpan]:
        begins = _into_day(self.begins)
        length = (_into_day(self.ends) - begins) % _DAY or _DAY
        return [(start, start + length) for start in (_DAY * DAYS.index(day) + begins for day in self.days)]


@dataclass(frozen=True, slots=True)
class Override:
    """Who is on call between two wall-clock times, instead of the week's shifts."""

    begins: datetime  # without a zone: the rota's
    ends: datetime
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rota:
    zone: ZoneInfo
    shifts: Sequence[Shift] = ()
    overrides: Sequence[Override] = ()

    def on_call(self, moment: datetime) -> tuple[str, ...]:
        """Whom to call then, in order; nobody where no shift covers it."""
        wall = moment.astimezone(self.zone).replace(tzinfo=None)
        for override in self.overrides:
            if override.begins <= wall < override.ends:
                return override.people
        into = _into_week(wall)
        for shift in self.shifts:
            if any(begins <= at < ends for begins, ends in shift.spans() for at in (into, into + _WEEK)):
                return shift.people
        return ()

    def gaps(self) -> list[WeekSpan]:
        """The hours of a week without anybody, in order."""
        found, covered = [], timedelta(0)
        for begins, ends in sorted(part for shift in self.shifts if shift.people for part in _parts(shift)):
            if begins > covered:
                found.append((covered, begins))
            covered = max(covered, ends)
        return [*found, (covered, _WEEK)] if covered < _WEEK else found

    def overlaps(self) -> Iterator[tuple[int, int]]:
        """The shifts, by their places, that share hours."""
        parts = [_parts(shift) for shift in self.shifts]
        for first, second in combinations(range(len(parts)), 2):
            if any(_share(one, other) for one in parts[first] for other in parts[second]):
                yield first, second

    def overlapping_overrides(self) -> Iterator[tuple[int, int]]:
        for (first, one), (second, other) in combinations(enumerate(self.overrides), 2):
            if one.begins < other.ends and other.begins < one.ends:
                yield first, second


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When pages repeat until somebody answers: every so often at first, later once an hour.

    Pages are numbered from 0; the one with number n goes out `after(n)` after the first.
    """

    every: timedelta
    hourly_after: timedelta
    per_level: int  # so many, and the next person in order is called as well

    @property
    def last_quick(self) -> int:
        """The last page that comes `every` after the one before it: from then on nobody is expected soon."""
        return -(-self.hourly_after // self.every)

    def after(self, number: int) -> timedelta:
        quick = min(number, self.last_quick)
        return self.every * quick + self._slow * (number - quick)

    def passed(self, since_first: timedelta) -> int:
        """How many pages have come due, the one of this very moment among them."""
        if since_first < timedelta(0):
            return 0
        quick = min(since_first // self.every, self.last_quick)
        return quick + max(since_first - self.every * self.last_quick, timedelta(0)) // self._slow + 1

    def level(self, number: int) -> int:
        """How many people beyond the first are called by this page."""
        return number // self.per_level

    def first_of_level(self, level: int) -> int:
        return level * self.per_level

    @property
    def _slow(self) -> timedelta:
        return max(self.every, _HOUR)


def _into_day(wall: time | datetime) -> timedelta:
    return timedelta(hours=wall.hour, minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond)


def _into_week(wall: datetime) -> timedelta:
    return _DAY * wall.weekday() + _into_day(wall)


def _parts(shift: Shift) -> list[WeekSpan]:
    """Its spans within one week: what runs over its end goes on at its beginning."""
    whole = shift.spans()
    ends = [(begins, min(ends, _WEEK)) for begins, ends in whole]
    return ends + [(timedelta(0), ends - _WEEK) for _, ends in whole if ends > _WEEK]


def _share(one: WeekSpan, other: WeekSpan) -> bool:
    return one[0] < other[1] and other[0] < one[1]
