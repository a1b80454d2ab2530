"""The value types that settings are made of. Each error says what is wrong and how the value is written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import time, timedelta
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    model_validator,
)

from mail_daemon.domain.telephone import e164
from responders.addresses import BadAddress, wire

_DURATION = re.compile(r"(?:([0-9]{1,6})d)?(?:([0-9]{1,8})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9})s)?")
_SIZE = re.compile(r"([0-9]{1,15})\s*(B|kB|MB|GB)?")
_UNITS = {None: 1, "B": 1, "kB": 1000, "MB": 1000**2, "GB": 1000**3}
_LONGEST = timedelta(days=36500)


class Section(BaseModel):
    """A frozen part of the settings; an unknown key is an error, since it is a typing mistake.

    `{"example": ...}` in a field's json_schema_extra is what error messages show to write.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _without_empty_keys(cls, values: Any) -> Any:
        """A key with nothing behind it (all below it commented out) counts as left out."""
        if not isinstance(values, dict):
            return values
        return {key: value for key, value in values.items() if value is not None or cls._may_be_none(key)}

    @classmethod
    def _may_be_none(cls, key: Any) -> bool:
        field = cls.model_fields.get(key)
        return field is not None and NoneType in get_args(field.annotation)


Mistake = tuple[tuple[str | int, ...], str]


class Mistakes(ValueError):
    """Several mistakes of one section, each with its key's path below it: (("rules", 3), "...")."""

    def __init__(self, found: Sequence[Mistake]) -> None:
        super().__init__("; ".join(text for _, text in found))
        self.found = tuple(found)


def parse_duration(value: Any) -> timedelta:
    """Reads 90s, 30m, 1h30m, 5d; a bare number is seconds. Raises ValueError that shows the form."""
    if isinstance(value, timedelta):
        return value
    found = _DURATION.fullmatch(str(value).strip())
    if found and any(found.groups()):
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
        span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    else:
        span = timedelta(seconds=_seconds(value))
    if span > _LONGEST:
        raise ValueError(f"{value!r} is too long; write at most 36500d")
    return span


def _seconds(value: Any) -> float:
    wrong = f"{value!r} is no duration; write it like 90s, 30m, 1h30m or 5d"
    if isinstance(value, bool):
        raise ValueError(wrong)
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        raise ValueError(wrong) from None
    if not 0 <= seconds <= 1e10:  # NaN too fails this
        raise ValueError(wrong)
    return seconds


def _positive(span: timedelta) -> timedelta:
    if not span:
        raise ValueError("nothing fits into no time; write more than 0s, like 90s, 30m, 1h30m or 5d")
    return span


def parse_wall_time(value: Any) -> Any:
    """Only 19:00 is a time of day: a bare 19 would be taken for seconds. Raises ValueError that shows the form."""
    if not isinstance(value, time) and ":" not in str(value):
        raise ValueError(f"{value!r} is no time of day; write it like 19:00")
    return value


def parse_size(value: Any) -> int:
    """Reads 50MB, 256kB or a bare number of bytes. Raises ValueError that shows the form."""
    found = None if isinstance(value, bool) else _SIZE.fullmatch(str(value).strip())
    if not found:
        raise ValueError(f"{value!r} is no size; write it like 256kB or 50MB")
    return int(found[1]) * _UNITS[found[2]]


def parse_zone(value: Any) -> ZoneInfo:
    """Reads an IANA name such as America/New_York. Raises ValueError that shows the form."""
    if isinstance(value, ZoneInfo):
        return value
    try:
        return ZoneInfo(str(value))
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{value!r} is no time zone; write an IANA name like America/New_York") from error


def parse_address(value: Any) -> str:
    """Checks the outer form of a mail address and lowers it; ours and agents' are compared lowered."""
    text = str(value).strip().lower()
    local, at, domain = text.rpartition("@")
    if not (local and at and domain) or any(_foreign(c) or c in '<>,;"@' for c in local + domain):
        raise ValueError(f"{value!r} is no mail address; write it like support@desk.example")
    return text


def parse_reachable(value: Any) -> str:
    """An address that letters can go to or come from. Raises ValueError that shows the form."""
    text = parse_address(value)
    try:
        wire(text)
    except BadAddress:
        raise ValueError(f"no letter can go to {value!r}; write an address like support@desk.example") from None
    return text


def parse_domain(value: Any) -> str:
    """Checks the outer form of a mail domain and lowers it. Raises ValueError that shows the form."""
    text = str(value).strip().lower().rstrip(".")
    if not all(text.split(".")) or any(_foreign(c) or c in '<>,;"@*/:' for c in text):
        raise ValueError(f"{value!r} is no domain; write it like acme.example, without @ or *")
    return text


def parse_sender(value: Any) -> str:
    """An address or a whole domain."""
    return parse_address(value) if "@" in str(value) else parse_domain(value)


def parse_host(value: str) -> str:
    """A host name or IP address alone: no scheme, no port. Raises ValueError that shows the form."""
    text = value.strip().removeprefix("[").removesuffix("]")
    if not text or any(_foreign(c) or c in "/@[]" for c in text) or text.count(":") == 1:
        raise ValueError(f"{value!r} is no host; write its name alone, like mail.desk.example")
    return text


def parse_telephone(value: Any) -> str:
    """A number in international form, as E.164. Raises ValueError that shows the form."""
    number = e164(value) if isinstance(value, str) and value.strip().startswith("+") else None
    if number is None:
        raise ValueError(f'{value!r} is no telephone number; write it in quotes, like "+1 303 555 0142"')
    return number


def one_line(value: str) -> str:
    """Text that goes into headers or onto the wire. Its error repeats nothing: a URL may hold a password."""
    if not value.strip() or not all(c.isprintable() for c in value):
        raise ValueError("this is empty or holds a control character; write one line of text")
    return value.strip()


def _foreign(character: str) -> bool:
    """True for what no address, domain or host holds: white space and control characters."""
    return character.isspace() or not character.isprintable()


def _name_of_zone(zone: ZoneInfo) -> str:
    return zone.key


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
Span = Annotated[timedelta, BeforeValidator(parse_duration), AfterValidator(_positive)]
WallTime = Annotated[time, BeforeValidator(parse_wall_time)]
Size = Annotated[int, BeforeValidator(parse_size)]
Zone = Annotated[ZoneInfo, BeforeValidator(parse_zone), PlainSerializer(_name_of_zone)]
MailAddress = Annotated[str, BeforeValidator(parse_reachable)]
Domain = Annotated[str, BeforeValidator(parse_domain)]
Sender = Annotated[str, BeforeValidator(parse_sender)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Telephone = Annotated[str, BeforeValidator(parse_telephone)]
Host = Annotated[str, AfterValidator(parse_host)]
Line = Annotated[str, AfterValidator(one_line)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$", json_schema_extra={"example": "en"})]
Port = Annotated[int, Field(ge=1, le=65535)]
FilePath = Annotated[Path, AfterValidator(lambda path: Path(one_line(str(path))))]
