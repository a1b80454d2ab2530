"""The rota: who is on call at a moment, over midnight, weeks and changes of the clocks; and how pages repeat."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail_daemon.domain.calendar import DAYS
from mail_daemon.domain.on_call import Override, Rhythm, Rota, Shift

NEW_YORK = ZoneInfo("America/New_York")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WORKDAYS = DAYS[:5]

OFFICE = Shift(WORKDAYS, time(8), time(19), ("ann", "bob"))
NIGHT = Shift(WORKDAYS, time(19), time(8), ("bob", "cat"))
WEEKEND = Shift(("sat", "sun"), time(8), time(8), ("cat",))
ROTA = Rota(NEW_YORK, (OFFICE, NIGHT, WEEKEND))


def at(*parts: int) -> datetime:
    """A wall-clock time in New York."""
    return datetime(*parts, tzinfo=NEW_YORK)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("moment", "people"),
    [
        (at(2026, 11, 25, 8), ("ann", "bob")),  # Wednesday
        (at(2026, 11, 25, 18, 59), ("ann", "bob")),
        (at(2026, 11, 25, 19), ("bob", "cat")),
        (at(2026, 11, 26, 7, 59), ("bob", "cat")),
        (at(2026, 11, 28, 7, 59), ("bob", "cat")),  # Friday's night shift ends on Saturday
        (at(2026, 11, 28, 8), ("cat",)),
        (at(2026, 11, 30, 7, 59), ("cat",)),  # Sunday's ends on Monday
        (at(2026, 11, 30, 8), ("ann", "bob")),
    ],
)
def test_a_shift_ends_as_the_next_begins_over_midnight_and_the_week(moment: datetime, people: tuple[str, ...]) -> None:
    assert ROTA.on_call(moment.astimezone(UTC)) == people


@pytest.mark.parametrize("day", [date(2026, 3, 8), date(2026, 11, 1)])  # the clocks go forward, and back
def test_a_change_of_the_clocks_leaves_nobody_out_and_moves_no_shift(day: date) -> None:
    early = Shift(DAYS, time(0), time(2, 30), ("ann",))
    late = Shift(DAYS, time(2, 30), time(0), ("bob",))
    rota = Rota(NEW_YORK, (early, late))
    moment = datetime.combine(day, time(), NEW_YORK).astimezone(UTC)
    while (wall := moment.astimezone(NEW_YORK)).date() == day:
        assert rota.on_call(moment) == (("ann",) if wall.time() < time(2, 30) else ("bob",))
        moment += 10 * MINUTE


def test_an_override_comes_first_and_may_call_nobody() -> None:
    feast = Override(datetime(2026, 12, 24, 12), datetime(2026, 12, 26), ("dee",))  # noqa: DTZ001  wall-clock time
    closed = Override(datetime(2026, 12, 26), datetime(2026, 12, 27), ())  # noqa: DTZ001
    rota = Rota(NEW_YORK, (OFFICE, NIGHT, WEEKEND), (feast, closed))
    assert rota.on_call(at(2026, 12, 24, 11, 59)) == ("ann", "bob")
    assert rota.on_call(at(2026, 12, 24, 12)) == ("dee",)
    assert rota.on_call(at(2026, 12, 25, 23, 59)) == ("dee",)
    assert rota.on_call(at(2026, 12, 26, 9)) == ()
    assert rota.on_call(at(2026, 12, 27, 9)) == ("cat",)


def test_a_whole_week_has_no_gap_and_no_overlap() -> None:
    assert ROTA.gaps() == []
    assert list(ROTA.overlaps()) == []


def test_gaps_are_told_as_hours_of_the_week() -> None:
    assert Rota(NEW_YORK, (OFFICE, NIGHT)).gaps() == [(5 * DAY + 8 * HOUR, 7 * DAY), (timedelta(0), 8 * HOUR)][::-1]
    assert Rota(NEW_YORK).gaps() == [(timedelta(0), 7 * DAY)]


def test_a_shift_over_the_weeks_end_overlaps_what_it_runs_into() -> None:
    monday = Shift(("mon",), time(7), time(9), ("ann",))
    assert list(Rota(NEW_YORK, (WEEKEND, monday)).overlaps()) == [(0, 1)]


TIMES = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))
SHIFTS = st.builds(
    Shift,
    st.sets(st.sampled_from(DAYS), min_size=1).map(tuple),
    TIMES,
    TIMES,
    st.sampled_from([("ann",), ("bob",), ("cat", "ann")]),
)


def covers(shift: Shift, wall: datetime) -> bool:
    """Minute by minute, as a person reads the rota."""
    today, yesterday = DAYS[wall.weekday()], DAYS[(wall.weekday() - 1) % 7]
    clock = wall.time()
    if shift.begins < shift.ends:
        return today in shift.days and shift.begins <= clock < shift.ends
    return (today in shift.days and clock >= shift.begins) or (yesterday in shift.days and clock < shift.ends)


@given(st.lists(SHIFTS, max_size=4), st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)))  # noqa: DTZ001
def test_it_reads_the_wall_clock_as_a_person_does(shifts: list[Shift], utc: datetime) -> None:
    moment = utc.replace(tzinfo=UTC)
    wall = moment.astimezone(NEW_YORK)
    expected = [shift.people for shift in shifts if covers(shift, wall)]
    assert Rota(NEW_YORK, shifts).on_call(moment) == (expected[0] if expected else ())


@given(st.lists(SHIFTS, max_size=4))
def test_gaps_and_overlaps_are_those_that_a_walk_through_the_week_finds(shifts: list[Shift]) -> None:
    monday = datetime(2026, 11, 23)  # noqa: DTZ001  wall-clock time
    walk = [(30 * MINUTE * step, monday + 30 * MINUTE * step) for step in range(7 * 48)]
    rota = Rota(NEW_YORK, shifts)
    empty = {into for into, wall in walk if not any(covers(shift, wall) for shift in shifts)}
    assert {into for into, _ in walk if any(begins <= into < ends for begins, ends in rota.gaps())} == empty
    shared = {
        (first, second)
        for second in range(len(shifts))
        for first in range(second)
        if any(covers(shifts[first], wall) and covers(shifts[second], wall) for _, wall in walk)
    }
    assert set(rota.overlaps()) == shared


# --- how pages repeat -------------------------------------------------------------------------------------

RHYTHM = Rhythm(15 * MINUTE, 3 * HOUR, per_level=2)


def test_pages_repeat_and_later_go_out_once_an_hour() -> None:
    assert [RHYTHM.after(number) / MINUTE for number in (0, 1, 2, 11, 12, 13, 14)] == [0, 15, 30, 165, 180, 240, 300]


def test_each_level_has_its_pages() -> None:
    assert [RHYTHM.level(number) for number in range(6)] == [0, 0, 1, 1, 2, 2]
    assert RHYTHM.first_of_level(2) == 4


@given(
    st.integers(1, 400),
    st.integers(1, 2000),
    st.integers(0, 60),
)
def test_as_many_have_passed_as_have_come_due(every: int, hourly_after: int, number: int) -> None:
    rhythm = Rhythm(every * MINUTE, hourly_after * MINUTE, 2)
    assert rhythm.passed(rhythm.after(number)) == number + 1
    assert rhythm.passed(rhythm.after(number) - timedelta(seconds=1)) == number
