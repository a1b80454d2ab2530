"""The sections of policy.yaml, agents.yaml and accounts.yaml."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from mail_daemon.domain.ticket import CATEGORIES
from mail_daemon.settings.types import Domain, Duration, Language, Line, MailAddress, Section, Span, Zone

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Level = Annotated[int, Field(ge=1, le=4, strict=True)]


def _country(value: str) -> str:
    import holidays  # late: its import costs 50 ms, and without holidays it is never needed

    if value not in holidays.list_supported_countries():
        raise ValueError(f"{value!r} is no country with known holidays; write a code like US, or null for none")
    return value


def _category(value: str) -> str:
    if value not in CATEGORIES:
        raise ValueError(f"{value!r} is no category; write one of {', '.join(CATEGORIES)}")
    return value


class LevelPolicy(Section):
    """One priority of policy section 5. `resolution` is business time; None is "as soon as possible"."""

    name: Annotated[Line, Field(json_schema_extra={"example": "Partial service outage"})]
    response: Annotated[Span, Field(json_schema_extra={"example": "2h"})]
    resolution: Span | None = None
    update_every: Span | None = None


class Hours(Section):
    """A weekly span of wall-clock time; `closes` before `opens` runs over midnight."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    opens: time
    closes: time


class BusinessCalendar(Section):
    """Policy section 5: what "business hours" means."""

    timezone: Zone
    hours: Annotated[tuple[Hours, ...], Field(min_length=1)]
    holidays: Annotated[str, AfterValidator(_country)] | None = "US"  # a country of the holidays library, or null
    extra_holidays: tuple[date, ...] = ()


class AfterHours(Section):
    """Policy section 2: lesser capacity, and how to reach somebody then."""

    timezone: Zone
    begins: time
    ends: time
    telephone: Line
    press: Line


class Contact(Section):
    """One rung of the escalation path, policy section 7."""

    name: Line
    title: Line
    address: MailAddress
    telephone: Line
    after: Duration = timedelta(0)


class Billing(Section):
    """Policy sections 3, 4 and 13. Money is decimal."""

    hourly_rate: Annotated[Decimal, Field(ge=0, decimal_places=2)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", json_schema_extra={"example": "USD"})] = "USD"


class Policy(Section):
    """The whole of policy.yaml."""

    levels: dict[Level, LevelPolicy]
    calendar: BusinessCalendar
    after_hours: AfterHours
    escalation: tuple[Contact, ...]
    billing: Billing
    install_notice_days: Annotated[int, Field(ge=0)] = 3  # business days, policy section 3


class Agent(Section):
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", json_schema_extra={"example": "ann"})]
    address: Annotated[MailAddress, Field(json_schema_extra={"example": "ann@desk.example"})]
    categories: tuple[Annotated[str, AfterValidator(_category)], ...] = ()  # empty: all of them
    admin: bool = False


class Account(Section):
    name: Annotated[Line, Field(json_schema_extra={"example": "Acme"})]
    domains: tuple[Domain, ...] = ()
    contacts: tuple[MailAddress, ...] = ()
    timezone: Zone | None = None
    language: Language | None = None
    days_past_due: Annotated[int, Field(ge=0)] = 0
    disputed: bool = False


class Agents(Section):
    """The whole of agents.yaml."""

    agents: tuple[Agent, ...] = ()


class Accounts(Section):
    """The whole of accounts.yaml."""

    accounts: tuple[Account, ...] = ()
