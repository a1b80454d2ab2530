"""From a ticket to a finished letter: what a template may see, and the ready bytes for the outbox."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mail_daemon.desk import Desk
from mail_daemon.domain.identity import NONCE_BYTES, Role
from mail_daemon.domain.sla import after_hours
from mail_daemon.settings.policy import Agent
from mail_daemon.store.rows import Clock, Draft, NewClock, Ticket
from responders.composer import Envelope, Person, compose
from responders.letter import DeskFacts, Letter, Promises, TicketFacts
from responders.letter import Reason as ReasonFacts
from responders.times import spoken, spoken_duration

_ASAP = "as soon as possible"  # the policy's words; templates of other languages say it in theirs
_NO_TICKET = 0  # in the token of a letter that belongs to none
_NO_PROMISES = Promises("", "", "", "")


@dataclass(frozen=True, slots=True)
class Thread:
    """The mail that a letter answers, for its threading headers (RFC 5322 section 3.6.4)."""

    message_id: str | None = None
    references: tuple[str, ...] = ()


def ticket_facts(desk: Desk, ticket: Ticket, zone: ZoneInfo, language: str) -> TicketFacts:
    return TicketFacts(
        ref=desk.ref(ticket.id),
        subject=ticket.subject,
        status=ticket.status,
        priority=ticket.priority,
        priority_name=desk.policy.levels[ticket.priority].name,
        category=ticket.category,
        requester=ticket.requester,
        requester_name=ticket.requester_name,
        account=ticket.account or "",
        opened=spoken(ticket.opened, zone, language),
    )


def desk_facts(desk: Desk) -> DeskFacts:
    hours = desk.policy.after_hours
    own = desk.settings.desk
    return DeskFacts(own.name, own.address, hours.telephone, hours.press)


def promises(desk: Desk, ticket: Ticket, clocks: Iterable[Clock | NewClock], zone: ZoneInfo, language: str) -> Promises:
    """Policy section 5 as the ticket's running clocks have it."""
    level = desk.policy.levels[ticket.priority]
    due = {clock.kind: clock.due for clock in clocks if clock.due and clock.state == "running"}
    return Promises(
        respond_within=spoken_duration(level.response, language),
        respond_by=spoken(due["response"], zone, language) if "response" in due else "",
        resolve_within=spoken_duration(level.resolution, language, business=True) if level.resolution else _ASAP,
        resolve_by=spoken(due["resolution"], zone, language) if "resolution" in due else "",
    )


def about(
    desk: Desk,
    name: str,
    ticket: Ticket,
    clocks: Iterable[Clock | NewClock],
    *,
    zone: ZoneInfo,
    language: str,
    now: datetime,
) -> Letter:
    """A letter about a ticket with everything that any letter may say of it."""
    return Letter(
        name=name,
        language=language,
        desk=desk_facts(desk),
        ticket=ticket_facts(desk, ticket, zone, language),
        promises=promises(desk, ticket, clocks, zone, language),
        greeting_name=ticket.requester_name,
        reasons=tuple(ReasonFacts(reason.rule, reason.evidence, reason.where) for reason in ticket.reasons),
        after_hours=_after_hours(desk, now),
        proven=ticket.proven,
    )


def _after_hours(desk: Desk, now: datetime) -> bool:
    hours = desk.policy.after_hours
    return after_hours(now, zone=hours.timezone, begins=hours.begins, ends=hours.ends)


def draft(
    desk: Desk,
    letter: Letter,
    to: str,
    *,
    role: Role,
    ticket_id: int | None,
    thread: Thread,
    replied: bool,
    now: datetime,
    to_name: str = "",
) -> Draft:
    """The ready mail. `replied`: it answers a mail (RFC 3834 auto-replied); else the daemon began it."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    token = desk.signer.token(ticket_id or _NO_TICKET, to, role, issued=now, nonce=nonce)
    message_id = desk.signer.message_id(token)
    own = desk.settings.desk
    content = compose(
        desk.renderer.render(letter),
        headers=Envelope(
            sender=Person(own.name, own.address),
            to=(Person(to_name, to),),
            message_id=message_id,
            date=now,
            auto_submitted="auto-replied" if replied else "auto-generated",
            in_reply_to=thread.message_id,
            references=thread.references,
            reply_to=_reply_to(own.address, token) if own.plus_addressing and ticket_id else None,
            ticket=letter.ticket.ref,
        ),
    )
    return Draft(
        letter=letter.name,
        recipients=(to,),
        envelope_from=desk.envelope_sender,
        message_id=message_id,
        content=content,
        queued=now,
        ticket_id=ticket_id,
        proven=letter.proven,
    )


def warnings(
    desk: Desk,
    ticket: Ticket | None,
    what: str,
    detail: tuple[str, ...],
    *,
    now: datetime,
    but_not: Collection[str] = (),
) -> list[Draft]:
    """Tells the ticket's agents that something is wrong, or else the admins."""
    to = [agent.address for agent in _agents(desk, ticket) if agent.address not in but_not]
    to = to or [address for address in _admins(desk) if address not in but_not]
    zone, language = desk.settings.desk.timezone, desk.settings.desk.language
    facts = ticket_facts(desk, ticket, zone, language) if ticket else no_ticket()
    letter = Letter("warning", language, desk_facts(desk), facts, _NO_PROMISES, what=what, detail=detail)
    number = ticket.id if ticket else None
    return [
        draft(desk, letter, each, role=Role.AGENT, ticket_id=number, thread=Thread(), replied=False, now=now)
        for each in to
    ]


def no_ticket(subject: str = "") -> TicketFacts:
    """For a letter that belongs to no ticket."""
    return TicketFacts("", subject, "", 0, "", "", "", "", "", "")


def _agents(desk: Desk, ticket: Ticket | None) -> tuple[Agent, ...]:
    return desk.directory.agents_for(ticket.category, ticket.assignee) if ticket else ()


def _admins(desk: Desk) -> list[str]:
    agents = [agent.address for agent in desk.directory.agents if agent.admin]
    return list(dict.fromkeys([*desk.settings.desk.admins, *agents]))


def _reply_to(address: str, token: str) -> str | None:
    local, _, domain = address.rpartition("@")
    tagged = f"{local}+{token}"
    return f"{tagged}@{domain}" if len(tagged) <= 64 else None  # RFC 5321 section 4.5.3.1.1
