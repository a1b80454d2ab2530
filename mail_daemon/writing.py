"""From a ticket to a finished letter: what a template may see, and the ready bytes for the outbox."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mail_daemon.desk import Desk
from mail_daemon.domain.identity import NO_TICKET, NONCE_BYTES, Role
from mail_daemon.domain.priority import Reason
from mail_daemon.store.rows import Clock, Draft, NewClock, Ticket
from mail_daemon.store.store import Work
from responders.composer import KEPT_REFERENCES, Envelope, Person, compose
from responders.enclosure import Enclosure, Form
from responders.letter import DeskFacts, Letter, Promises, RateFacts, TicketFacts
from responders.letter import Reason as ReasonFacts
from responders.money import spoken_money
from responders.renderer import INSIDE, Rendered
from responders.times import spoken, spoken_duration, spoken_time

NO_PROMISES = Promises("", "", "", "")
_ASAP = "as soon as possible"  # the policy's words; templates of other languages say it in theirs


@dataclass(frozen=True, slots=True)
class Thread:
    """The mail that a letter answers, for its threading headers (RFC 5322 section 3.6.4)."""

    message_id: str | None = None
    references: tuple[str, ...] = ()


def in_thread(work: Work, ticket: Ticket) -> Thread:
    """Answers the last mail of a customer in this ticket, with what was written before it as References."""
    heard = work.tickets.heard(ticket.id, KEPT_REFERENCES)
    ours = [
        (letter.queued, letter.message_id)
        for letter in work.outbox.of(ticket.id)
        if letter.letter not in INSIDE and letter.state != "failed"
    ]
    said = sorted({*heard, *ours})
    if not said:
        return Thread()
    answered = (heard or ours)[-1]
    return Thread(answered[1], tuple(message_id for _, message_id in said[: said.index(answered)]))


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
        telephone=_telephone(desk, ticket),
    )


def _telephone(desk: Desk, ticket: Ticket) -> str:
    account = desk.directory.accounts.get(ticket.account or "")
    return ticket.telephone or next(iter(account.telephones if account else ()), "")


def desk_facts(desk: Desk) -> DeskFacts:
    hours = desk.policy.after_hours
    own = desk.settings.desk
    return DeskFacts(own.name, own.address, hours.telephone, hours.press)


def rate_facts(desk: Desk, language: str, now: datetime) -> RateFacts:
    """What is billed by the hour, as policy.yaml has it."""
    billing, hours = desk.policy.billing, desk.policy.after_hours
    begins = datetime.combine(now.astimezone(hours.timezone), hours.begins, hours.timezone)
    return RateFacts(
        hourly=spoken_money(billing.hourly_rate, billing.currency, language) if billing.hourly_rate else "",
        minimum=spoken_duration(billing.minimum, language) if billing.minimum else "",
        begins=spoken_time(begins, hours.timezone),
    )


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
        reasons=tuple(
            ReasonFacts(reason.rule, reason.evidence, reason.where)
            for reason in ticket.reasons
            if name in INSIDE or _tells(reason)
        ),
        after_hours=desk.after_hours(now),
        billable=ticket.billable or "",
        cause_review=ticket.cause_review,
        rate=rate_facts(desk, language, now),
        proven=ticket.proven,
    )


def _tells(reason: Reason) -> bool:
    """Whether it says anything to a customer: neither what an agent has set does, nor a mark such as "?"."""
    return reason.where != "agent" and (not reason.evidence or any(map(str.isalnum, reason.evidence)))


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
    copies: Sequence[Person] = (),
    enclosures: Sequence[Enclosure] = (),
    forms: Sequence[Form] = (),
    rendered: Rendered | None = None,
    by_person: bool = False,
) -> Draft:
    """The ready mail. `replied`: it answers a mail (RFC 3834 auto-replied); else the daemon began it.

    `by_person`: an agent wrote it, so that it carries no mark of automatic mail.

    `copies` go by Cc in the same mail, whose token stays that of `to`. `rendered`: the letter, where it is rendered
    already.
    """
    nonce = secrets.token_bytes(NONCE_BYTES)
    token = desk.signer.token(ticket_id or NO_TICKET, to, role, issued=now, nonce=nonce)
    message_id = desk.signer.message_id(token)
    own = desk.settings.desk
    content = compose(
        rendered or desk.renderer.render(letter),
        headers=Envelope(
            sender=Person(own.name, own.address),
            to=(Person(to_name, to),),
            cc=tuple(copies),
            message_id=message_id,
            date=now,
            auto_submitted="no" if by_person else "auto-replied" if replied else "auto-generated",
            in_reply_to=thread.message_id,
            references=thread.references,
            reply_to=_reply_to(own.address, token)
            if own.plus_addressing and (ticket_id or role is Role.AGENT)
            else None,
            ticket=letter.ticket.ref,
        ),
        enclosures=enclosures,
        forms=forms,
    )
    return Draft(
        letter=letter.name,
        recipients=(to, *(person.address for person in copies)),
        envelope_from=desk.envelope_sender,
        message_id=message_id,
        content=content,
        queued=now,
        ticket_id=ticket_id,
        proven=letter.proven,
    )


def no_ticket(subject: str = "") -> TicketFacts:
    """For a letter that belongs to no ticket."""
    return TicketFacts("", subject, "", 0, "", "", "", "", "", "")


def _reply_to(address: str, token: str) -> str | None:
    local, _, domain = address.rpartition("@")
    tagged = f"{local}+{token}"
    return f"{tagged}@{domain}" if len(tagged) <= 64 else None  # RFC 5321 section 4.5.3.1.1
