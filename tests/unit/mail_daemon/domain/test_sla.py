"""After hours and install notice, as policy sections 2 and 3 have them."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from mail_daemon.domain.calendar import Calendar, Span
from mail_daemon.domain.sla import after_hours, install_earliest

NEW_YORK = ZoneInfo("America/New_York")
WEEK = Span(frozenset({"mon", "tue", "wed", "thu", "fri"}), time(8), time(19))
CALENDAR = Calendar(NEW_YORK, [WEEK], country="US")


def at(*parts: int) -> datetime:
    """A wall-clock time in New York."""
    return datetime(*parts, tzinfo=NEW_YORK).astimezone(UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("hour", "minute", "after"),
    [(7, 59, True), (8, 0, False), (12, 0, False), (18, 59, False), (19, 0, True), (23, 59, True), (0, 0, True)],
)
@pytest.mark.parametrize("day", [(2026, 7, 1), (2026, 11, 25), (2026, 3, 8), (2026, 11, 1)])
def test_after_hours_are_from_seven_in_the_evening_to_eight(
    day: tuple[int, int, int], hour: int, minute: int, after: bool
) -> None:
    moment = at(*day, hour, minute)
    assert after_hours(moment, zone=NEW_YORK, begins=time(19), ends=time(8)) is after


def test_after_hours_may_lie_within_one_day() -> None:
    seen = [after_hours(at(2026, 7, 1, hour), zone=NEW_YORK, begins=time(1), ends=time(5)) for hour in (0, 1, 4, 5)]
    assert seen == [False, True, True, False]


@pytest.mark.parametrize(
    ("asked", "earliest"),
    [
        ((2026, 7, 6, 9, 0), (2026, 7, 9, 8, 0)),  # Monday: Thursday
        ((2026, 7, 8, 23, 30), (2026, 7, 13, 8, 0)),  # late on Wednesday, which is Thursday in UTC: Monday
        ((2026, 7, 11, 12, 0), (2026, 7, 15, 8, 0)),  # Saturday: Wednesday
        ((2026, 11, 25, 9, 0), (2026, 12, 1, 8, 0)),  # the day before Thanksgiving
    ],
)
def test_an_installation_is_three_business_days_ahead(asked: tuple[int, ...], earliest: tuple[int, ...]) -> None:
    assert install_earliest(CALENDAR, at(*asked), days=3) == at(*earliest)
