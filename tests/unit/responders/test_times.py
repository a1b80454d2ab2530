from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from responders.times import spoken, spoken_duration

MOMENT = datetime(2026, 11, 25, 19, 32, 59, tzinfo=UTC)


@pytest.mark.parametrize(("zone", "language", "said"), [
    ("America/New_York", "en", "Wednesday 25 November 2026, 14:32 EST"),
    ("America/New_York", "xx", "Wednesday 25 November 2026, 14:32 EST"),
    ("Europe/Berlin", "de", "Mittwoch, 25. November 2026, 20:32 CET"),
    ("Europe/Madrid", "es-MX", "miércoles 25 de noviembre de 2026, 20:32 CET"),
    ("America/Sao_Paulo", "en", "Wednesday 25 November 2026, 16:32 UTC-03:00"),
    ("Asia/Kathmandu", "en", "Thursday 26 November 2026, 01:17 UTC+05:45"),
    ("UTC", "en", "Wednesday 25 November 2026, 19:32 UTC"),
])  # fmt: skip
def test_a_moment_is_spoken_in_the_readers_zone(zone: str, language: str, said: str) -> None:
    assert spoken(MOMENT, ZoneInfo(zone), language) == said


def test_summer_time_has_its_own_name() -> None:
    assert spoken(datetime(2026, 7, 1, 16, tzinfo=UTC), ZoneInfo("America/New_York")).endswith("12:00 EDT")


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        spoken(datetime(2026, 1, 1), ZoneInfo("UTC"))  # noqa: DTZ001


@pytest.mark.parametrize(("minutes", "said"), [
    (60, "1 hour"), (90, "90 minutes"), (1, "1 minute"), (0, "0 minutes"),
    (0.5, "1 minute"), (480, "8 hours"),
    (150, "2 hours and 30 minutes"), (48 * 60, "48 hours"), (96 * 60, "4 days"), (97 * 60, "97 hours"),
])  # fmt: skip
def test_a_duration_is_spoken_as_people_say_it(minutes: float, said: str) -> None:
    assert spoken_duration(timedelta(minutes=minutes)) == said


def test_business_hours_stay_hours() -> None:
    assert spoken_duration(timedelta(hours=96), business=True) == "96 business hours"
    assert spoken_duration(timedelta(hours=1), "de", business=True) == "1 Geschäftsstunde"
