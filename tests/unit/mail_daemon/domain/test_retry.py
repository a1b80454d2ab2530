"""Pauses grow, are spread, have an end; and a letter is given up after its days (RFC 5321 section 4.5.4.1)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mail_daemon.domain.retry import next_attempt, pause

QUEUED = datetime(2026, 11, 25, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

jitters = st.floats(0, 1)


def paused(attempt: int, jitter: float = 0.5) -> timedelta:
    return pause(attempt, first=MINUTE, longest=4 * HOUR, jitter=jitter)


def then(attempt: int, now: datetime, jitter: float = 0.5) -> datetime | None:
    return next_attempt(
        attempt, queued=QUEUED, now=now, first=MINUTE, longest=4 * HOUR, give_up_after=5 * DAY, jitter=jitter
    )


def test_each_pause_doubles_the_one_before() -> None:
    assert [paused(attempt) / MINUTE for attempt in range(1, 8)] == [1, 2, 4, 8, 16, 32, 64]


def test_no_pause_is_longer_than_the_longest() -> None:
    assert paused(9) == paused(10) == paused(1_000_000) == 4 * HOUR


@given(st.integers(1, 10**9), jitters)
def test_jitter_spreads_a_pause_by_a_quarter(attempt: int, jitter: float) -> None:
    middle = paused(attempt)
    assert 0.75 * middle <= paused(attempt, jitter) <= 1.25 * middle


@given(jitters)
def test_a_letter_is_tried_for_nearly_five_days_and_then_given_up(jitter: float) -> None:
    now, attempts = QUEUED, 1
    while later := then(attempts, now, jitter):
        assert later > now
        now, attempts = later, attempts + 1
    assert 5 * DAY - 5 * HOUR < now - QUEUED <= 5 * DAY
    assert 25 < attempts < 60


def test_a_letter_whose_days_are_over_is_given_up_at_once() -> None:
    assert then(1, QUEUED + 5 * DAY) is None
    assert then(1, QUEUED + 5 * DAY - MINUTE) == QUEUED + 5 * DAY
