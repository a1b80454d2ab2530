"""The business calendar: which time counts for promises in business hours (policy section 5).

A day's opening hours are wall-clock spans of the calendar's zone; everything that comes in and goes out is an
aware moment in UTC. A span that runs over midnight belongs to the day on which it opens.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_DAY = timedelta(days=1)
_HORIZON_DAYS = 366 * 20  # a calendar that opens less than once in this time is a mistake


@dataclass(frozen=True, slots=True)
class Span:
    """Wall-clock hours of some weekdays; `closes` at or before `opens` is on the next day."""

    days: frozenset[str]
    opens: time
    closes: time


@dataclass(frozen=True)
class Calendar:
    """`country` names the public holidays of the holidays library; None knows none."""

    zone: ZoneInfo
    spans: Sequence[Span]
    country: str | None = None
    closed: Collection[date] = ()
    _years: dict[int, frozenset[date]] = field(default_factory=dict, compare=False, repr=False)
    _days: dict[date, list[tuple[datetime, datetime]]] = field(default_factory=dict, compare=False, repr=False)

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """The moment at which `amount` of business time has passed since `start`; O(days).

        Raises ValueError where the calendar never opens.
        """
        left = amount
        for opens, closes in self._open_spans(start):
            begun = max(opens, start)
            if closes - begun >= left:
                return begun + left
            left -= closes - begun
        raise ValueError("the business calendar never opens")

    def before(self, end: datetime, amount: timedelta) -> datetime:
        """The earliest moment with no more than `amount` of business time from it to `end`; O(days).

        Raises ValueError where the calendar never opens.
        """
        days = 7
        while days < 2 * _HORIZON_DAYS:
            left = amount
            for opens, closes in reversed(self._open_until(end - _DAY * days, end)):
                if closes - opens > left:
                    return closes - left
                left -= closes - opens
            days *= 4
        raise ValueError("the business calendar never opens")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Business time from `start` to `end`; none where `end` is not later."""
        return sum((closes - opens for opens, closes in self._open_until(start, end)), timedelta(0))

    def is_open(self, moment: datetime) -> bool:
        return next((opens <= moment < closes for opens, closes in self._open_spans(moment)), False)

    def business_day_after(self, start: datetime, days: int) -> datetime:
        """When the calendar opens on the `days`-th business day after the day of `start`; 0: when it is open next."""
        if days == 0:
            return self.add(start, timedelta(0))
        today = start.astimezone(self.zone).date()
        left = days
        for day in (today + _DAY * number for number in range(1, _HORIZON_DAYS)):
            spans = self._of(day)
            left -= bool(spans)
            if spans and left <= 0:
                return spans[0][0]
        raise ValueError("the business calendar never opens")

    def _open_until(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        before_end = takewhile(lambda span: span[0] < end, self._open_spans(start))
        return [(opens, min(closes, end)) for opens, closes in before_end]

    def _open_spans(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The spans that end after `start`, in order, without overlaps."""
        reached = start
        first = start.astimezone(self.zone).date() - _DAY
        for number in range(_HORIZON_DAYS):
            for opens, closes in self._of(first + _DAY * number):
                begun = max(opens, reached)
                if closes > begun:
                    yield begun, closes
                    reached = closes

    def _of(self, day: date) -> list[tuple[datetime, datetime]]:
        found = self._days.get(day)
        if found is None:
            found = self._days[day] = self._opens_on(day)
        return found

    def _opens_on(self, day: date) -> list[tuple[datetime, datetime]]:
        if day in self.closed or day in self._holidays(day.year):
            return []
        name = DAYS[day.weekday()]
        return sorted(self._moments(day, span) for span in self.spans if name in span.days)

    def _moments(self, day: date, span: Span) -> tuple[datetime, datetime]:
        # A wall-clock time that a change of the clocks skips or repeats is read as zoneinfo reads it (fold 0).
        until = day + _DAY if span.closes <= span.opens else day
        opens = datetime.combine(day, span.opens, self.zone).astimezone(UTC)
        return opens, datetime.combine(until, span.closes, self.zone).astimezone(UTC)

    def _holidays(self, year: int) -> frozenset[date]:
        if self.country is None:
            return frozenset()
        if year not in self._years:
            import holidays  # imported late: many ticks need no calendar

            self._years[year] = frozenset(holidays.country_holidays(self.country, years=year))
        return self._years[year]
