"""What goes into a column comes back equal, and its order in the database is its order in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from mail_daemon.store.columns import Instant, MailText

SQLITE: Any = sqlite.dialect()
POSTGRES: Any = postgresql.dialect()  # type: ignore[no-untyped-call]
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=ZONES)  # noqa: DTZ001


def stored(moment: datetime) -> Any:
    return Instant().process_bind_param(moment, SQLITE)


@given(MOMENTS)
def test_a_moment_comes_back_equal_and_in_utc(moment: datetime) -> None:
    back = Instant().process_result_value(stored(moment), SQLITE)
    assert back == moment
    assert back.tzinfo is UTC


@given(MOMENTS, MOMENTS)
def test_stored_moments_sort_as_time_goes(one: datetime, other: datetime) -> None:
    assert (stored(one) < stored(other)) == (one < other)


@pytest.mark.parametrize("dialect", [SQLITE, POSTGRES])
def test_a_moment_without_zone_is_refused(dialect: Any) -> None:
    with pytest.raises(ValueError, match="naive"):
        Instant().process_bind_param(datetime(2026, 11, 25), dialect)  # noqa: DTZ001


@given(st.text(st.characters()) | st.text(st.sampled_from("a\0\ud800\udfffé")))
def test_any_text_becomes_one_that_a_database_holds(value: str) -> None:
    kept = MailText().process_bind_param(value, SQLITE)
    assert kept is not None
    assert "\0" not in kept
    kept.encode()
    if "\0" not in value and not any(0xD800 <= ord(c) <= 0xDFFF for c in value):
        assert kept == value
