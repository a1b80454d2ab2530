"""Clocks as arithmetic. Wall-clock promises are reckoned by hand, business ones against the calendar."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mail_daemon.domain.calendar import DAYS, Calendar, Span
from mail_daemon.domain.clockwork import (
    DUE,
    ESCALATE,
    WARN,
    Course,
    at_step,
    missed,
    next_due,
    passed,
)

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
CALENDAR = Calendar(ZoneInfo("America/New_York"), [Span(frozenset(DAYS[:5]), time(8), time(19))], country="US")
WARNS = (0.75, 0.9)
NOON = datetime(2026, 11, 25, 17, tzinfo=UTC)  # Wednesday in New York; Thursday is Thanksgiving

WALL = Course(4 * HOUR, None, WARNS, (24 * HOUR,))
BUSINESS = Course(8 * HOUR, CALENDAR, WARNS, (24 * HOUR,))
ASAP = Course(None, CALENDAR, WARNS)

courses = st.sampled_from([WALL, BUSINESS, Course(48 * HOUR, CALENDAR, (0.5,))])
# Two months around the change of clocks on 1 November, with holidays and weekends.
moments = st.integers(0, 60 * 24 * 60).map(lambda minutes: datetime(2026, 10, 5, tzinfo=UTC) + MINUTE * minutes)
spans = st.integers(0, 10 * 24 * 60).map(lambda minutes: MINUTE * minutes)


def eastern(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)  # type: ignore[misc,arg-type]


def left(course: Course, moment: datetime, due: datetime) -> timedelta:
    """The time of this clock until it is due; negative when it is overdue."""
    if course.calendar is None:
        return due - moment
    between = course.calendar.between
    return between(moment, due) if due >= moment else -between(due, moment)


# --- due --------------------------------------------------------------------------------------------------


def test_wall_clock_time_runs_through_nights_and_holidays() -> None:
    assert WALL.due(eastern(2026, 11, 25, 22)) == eastern(2026, 11, 26, 2)


def test_business_time_waits_for_the_calendar_to_open() -> None:
    assert BUSINESS.due(NOON) == eastern(2026, 11, 27, 9)  # seven hours on Wednesday, one on Friday


def test_as_soon_as_possible_is_no_time() -> None:
    assert ASAP.due(NOON) is None
    assert ASAP.marks(None, NOON) == ()


def test_four_hours_are_four_hours_when_clocks_go_back() -> None:
    begun = eastern(2026, 11, 1, 0)
    assert WALL.due(begun) == begun + 4 * HOUR == eastern(2026, 11, 1, 3)


# --- marks ------------------------------------------------------------------------------------------------


def test_the_marks_are_the_warnings_the_due_time_and_the_levels_beyond() -> None:
    marks = WALL.marks(NOON + 4 * HOUR, NOON)
    assert [(mark.at - NOON, mark.what) for mark in marks] == [
        (3 * HOUR, WARN),
        (3 * HOUR + 36 * MINUTE, WARN),
        (4 * HOUR, DUE),
        (28 * HOUR, ESCALATE),
    ]
    assert ([mark.part for mark in marks[:2]], marks[3].after) == ([0.75, 0.9], 24 * HOUR)


def test_the_parts_of_a_business_promise_are_business_time() -> None:
    marks = BUSINESS.marks(BUSINESS.due(NOON), NOON)
    assert marks[0].at == eastern(2026, 11, 25, 18)  # six of eight hours
    assert marks[1].at == eastern(2026, 11, 27, 8, 12)  # seven on Wednesday, twelve minutes on Friday
    assert marks[3].at == eastern(2026, 11, 28, 9)  # how long it is overdue is wall-clock time


@settings(deadline=None)
@given(courses, moments)
def test_a_warning_comes_when_its_part_of_the_target_is_spent(course: Course, begun: datetime) -> None:
    due = course.due(begun)
    for mark in course.marks(due, begun):
        if mark.what == WARN and course.target:
            assert mark.at == Course(course.target * mark.part, course.calendar).due(begun)


def test_without_a_target_the_parts_are_of_the_time_that_there_is() -> None:
    marks = Course(None, None, WARNS).marks(NOON + 24 * HOUR, NOON)
    assert [mark.at - NOON for mark in marks] == [18 * HOUR, 21 * HOUR + 36 * MINUTE, 24 * HOUR]


@settings(deadline=None)
@given(courses, moments)
def test_marks_are_in_order(course: Course, begun: datetime) -> None:
    times = [mark.at for mark in course.marks(course.due(begun), begun)]
    assert times == sorted(times)
    assert begun < times[0]


@pytest.mark.parametrize(
    ("now", "step", "then"),
    [
        (NOON, 0, NOON + 3 * HOUR),
        (NOON + 3 * HOUR - SECOND, 0, NOON + 3 * HOUR),
        (NOON + 3 * HOUR, 1, NOON + 3 * HOUR + 36 * MINUTE),
        (NOON + 4 * HOUR, 3, NOON + 28 * HOUR),
        (NOON + 90 * HOUR, 4, None),
    ],
)
def test_a_mark_has_passed_at_its_very_moment(now: datetime, step: int, then: datetime | None) -> None:
    marks = WALL.marks(NOON + 4 * HOUR, NOON)
    assert passed(marks, now) == step
    assert at_step(marks, step) == then


# --- pause ------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(courses, moments, spans, spans)
def test_what_was_left_is_left_again(course: Course, begun: datetime, until: timedelta, rest: timedelta) -> None:
    due = course.due(begun)
    assert due is not None
    paused_at, at = begun + until, begun + until + rest
    resumed = course.resumed(due, paused_at, at)
    assert left(course, at, resumed) == left(course, paused_at, due)
    assert (resumed > at) == (due > paused_at)  # neither saves a promise nor breaks it


def test_an_overdue_clock_resumes_as_overdue_by_as_much() -> None:
    assert WALL.resumed(NOON, NOON + HOUR, NOON + 50 * HOUR) == NOON + 49 * HOUR
    # An hour over on Wednesday, resumed in the night to Friday: due when an hour of Wednesday was left.
    assert BUSINESS.resumed(NOON, NOON + HOUR, eastern(2026, 11, 27, 3)) == eastern(2026, 11, 25, 18)


def test_a_pause_of_no_time_changes_nothing() -> None:
    for course in (WALL, BUSINESS):
        due = course.due(NOON)
        assert due is not None
        assert course.resumed(due, NOON + HOUR, NOON + HOUR) == due


@settings(deadline=None)
@given(courses, moments, spans, spans)
def test_the_start_moves_by_what_was_paused(course: Course, begun: datetime, until: timedelta, rest: timedelta) -> None:
    paused_at, at = begun + until, begun + until + rest
    moved = course.moved(begun, paused_at, at)
    assert left(course, moved, at) == left(course, begun, paused_at)


# --- priorities -------------------------------------------------------------------------------------------


def test_a_raise_is_due_at_the_raise_plus_the_new_target() -> None:
    assert Course(HOUR).raised(NOON + 8 * HOUR, NOON + 2 * HOUR) == NOON + 3 * HOUR


def test_a_raise_never_grants_more_time() -> None:
    assert Course(HOUR).raised(NOON + 8 * HOUR, NOON + 7.5 * HOUR) == NOON + 8 * HOUR


def test_a_raise_to_as_soon_as_possible_keeps_what_was_promised() -> None:
    assert ASAP.raised(NOON + HOUR, NOON) == NOON + HOUR


def test_a_lowering_is_due_at_the_start_plus_the_new_target() -> None:
    assert WALL.lowered(NOON + HOUR, NOON, NOON + 30 * MINUTE) == NOON + 4 * HOUR
    assert BUSINESS.lowered(NOON + HOUR, NOON, NOON + 30 * MINUTE) == eastern(2026, 11, 27, 9)


def test_what_had_no_due_time_starts_when_the_priority_changes() -> None:
    assert BUSINESS.lowered(None, NOON, NOON + HOUR) == eastern(2026, 11, 27, 10)
    assert BUSINESS.raised(None, NOON + HOUR) == eastern(2026, 11, 27, 10)


@settings(deadline=None)
@given(courses, moments, st.none() | spans, spans)
def test_no_raise_is_due_later_than_before(
    course: Course, begun: datetime, promised: timedelta | None, until: timedelta
) -> None:
    due = None if promised is None else begun + promised
    raised = course.raised(due, begun + until)
    assert raised is not None
    assert due is None or raised <= due


# --- what comes round, and what comes first ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("late", "count"),
    [(-SECOND, 0), (timedelta(0), 1), (HOUR - SECOND, 1), (HOUR, 2), (30 * HOUR, 31)],
)
def test_updates_are_missed_again_after_each_interval(late: timedelta, count: int) -> None:
    assert missed(NOON, HOUR, NOON + late) == count


def test_the_next_due_time_is_that_of_a_promise() -> None:
    clocks = [("update", NOON), ("close", NOON), ("resolution", None), ("rfo", NOON + 2 * HOUR)]
    assert next_due(clocks) == NOON + 2 * HOUR
    assert next_due([*clocks, ("response", NOON + HOUR)]) == NOON + HOUR
    assert next_due([]) is None
