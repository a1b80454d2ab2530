"""Business time is what a person counts who looks at the clock on the wall every minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mail_daemon.domain.calendar import DAYS, Calendar, Span

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NEW_YORK = ZoneInfo("America/New_York")
WEEK = Span(frozenset(DAYS[:5]), time(8), time(19))
NIGHT = Span(frozenset(DAYS), time(22), time(6))
POLICY = Calendar(NEW_YORK, [WEEK], country="US")


def at(*parts: int, zone: ZoneInfo = NEW_YORK, fold: int = 0) -> datetime:
    """A wall-clock time."""
    return datetime(*parts, tzinfo=zone, fold=fold).astimezone(UTC)  # type: ignore[misc,arg-type]


def counted(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Looks at the clock every minute. The hours at which clocks change must not begin or end a span."""
    minutes = int((end - start) / MINUTE)
    return sum(_open(calendar, start + MINUTE * number) for number in range(minutes)) * MINUTE


def _open(calendar: Calendar, moment: datetime) -> bool:
    wall = moment.astimezone(calendar.zone)
    today, yesterday = wall.date(), wall.date() - DAY
    return any(
        (_opens_on(calendar, span, today) and span.opens <= wall.time() and (overnight or wall.time() < span.closes))
        or (overnight and _opens_on(calendar, span, yesterday) and wall.time() < span.closes)
        for span in calendar.spans
        for overnight in [span.closes <= span.opens]
    )


def _opens_on(calendar: Calendar, span: Span, day: date) -> bool:
    free = day in calendar.closed or (calendar.country == "US" and day in american(day.year))
    return DAYS[day.weekday()] in span.days and not free


@cache
def american(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("US", years=year))


