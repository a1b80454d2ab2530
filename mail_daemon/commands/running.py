"""What an order is carried out with, and what it has done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from mail_daemon.case import Case
from mail_daemon.changes.errors import ChangeError
from mail_daemon.desk import Desk
from mail_daemon.domain.by import By
from mail_daemon.settings.policy import Agent
from mail_daemon.store.rows import Ticket
from mail_daemon.store.store import Work
from responders.letter import ChangeFacts, MomentFacts, TableFacts
from responders.times import spoken


@dataclass(frozen=True, slots=True)
class Run:
    """One run of an agent's orders, `by` that agent. `case` is the mail that holds them, or the yes to them.

    `words` are what the agent wrote apart from commands; `speaks`: they go to the customer, so that no letter of
    ours need bring the same news.
    """

    work: Work
    desk: Desk
    agent: Agent
    by: By
    case: Case
    words: str = ""
    speaks: bool = False

    @property
    def confirmed(self) -> bool:
        """Whether the orders stand in another mail than the one that is filed."""
        return self.by.inbound_id != self.case.claimed.id

    @property
    def zone(self) -> ZoneInfo:
        return self.agent.timezone or self.desk.settings.desk.timezone

    def named(self, number: int) -> Ticket:
        """A ticket that an order names, or the one it was merged into; held from here on. Raises ChangeError."""
        current = self.work.tickets.current(number)
        ticket = self.work.tickets.get(current.id, lock=True) if current else None
        if ticket is None:
            raise ChangeError(f"There is no ticket {self.desk.ref(number)}; look for a typing mistake.")
        return ticket

    def afresh(self, ticket: Ticket) -> Ticket:
        """The ticket as it stands after a change that does not return it."""
        return self.work.tickets.get(ticket.id) or ticket

    def spoken(self, moment: datetime) -> str:
        """A moment in the agent's time zone."""
        return spoken(moment, self.zone, self.desk.settings.desk.language)


@dataclass(frozen=True, slots=True)
class Done:
    """What an order has done: `ticket` as it stands then, and what the transcript says of it."""

    ticket: Ticket | None
    changes: tuple[ChangeFacts, ...] = ()
    commands: tuple[str, ...] = ()
    history: tuple[MomentFacts, ...] = ()
    tables: tuple[TableFacts, ...] = ()


InTicket: TypeAlias = Mapping[type, Callable[[Run, Ticket, Any], Done]]  # how an order of each type is carried out
Anywhere: TypeAlias = Mapping[type, Callable[[Run, Ticket | None, Any], Done]]


def changed(ticket: Ticket, what: str, before: object, after: object) -> Done:
    """One line of the transcript; None is shown as none."""
    return Done(ticket, (ChangeFacts(what, _shown(before), _shown(after)),))


def told(ticket: Ticket, what: str, after: str) -> Done:
    """One line of the transcript, of what had no state before."""
    return Done(ticket, (ChangeFacts(what, "", after),))


def _shown(value: object) -> str:
    return "none" if value in (None, "") else str(value)
