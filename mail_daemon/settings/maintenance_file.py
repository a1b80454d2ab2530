"""The file of `maintenance announce`: what is planned, checked to the last key, each mistake with its line."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from mail_daemon.domain.maintenance import ANY_LANGUAGE, Announcement, Impact, paragraphs
from mail_daemon.settings import yaml_lines
from mail_daemon.settings.document import ConfigError, Document, Problem, in_order
from mail_daemon.settings.main_file import typed
from mail_daemon.settings.types import Line, Mistakes, Section, Zone

EVERYBODY = "all"
_ID = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
_LONGEST_SERVICE = 120  # characters; it stands in the subject
_LONGEST_TEXT = 10_000
_LIKE = "2026-12-05 01:00"


@dataclass(frozen=True, slots=True)
class MaintenanceFile:
    said: Announcement
    window: str  # file:line, for what is wrong with it at the time of announcing


def read(path: Path, known: Collection[str]) -> MaintenanceFile:
    """`known` are the names of all accounts. Raises ConfigError with all problems at once."""
    if not path.exists():
        example = "maintenance.example.yaml in the config folder that `mail-daemon init` writes shows one"
        raise ConfigError([f"{path}: there is no such file; {example}"])
    document = yaml_lines.read(path)
    section, mistakes = typed(_Maintenance, document)
    problems = [*document.problems, *mistakes]
    if section:
        problems += _strangers(section.accounts, known, document)
    if problems or section is None:
        raise ConfigError(in_order(problems, [document.source]))
    return MaintenanceFile(section.announcement, str(document.place(("window", "starts"))))


def plain(text: str) -> str:
    """Paragraphs parted by blank lines, as a letter can show them. Raises ValueError."""
    found = "\n\n".join(paragraphs(text))
    if not found:
        raise ValueError("this is empty; write what is done and what customers will notice")
    if not all(c.isprintable() or c == "\n" for c in found):
        raise ValueError("this holds a control character; write plain text")
    if len(found) > _LONGEST_TEXT:
        raise ValueError(f"this has {len(found)} characters; write at most {_LONGEST_TEXT}")
    return found


def _strangers(names: tuple[str, ...], known: Collection[str], document: Document) -> Iterator[Problem]:
    for position, name in enumerate(names):
        if name not in known:
            near = get_close_matches(name, known, 1, 0.6)
            say = near[0] if near else "one that `mail-daemon accounts list` shows"
            text = f"accounts.{position}: there is no account {name!r}; write {say}"
            yield Problem(document.place(("accounts", position)), text)


def _moment(value: Any) -> datetime:
    text = str(value).strip()
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or ":" not in text:
        raise ValueError(f"{text!r} is no time; write it like {_LIKE}")
    return found


def _short(value: str) -> str:
    if len(value) > _LONGEST_SERVICE:
        raise ValueError(
            f"this has {len(value)} characters and stands in the subject; write at most {_LONGEST_SERVICE}"
        )
    return value


def _names(value: Any) -> Any:
    if value == EVERYBODY:
        return ()
    if not isinstance(value, list) or not value or not all(isinstance(name, str) for name in value):
        raise ValueError(f"these are no accounts; write their names like [Acme, Borealis], or {EVERYBODY}")
    return tuple(dict.fromkeys(value))


def _texts(value: Any) -> dict[str, str]:
    if isinstance(value, str):
        return {ANY_LANGUAGE: plain(value)}
    fits = isinstance(value, dict) and value and all(_language(key) for key in value)
    if not fits or not all(isinstance(text, str) for text in value.values()):
        raise ValueError("this is no text; write it after text: | or by language, like en: | and de: |")
    found: dict[str, str] = {}
    wrong = []
    for language, text in value.items():
        try:
            found[language] = plain(text)
        except ValueError as error:
            wrong.append(((language,), str(error)))
    if wrong:
        raise Mistakes(wrong)
    return found


def _language(key: Any) -> bool:
    return isinstance(key, str) and key.isascii() and key.islower() and key.isalpha() and 2 <= len(key) <= 3


class _Window(Section):
    starts: Annotated[datetime, BeforeValidator(_moment), Field(json_schema_extra={"example": _LIKE})]
    ends: Annotated[datetime, BeforeValidator(_moment), Field(json_schema_extra={"example": "2026-12-05 05:00"})]
    timezone: Zone | None = None

    @model_validator(mode="after")
    def _is_a_window(self) -> _Window:
        wrong = [((key,), text) for key in ("starts", "ends") if (text := self._doubt(getattr(self, key)))]
        if not wrong and self.utc(self.ends) <= self.utc(self.starts):
            wrong = [(("ends",), "this ends before it starts; write a later time")]
        if wrong:
            raise Mistakes(wrong)
        return self

    def utc(self, moment: datetime) -> datetime:
        return self._local(moment).astimezone(UTC)

    def _local(self, moment: datetime) -> datetime:
        return moment if moment.tzinfo else moment.replace(tzinfo=self.timezone)

    def _doubt(self, moment: datetime) -> str:
        """Why a time says no moment: it lacks its zone, or the clocks are changed around it."""
        if moment.tzinfo is not None:
            return ""
        if self.timezone is None:
            return "this time has no zone; write timezone: America/New_York (or another IANA name) below it"
        here, later = self._local(moment), self._local(moment).replace(fold=1)
        if here.utcoffset() == later.utcoffset():
            return ""
        zone = self.timezone.key
        if here.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != moment:
            return f"the clocks of {zone} skip this time that day; write an earlier or later one"
        either = f"{here.isoformat()} or {later.isoformat()}"
        return f"the clocks of {zone} show this time twice that day; write which: {either}"


class _Maintenance(Section):
    id: Annotated[str, Field(pattern=_ID, json_schema_extra={"example": "sbc-2026-12"})]
    service: Annotated[
        Line, AfterValidator(_short), Field(json_schema_extra={"example": "Outbound calls of the US East cluster"})
    ]
    impact: Annotated[Impact, Field(json_schema_extra={"example": "OUTAGE"})]
    window: _Window
    accounts: Annotated[
        tuple[str, ...], BeforeValidator(_names), Field(json_schema_extra={"example": "[Acme], or all"})
    ]
    text: Annotated[
        dict[str, str], BeforeValidator(_texts), Field(json_schema_extra={"example": "|, and the paragraphs below it"})
    ]
    upgrade: bool = False

    @property
    def announcement(self) -> Announcement:
        return Announcement(
            key=self.id,
            service=self.service,
            impact=self.impact,
            starts=self.window.utc(self.window.starts),
            ends=self.window.utc(self.window.ends),
            accounts=self.accounts,
            texts=self.text,
            upgrade=self.upgrade,
        )
