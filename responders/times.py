"""Moments and durations as people read them, in the languages of our templates, English for others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class _Words:
    days: tuple[str, ...]  # from Monday
    months: tuple[str, ...]
    date: str
    minute: tuple[str, str]  # one, many
    hour: tuple[str, str]
    day: tuple[str, str]
    business_hour: tuple[str, str]
    and_: str


_ENGLISH = _Words(
    days=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    date="{day} {number} {month} {year}, {time}",
    minute=("minute", "minutes"),
    hour=("hour", "hours"),
    day=("day", "days"),
    business_hour=("business hour", "business hours"),
    and_="and",
)
_GERMAN = _Words(
    days=("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    months=(
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ),
    date="{day}, {number}. {month} {year}, {time}",
    minute=("Minute", "Minuten"),
    hour=("Stunde", "Stunden"),
    day=("Tag", "Tage"),
    business_hour=("Geschäftsstunde", "Geschäftsstunden"),
    and_="und",
)
_SPANISH = _Words(
    days=("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    months=(
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ),
    date="{day} {number} de {month} de {year}, {time}",
    minute=("minuto", "minutos"),
    hour=("hora", "horas"),
    day=("día", "días"),
    business_hour=("hora laborable", "horas laborables"),
    and_="y",
)
_WORDS: Mapping[str, _Words] = MappingProxyType({"en": _ENGLISH, "de": _GERMAN, "es": _SPANISH})


@lru_cache(maxsize=1024)  # the mails of one batch are promised the same minutes
def spoken(moment: datetime, zone: ZoneInfo, language: str = "en") -> str:
    """Such as "Wednesday 25 November 2026, 14:32 EST". `moment` is aware; seconds are left out.

    A zone without letters of its own shows its offset: "UTC-03:00".
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone can't be spoken")
    local = moment.astimezone(zone)
    words = _words(language)
    return words.date.format(
        day=words.days[local.weekday()],
        number=local.day,
        month=words.months[local.month - 1],
        year=local.year,
        time=spoken_time(moment, zone),
    )


def spoken_time(moment: datetime, zone: ZoneInfo) -> str:
    """Such as "14:32 EST"."""
    local = moment.astimezone(zone)
    return f"{local:%H:%M} {_zone_name(local)}"


def spoken_duration(length: timedelta, language: str = "en", *, business: bool = False) -> str:
    """Such as "1 hour", "90 minutes", "4 hours", "3 days"; with `business`, "8 business hours".

    Seconds round up to a minute. Up to two hours odd minutes stay minutes; whole days count from 72 hours on.
    """
    words = _words(language)
    minutes = -(-length // timedelta(minutes=1))
    hours, rest = divmod(minutes, 60)
    hour = words.business_hour if business else words.hour
    if rest and hours < 2:
        return _count(minutes, words.minute)
    if rest:
        return f"{_count(hours, hour)} {words.and_} {_count(rest, words.minute)}"
    if not business and hours >= 72 and hours % 24 == 0:
        return _count(hours // 24, words.day)
    return _count(hours, hour) if hours else _count(minutes, words.minute)


def _words(language: str) -> _Words:
    return _WORDS.get(language.partition("-")[0].lower(), _ENGLISH)


def _count(number: int, word: tuple[str, str]) -> str:
    return f"{number} {word[number != 1]}"


def _zone_name(local: datetime) -> str:
    name = local.tzname() or ""
    return name if name.isalpha() else f"UTC{local:%z}"[:6] + ":" + f"{local:%z}"[3:5]
