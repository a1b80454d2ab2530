"""The sections `on_call` and `voicemail` of policy.yaml (policy sections 2 and 4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator

from mail_daemon.domain.on_call import Override, Rhythm, Rota, Shift
from mail_daemon.settings.secrets import read_secret
from mail_daemon.settings.types import (
    FilePath,
    Line,
    MailAddress,
    Mistake,
    Mistakes,
    Section,
    Sender,
    Span,
    WallTime,
    Weekday,
    Zone,
)

_DAY = timedelta(days=1)


def _channel(value: SecretStr) -> SecretStr:
    if not _is_url(value.get_secret_value()):
        raise ValueError("this is no channel; write one of apprise's URLs, like ntfys://ntfy.example/topic")
    return value


def _is_url(text: str) -> bool:
    scheme, separator, rest = text.partition("://")
    return bool(separator and rest) and scheme.isalnum() and scheme.isascii() and text.isprintable()


def _moment(value: Any) -> datetime:
    """A wall-clock time; a day alone is its beginning."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time())
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        raise ValueError(f"{str(value)!r} is no time; write it like 2026-12-24 18:00 or 2026-12-24, in the rota's zone")
    return found


def _end(value: Any) -> datetime:
    """As `_moment`, but a day alone is its end: whoever is on call until the 26th is so on the 26th, too."""
    found = _moment(value)
    whole_day = not isinstance(value, datetime) and len(str(value).strip()) <= len("2026-12-24")
    return found + _DAY if whole_day else found


class Colleague(Section):
    """Somebody who is called: by mail always, and by each channel."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", json_schema_extra={"example": "ann"})]
    address: Annotated[MailAddress, Field(json_schema_extra={"example": "ann@desk.example"})]
    channels: tuple[Annotated[SecretStr, AfterValidator(_channel)], ...] = ()
    channels_file: FilePath | None = None

    def urls(self) -> list[str]:
        """The URLs of all channels, which are secrets; a file's are read anew. Raises secrets.Unreadable."""
        inline = [channel.get_secret_value() for channel in self.channels]
        if self.channels_file is None:
            return inline
        lines = [line.strip() for line in read_secret(self.channels_file).splitlines()]
        return [*inline, *(line for line in lines if line and not line.startswith("#"))]


class ShiftSection(Section):
    days: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    begins: Annotated[WallTime, Field(alias="from")]
    ends: Annotated[WallTime, Field(alias="until")]
    people: Annotated[tuple[str, ...], Field(min_length=1)]


class OverrideSection(Section):
    begins: Annotated[datetime, BeforeValidator(_moment), Field(alias="from")]
    ends: Annotated[datetime, BeforeValidator(_end), Field(alias="until")]
    people: tuple[str, ...]

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> OverrideSection:
        if self.ends <= self.begins:
            raise ValueError("this ends before it begins; write a later until")
        return self


class OnCall(Section):
    """The rota, and how it is called."""

    timezone: Zone = ZoneInfo("America/New_York")
    people: tuple[Colleague, ...] = ()
    shifts: tuple[ShiftSection, ...] = ()
    overrides: tuple[OverrideSection, ...] = ()
    repeat_every: Span = timedelta(minutes=15)
    pages_per_level: Annotated[int, Field(ge=1)] = 2
    hourly_after: Span = timedelta(hours=3)
    missed_updates: Annotated[int, Field(ge=1)] = 2

    @model_validator(mode="after")
    def _fits_together(self) -> OnCall:
        wrong = [*self._twins(), *self._unknown("shifts"), *self._unknown("overrides"), *self._overlaps()]
        if wrong:
            raise Mistakes(wrong)
        return self

    @property
    def rota(self) -> Rota:
        return Rota(
            self.timezone,
            [Shift(each.days, each.begins, each.ends, each.people) for each in self.shifts],
            [Override(each.begins, each.ends, each.people) for each in self.overrides],
        )

    @property
    def rhythm(self) -> Rhythm:
        return Rhythm(self.repeat_every, self.hourly_after, self.pages_per_level)

    def at(self, moment: datetime) -> list[Colleague]:
        """Whom to call then, in order."""
        known = {person.name: person for person in self.people}
        return [known[name] for name in self.rota.on_call(moment)]

    def _twins(self) -> Iterator[Mistake]:
        names = [person.name for person in self.people]
        for place, name in enumerate(names):
            if name in names[:place]:
                yield ("people", place, "name"), f"{name!r} stands twice; write another name"

    def _unknown(self, key: str) -> Iterator[Mistake]:
        known = [person.name for person in self.people]
        for place, section in enumerate(getattr(self, key)):
            for position, name in enumerate(section.people):
                if name not in known:
                    say = f"write one of {', '.join(known)}, or add it to people" if known else "add it to people"
                    yield (key, place, "people", position), f"there is no {name!r} among the people on call; {say}"

    def _overlaps(self) -> Iterator[Mistake]:
        for key, pairs in (("shifts", self.rota.overlaps()), ("overrides", self.rota.overlapping_overrides())):
            for first, second in pairs:
                text = f"this overlaps {key}.{first}: at no time can two lists of people be on call; part their times"
                yield (key, second), text


class VoicemailSection(Section):
    """How a voicemail notice of the telephone system is told from other mails (policy section 2)."""

    senders: tuple[Sender, ...] = ()  # addresses or domains
    subjects: tuple[Line, ...] = ("voicemail", "voice mail", "voice message", "new message")
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$", json_schema_extra={"example": "US"})] = "US"
    level: Annotated[int, Field(ge=1, le=4, strict=True)] = 2  # at least as urgent as this

    def sends(self, address: str) -> bool:
        """Whether an address is the telephone system's."""
        return address in self.senders or address.rpartition("@")[2] in self.senders
