"""The sections of policy.yaml, agents.yaml and accounts.yaml."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from mail_daemon.domain.standing import Standing, standing
from mail_daemon.domain.ticket import CATEGORIES
from mail_daemon.settings.billing import Billing, Install
from mail_daemon.settings.maintenance import MaintenanceRules
from mail_daemon.settings.on_call import OnCall, VoicemailSection
from mail_daemon.settings.types import (
    Domain,
    Duration,
    Language,
    Line,
    MailAddress,
    Section,
    Span,
    Telephone,
    WallTime,
    Weekday,
    Zone,
)

Level = Annotated[int, Field(ge=1, le=4, strict=True)]


def _country(value: str) -> str:
    # Late, since without holidays it is never needed; and not list_supported_countries, which imports every country.
    from holidays.registry import EntityLoader

    if value not in EntityLoader.get_country_codes():
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
    opens: WallTime
    closes: WallTime


class BusinessCalendar(Section):
    """Policy section 5: what "business hours" means."""

    timezone: Zone
    hours: Annotated[tuple[Hours, ...], Field(min_length=1)]
    holidays: Annotated[str, AfterValidator(_country)] | None = "US"  # a country of the holidays library, or null
    extra_holidays: tuple[date, ...] = ()


class AfterHours(Section):
    """Policy section 2: lesser capacity, and how to reach somebody then."""

    timezone: Zone
    begins: WallTime
    ends: WallTime
    telephone: Line
    press: Line


class Contact(Section):
    """One rung of the escalation path, policy section 7."""

    name: Line
    title: Line
    address: MailAddress
    telephone: Line
    after: Duration = timedelta(0)


class Closing(Section):
    """When a resolved ticket ends by itself, counted from its resolution."""

    warn_after: Span = timedelta(days=3)
    close_after: Span = timedelta(days=7)

    @model_validator(mode="after")
    def _warns_before_it_closes(self) -> Self:
        if self.warn_after >= self.close_after:
            raise ValueError("the warning comes before the closing; write a warn_after shorter than close_after")
        return self


class Clocks(Section):
    """What happens beside the promises' due times, policy sections 5 and 7."""

    warn_at: tuple[Annotated[float, Field(gt=0, lt=1)], ...] = (0.75, 0.9)  # of the target, in rising order
    escalate_again: Duration = timedelta(hours=4)
    close: Closing = Closing()

    @field_validator("warn_at")
    @classmethod
    def _rises(cls, fractions: tuple[float, ...]) -> tuple[float, ...]:
        if any(later <= earlier for earlier, later in pairwise(fractions)):
            raise ValueError("the fractions must rise; write them like [0.75, 0.9]")
        return fractions


class Rfo(Section):
    """Policy section 6: until when each event of a priority owes a Reason for Outage, in wall-clock time."""

    within: dict[Level, Span] = Field(default={1: timedelta(hours=24), 2: timedelta(hours=96)})


class Delinquent(Section):
    """Policy section 12: what happens to accounts that are past due."""

    hold_after_days: Annotated[int, Field(ge=0)] = 21
    suspend_after_days: Annotated[int, Field(ge=1)] = 30
    service_categories: tuple[Annotated[str, AfterValidator(_category)], ...] = ("outage", "trouble")

    def standing(self, account: Account) -> Standing:
        """How an account stands with what it owes."""
        return standing(
            account.days_past_due,
            disputed=account.disputed,
            hold_after=self.hold_after_days,
            suspend_from=self.suspend_after_days,
        )


class Policy(Section):
    """The whole of policy.yaml."""

    levels: dict[Level, LevelPolicy]
    calendar: BusinessCalendar
    after_hours: AfterHours
    escalation: tuple[Contact, ...]
    billing: Billing
    clocks: Clocks = Clocks()
    rfo: Rfo = Rfo()
    delinquent: Delinquent = Delinquent()
    on_call: OnCall = OnCall()
    voicemail: VoicemailSection = VoicemailSection()
    maintenance: MaintenanceRules = MaintenanceRules()
    install: Install = Install()
    install_notice_days: Annotated[int, Field(ge=0)] = 3  # business days, policy section 3


class Agent(Section):
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", json_schema_extra={"example": "ann"})]
    address: Annotated[MailAddress, Field(json_schema_extra={"example": "ann@desk.example"})]
    categories: tuple[Annotated[str, AfterValidator(_category)], ...] = ()  # empty: all of them
    admin: bool = False
    timezone: Zone | None = None  # of the times in commands; default: the desk's
    shown_as: Line | None = None  # the name that customers read below this agent's words
    private: tuple[Line, ...] = ()  # what customers never get to read of a signature, beside the address
    transcripts: bool = True  # whether a mail of commands that all worked is answered


class Account(Section):
    name: Annotated[Line, Field(json_schema_extra={"example": "Acme"})]
    domains: tuple[Domain, ...] = ()
    contacts: tuple[MailAddress, ...] = ()
    telephones: tuple[Telephone, ...] = ()  # E.164
    timezone: Zone | None = None
    language: Annotated[Language | None, Field(json_schema_extra={"example": "en"})] = None
    days_past_due: Annotated[int, Field(ge=0, le=100_000)] = 0
    disputed: bool = False


class Agents(Section):
    """The whole of agents.yaml."""

    agents: tuple[Agent, ...] = ()


class Accounts(Section):
    """The whole of accounts.yaml."""

    accounts: tuple[Account, ...] = ()