zones = st.sampled_from(
    ["America/New_York", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo", "UTC"]
).map(ZoneInfo)
# From 4 to 23 o'clock: the hours in which no zone changes its clocks.
hours = st.tuples(st.integers(4, 23), st.sampled_from([0, 15, 30, 59])).map(lambda parts: time(*parts))
spans = st.builds(Span, st.frozensets(st.sampled_from(DAYS), min_size=1), hours, hours)
# Around the changes of clocks, the holidays and the turns of years.
days = st.sampled_from(
    [
        date(2026, 3, 7), date(2026, 3, 28), date(2026, 10, 24), date(2026, 10, 31), date(2026, 11, 25),
        date(2026, 7, 2), date(2026, 12, 24), date(2026, 12, 31), date(2027, 1, 1), date(2028, 2, 28),
        date(2026, 4, 4), date(2026, 10, 3), date(2027, 12, 30),
    ]
)  # fmt: skip


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    free = draw(st.sets(days, max_size=2))
    country = draw(st.sampled_from([None, "US"]))
    return Calendar(draw(zones), draw(st.lists(spans, min_size=1, max_size=3)), country=country, closed=free)


starts = st.builds(
    lambda day, minute: datetime.combine(day, time(0), UTC) + MINUTE * minute, days, st.integers(0, 24 * 60)
)


@settings(max_examples=50, deadline=None)
@given(calendars(), starts, st.integers(0, 4 * 24 * 60))
def test_between_is_what_is_counted_minute_by_minute(calendar: Calendar, start: datetime, minutes: int) -> None:
    end = start + MINUTE * minutes
    assert calendar.between(start, end) == counted(calendar, start, end)


@settings(max_examples=100, deadline=None)
@given(calendars(), starts, st.integers(1, 60 * 60))
def test_what_is_added_has_passed_then_and_not_before(calendar: Calendar, start: datetime, minutes: int) -> None:
    amount = MINUTE * minutes
    due = calendar.add(start, amount)
    assert calendar.between(start, due) == amount
    assert calendar.between(start, due - MINUTE) == amount - MINUTE


@settings(max_examples=100, deadline=None)
@given(calendars(), starts, st.integers(0, 60 * 60))
def test_before_is_the_earliest_moment_from_which_no_more_passes(
    calendar: Calendar, end: datetime, minutes: int
) -> None:
    amount = MINUTE * minutes
    start = calendar.before(end, amount)
    assert calendar.between(start, end) == amount
    assert calendar.between(start - MINUTE, end) == amount + MINUTE


@settings(max_examples=100, deadline=None)
@given(calendars(), starts, st.integers(1, 3000), st.integers(1, 3000))
def test_going_back_from_a_due_time_leads_to_where_the_rest_begins(
    calendar: Calendar, start: datetime, spent: int, left: int
) -> None:
    due = calendar.add(start, MINUTE * (spent + left))
    assert calendar.before(due, MINUTE * left) == calendar.add(start, MINUTE * spent)


@settings(max_examples=50, deadline=None)
@given(calendars(), starts, st.integers(0, 3000), st.integers(0, 3000))
def test_two_additions_are_one(calendar: Calendar, start: datetime, one: int, two: int) -> None:
    halfway = calendar.add(start, MINUTE * one)
    assert calendar.add(halfway, MINUTE * two) == calendar.add(start, MINUTE * (one + two))


@settings(max_examples=50, deadline=None)
@given(calendars(), starts)
def test_it_is_open_at_the_minutes_that_count(calendar: Calendar, moment: datetime) -> None:
    assert calendar.is_open(moment) == _open(calendar, moment)


def test_a_promise_runs_over_the_night_the_weekend_and_the_holiday() -> None:
    # Wednesday before Thanksgiving, 17:00: two hours today, none on Thursday, six on Friday.
    assert POLICY.add(at(2026, 11, 25, 17), 8 * HOUR) == at(2026, 11, 27, 14)
    # Friday 17:00: two hours today, six on Monday.
    assert POLICY.add(at(2026, 7, 10, 17), 8 * HOUR) == at(2026, 7, 13, 14)


def test_a_promise_runs_over_the_turn_of_the_year() -> None:
    # Thursday 31 December 2026, 18:00; Friday is New Year's Day.
    assert POLICY.add(at(2026, 12, 31, 18), 2 * HOUR) == at(2027, 1, 4, 9)


def test_a_holiday_that_falls_on_a_weekend_is_observed_beside_it() -> None:
    # Independence Day 2026 is a Saturday, observed on Friday.
    assert POLICY.between(at(2026, 7, 3, 0), at(2026, 7, 5, 0)) == timedelta(0)


def test_a_new_years_day_on_a_saturday_is_observed_in_the_old_year() -> None:
    # Friday 31 December 2027 is closed for Saturday's holiday.
    assert POLICY.add(at(2027, 12, 30, 18), 2 * HOUR) == at(2028, 1, 3, 9)


def test_forty_eight_business_hours_take_more_than_a_week() -> None:
    assert POLICY.add(at(2026, 7, 6, 8), 48 * HOUR) == at(2026, 7, 10, 12)
    assert POLICY.add(at(2026, 7, 8, 8), 48 * HOUR) == at(2026, 7, 14, 12)


def test_a_promise_made_in_the_night_begins_in_the_morning() -> None:
    assert POLICY.add(at(2026, 7, 6, 3), HOUR) == at(2026, 7, 6, 9)


def test_a_promise_may_end_at_the_moment_of_closing() -> None:
    assert POLICY.add(at(2026, 7, 6, 8), 11 * HOUR) == at(2026, 7, 6, 19)


def test_the_night_in_which_clocks_go_forward_is_an_hour_shorter() -> None:
    calendar = Calendar(NEW_YORK, [NIGHT])
    assert calendar.between(at(2026, 3, 7, 12), at(2026, 3, 8, 12)) == 7 * HOUR
    assert calendar.add(at(2026, 3, 7, 22), 7 * HOUR) == at(2026, 3, 8, 6)


def test_the_night_in_which_clocks_go_back_is_an_hour_longer() -> None:
    calendar = Calendar(NEW_YORK, [NIGHT])
    assert calendar.between(at(2026, 10, 31, 12), at(2026, 11, 1, 12)) == 9 * HOUR
    assert calendar.add(at(2026, 10, 31, 22), 9 * HOUR) == at(2026, 11, 1, 6)


def test_a_span_within_the_hour_that_is_skipped_counts_nothing() -> None:
    calendar = Calendar(NEW_YORK, [Span(frozenset(DAYS), time(2, 30), time(3))])
    assert calendar.between(at(2026, 3, 8, 0), at(2026, 3, 9, 0)) == timedelta(0)
    assert calendar.add(at(2026, 3, 8, 0), MINUTE) == at(2026, 3, 9, 2, 31)


def test_a_night_belongs_to_the_day_on_which_it_opens() -> None:
    calendar = Calendar(NEW_YORK, [NIGHT], closed=[date(2026, 7, 7)])
    assert calendar.between(at(2026, 7, 6, 12), at(2026, 7, 7, 12)) == 8 * HOUR
    assert calendar.between(at(2026, 7, 7, 12), at(2026, 7, 8, 12)) == timedelta(0)


def test_a_day_that_opens_and_closes_at_midnight_is_open_round_the_clock() -> None:
    calendar = Calendar(NEW_YORK, [Span(frozenset(DAYS), time(0), time(0))])
    assert calendar.between(at(2026, 7, 1), at(2026, 7, 8)) == 7 * DAY


def test_overlapping_hours_count_once() -> None:
    twice = Calendar(NEW_YORK, [WEEK, Span(frozenset(DAYS), time(12), time(20))])
    assert twice.between(at(2026, 7, 6), at(2026, 7, 7)) == 12 * HOUR


def test_nothing_passes_from_later_to_earlier() -> None:
    assert POLICY.between(at(2026, 7, 6, 12), at(2026, 7, 6, 9)) == timedelta(0)


def test_a_calendar_that_never_opens_says_so() -> None:
    never = Calendar(NEW_YORK, [])
    with pytest.raises(ValueError, match="never opens"):
        never.add(at(2026, 7, 6), HOUR)
    with pytest.raises(ValueError, match="never opens"):
        never.before(at(2026, 7, 6), HOUR)
    with pytest.raises(ValueError, match="never opens"):
        never.business_day_after(at(2026, 7, 6), 1)
    assert not never.is_open(at(2026, 7, 6))


def test_business_days_skip_weekends_and_holidays() -> None:
    assert POLICY.business_day_after(at(2026, 11, 25, 23), 1) == at(2026, 11, 27, 8)
    assert POLICY.business_day_after(at(2026, 11, 25, 23), 2) == at(2026, 11, 30, 8)


def test_no_business_days_on_it_is_the_next_open_moment() -> None:
    assert POLICY.business_day_after(at(2026, 11, 25, 12), 0) == at(2026, 11, 25, 12)
    assert POLICY.business_day_after(at(2026, 11, 25, 23), 0) == at(2026, 11, 27, 8)


def test_time_before_a_moment_is_found_beyond_nights_weekends_and_holidays() -> None:
    # Friday after Thanksgiving, 10:00: two hours that day, one on Wednesday evening.
    assert POLICY.before(at(2026, 11, 27, 10), 3 * HOUR) == at(2026, 11, 25, 18)
    # Sunday: Friday has closed at 19:00.
    assert POLICY.before(at(2026, 7, 12, 10), timedelta(0)) == at(2026, 7, 10, 19)


def test_a_year_before_a_moment_is_found() -> None:
    due = POLICY.add(at(2026, 1, 5, 9), 2000 * HOUR)
    assert POLICY.before(due, 2000 * HOUR - MINUTE) == at(2026, 1, 5, 9, 1)
