"""November 2026 in minutes, read from plain tables: no calendar, zone or clock of the program is asked.

Everything is a number of minutes since the month's first. Eastern time is four hours behind UTC until Sunday
1 November, 06:00 UTC, and five hours from then on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cached_property

FIRST = datetime(2026, 10, 31, 12, 0, tzinfo=UTC)  # a Saturday, 08:00 in New York: the night has 25 hours
HOUR = 60
DAY = 24 * HOUR
LENGTH = 30 * DAY
_BEFORE, _AFTER = 40 * DAY, 40 * DAY  # what a due time may reach back and forward to

_CLOCKS_GO_BACK = datetime(2026, 11, 1, 6, 0, tzinfo=UTC)
_HOLIDAYS = {(10, 12), (11, 11), (11, 26), (12, 25)}  # Columbus, Veterans, Thanksgiving, Christmas


def moment(minute: int) -> datetime:
    return FIRST + timedelta(minutes=minute)


def minute_of(at: datetime) -> int:
    """The first whole minute that is not before `at`."""
    return -((FIRST - at) // timedelta(minutes=1))


def eastern(minute: int) -> datetime:
    """What a clock on the wall in New York shows."""
    at = moment(minute)
    return at.replace(tzinfo=None) - timedelta(hours=4 if at < _CLOCKS_GO_BACK else 5)


def _is_open(minute: int) -> bool:
    wall = eastern(minute)
    return wall.weekday() < 5 and 8 <= wall.hour < 19 and (wall.month, wall.day) not in _HOLIDAYS


_OPEN = [_is_open(minute) for minute in range(-_BEFORE, LENGTH + _AFTER)]


def counted(begins: int, ends: int, *, business: bool) -> int:
    """How many minutes count from one to the other; none where that is not later."""
    return sum(_OPEN[begins + _BEFORE : ends + _BEFORE]) if business else max(ends - begins, 0)


def after(minute: int, amount: int, *, business: bool) -> int:
    """The first minute at which `amount` minutes have been counted since `minute`."""
    if not business:
        return minute + amount
    place = minute + _BEFORE
    while amount > 0:
        amount -= _OPEN[place]
        place += 1
    return place - _BEFORE


def before(minute: int, amount: Fraction | int, *, business: bool) -> int:
    """The first minute from which no more than `amount` minutes are counted until `minute`."""
    if not business:
        return minute - int(amount)
    place = minute + _BEFORE
    while amount - _OPEN[place - 1] >= 0:
        amount -= _OPEN[place - 1]
        place -= 1
    return place - _BEFORE


def is_after_hours(minute: int) -> bool:
    return not 8 <= eastern(minute).hour < 19


def on_call(minute: int) -> list[str]:
    """Whom the rota of the shipped desk's test company names."""
    wall = eastern(minute)
    by_day = 8 <= wall.hour < 19 and wall.weekday() < 5
    return ["ann", "olga"] if by_day else ["olga", "ann"]


@dataclass(frozen=True)
class Keeping:
    """When the daemon runs. It is stopped from `stops` to `starts`; from `coarse` to `fine` it ticks every `step`."""

    stops: int
    starts: int
    coarse: int
    fine: int
    step: int

    def runs(self, minute: int) -> bool:
        return not self.stops <= minute < self.starts

    @cached_property
    def ticks(self) -> list[bool]:
        """Of each minute of the month, whether the timekeeper looks at the clocks."""
        return [
            self.runs(minute) and (not self.coarse <= minute < self.fine or minute % self.step == 0)
            for minute in range(LENGTH)
        ]

    def written_down(self, minute: int) -> int:
        """When what happens at this minute reaches the daemon."""
        return minute if self.runs(minute) else self.starts
