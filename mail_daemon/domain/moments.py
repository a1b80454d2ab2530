"""Moments as agents write them: `friday`, `3d`, `tomorrow 9:00`, `2026-12-01 14:00`, in the agent's time zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from zoneinfo import ZoneInfo

DAY_BEGINS = time(9)  # of a day without a time
FURTHEST = timedelta(days=366)  # beyond it, a year was mistyped

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAYS = (*_WEEKDAYS, "today", "tomorrow")
_FILLERS = frozenset({"until", "till", "at", "on", "in"})
_SPAN = re.compile(r"([0-9]{1,3}) ?(m|min|minutes?|h|hours?|d|days?|w|weeks?)")
_TIME = re.compile(r"(?:^|[ t])([0-9]{1,2})(?::([0-9]{2}))?(?::00)? ?(am|pm)?$")
_DATE = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")
_FORMS = "write it like friday, tomorrow 9:00, 3d, 2026-12-01 or 2026-12-01 14:00"


def moment(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """UTC, after `now` and within a year. Raises ValueError that shows the forms.

    A weekday is the next one, never today; a time alone is the next such time.
    """
    words = [word for word in text.lower().replace(",", " ").split() if word not in _FILLERS]
    found = _found(" ".join(words), now.astimezone(zone)).astimezone(UTC)
    if found <= now:
        raise ValueError(f"{text!r} has passed; {_FORMS}")
    if found - now > FURTHEST:
        raise ValueError(f"{text!r} is more than a year ahead; {_FORMS}")
    return found


def _found(text: str, now: datetime) -> datetime:
    if span := _SPAN.fullmatch(text):
        return _later(now, int(span[1]), span[2][0])
    clock = _TIME.search(text)
    if clock is None or not (clock[2] or clock[3]):
        return datetime.combine(_day(text, now.date()), DAY_BEGINS, now.tzinfo)
    at = _time(int(clock[1]), int(clock[2] or 0), clock[3])
    if day := text[: clock.start()]:
        return datetime.combine(_day(day, now.date()), at, now.tzinfo)
    today = datetime.combine(now.date(), at, now.tzinfo)
    return today if today > now else datetime.combine(now.date() + timedelta(days=1), at, now.tzinfo)


def _later(now: datetime, number: int, unit: str) -> datetime:
    """Days and weeks keep the time on the wall, hours and minutes pass."""
    if unit in "dw":
        return now + timedelta(days=number * (7 if unit == "w" else 1))
    passes = timedelta(hours=number) if unit == "h" else timedelta(minutes=number)
    return now.astimezone(UTC) + passes


def _time(hour: int, minute: int, half: str | None) -> time:
    if half and not 1 <= hour <= 12:
        raise ValueError(f"there is no {hour} {half}; {_FORMS}")
    hour = hour % 12 + 12 * (half == "pm") if half else hour
    if hour > 23 or minute > 59:
        raise ValueError(f"there is no {hour}:{minute:02}; {_FORMS}")
    return time(hour, minute)


def _day(text: str, today: date) -> date:
    if _DATE.fullmatch(text):
        return _date(text)
    named = [name for name in _DAYS if len(text) >= 3 and name.startswith(text)]
    if not named:
        near = get_close_matches(text[:40], _DAYS, 1)
        raise ValueError(f"{text!r} is no day; " + (f"did you mean {near[0]}?" if near else _FORMS))
    if named[0] not in _WEEKDAYS:
        return today + timedelta(days=_DAYS.index(named[0]) - _DAYS.index("today"))
    ahead = (_WEEKDAYS.index(named[0]) - today.weekday() - 1) % 7 + 1
    return today + timedelta(days=ahead)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"there is no {text}; {_FORMS}") from None
