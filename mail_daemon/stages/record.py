"""Record: the mail becomes a ticket, or a message of one, with its people, attachments and events."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from mail_daemon.case import Case
from mail_daemon.domain.identity import untagged
from mail_daemon.domain.ticket import Cause, Status, after
from mail_daemon.store.rows import NewEvent, NewMessage, NewTicket, Participant, Ticket
from mail_daemon.store.tickets import Tickets, as_opened

_INTERNAL = frozenset({"command", "unproven", "bounce"})
_UNHEARD = frozenset({"stranger", "unproven", "bounce"})
_STRONG = frozenset({"token", "message-id"})  # evidence that lets a customer bring in others
_MOST_COPIES = 20
_MOST_IDS = 20


def record(tickets: Tickets, case: Case, *, ours: Collection[str], next_due: datetime | None) -> Ticket:
    """Opens or continues the ticket and returns it as it stands now.

    `ours` are never participants; `next_due` is when the first promise of a new ticket is due.
    """
    ticket = _continued(tickets, case) if case.match.ticket is not None else _opened(tickets, case, next_due)
    tickets.add_message(_message(ticket.id, case))
    if people := list(_people(case, ours)):
        tickets.add_participants(ticket.id, people)
    for other in case.match.related:
        tickets.link(ticket.id, other, "follow-up" if case.match.kind == "follow-up" else "mentioned")
    return ticket


def _opened(tickets: Tickets, case: Case, next_due: datetime | None) -> Ticket:
    new = _new_ticket(case, next_due)
    ticket = as_opened(tickets.open(new), new)
    tickets.add_events([_event(ticket.id, case, *_what(case))])
    return ticket


def _continued(tickets: Tickets, case: Case) -> Ticket:
    ticket = tickets.get(case.match.ticket or 0)
    if ticket is None:
        raise LookupError(f"ticket {case.match.ticket} is gone")
    changes = _changes(case, ticket)
    tickets.change(ticket.id, changed=case.now, **changes)
    changed = [_event(ticket.id, case, f"{name} changed", _to(value)) for name, value in changes.items()]
    tickets.add_events([_event(ticket.id, case, *_what(case)), *changed])
    return replace(ticket, changed=case.now, **changes)


def _new_ticket(case: Case, next_due: datetime | None) -> NewTicket:
    return NewTicket(
        subject=case.mail.subject,
        requester=case.sender.address,
        requester_name=case.sender.name,
        opened=case.dispatched,
        category=case.ranking.category,
        priority=case.ranking.level,
        reasons=case.ranking.reasons,
        account=case.sender.account,
        language=case.sender.language,
        zone=case.sender.zone.key,
        thread_index=case.mail.thread_index,
        proven=case.sender.proven,
        next_due=next_due,
    )


def _message(number: int, case: Case) -> NewMessage:
    mail = case.mail
    answered = [each for each in (mail.in_reply_to, *reversed(mail.references)) if each]
    # What a mail refers to whose sender is not heard here must not find this ticket for others.
    observed = answered[:_MOST_IDS] if case.match.how and case.match.kind not in _UNHEARD else []
    return NewMessage(
        ticket_id=number,
        direction="in",
        author=case.sender.address or mail.sender.address,
        at=case.claimed.received,
        subject=mail.subject,
        text=mail.text,
        quoted="\n".join(part for part in (mail.quoted, mail.signature) if part),
        visibility="internal" if case.match.kind in _INTERNAL else "public",
        inbound_id=case.claimed.id,
        attachments=mail.attachments,
        message_ids=dict.fromkeys(observed, "observed") | ({mail.message_id: "received"} if mail.message_id else {}),
    )


def _people(case: Case, ours: Collection[str]) -> Iterator[Participant]:
    sender, kind = case.sender, case.match.kind
    if not sender.address or sender.address in ours or kind in _INTERNAL:
        return
    role = "requester" if case.opens else "stranger" if kind == "stranger" else "colleague"
    yield Participant(sender.address, sender.name, role, copies=case.opens)
    if case.opens or (case.match.how in _STRONG and role != "stranger"):
        others = [a for a in (*case.mail.to, *case.mail.cc) if a.address and untagged(a.address) not in ours]
        for other in others[:_MOST_COPIES]:
            yield Participant(other.address, other.name, "cc", copies=True)


def _actor(case: Case) -> str:
    return case.sender.address or "unknown sender"


def _what(case: Case) -> tuple[str, dict[str, Any]]:
    what = "opened" if case.opens else case.match.kind
    detail: dict[str, Any] = {"match": case.match.kind, "how": case.match.how}
    if case.screening.machine:
        detail["automatic"] = case.mail.automatic or "delivery report"
    if case.mail.bounce:
        detail["bounce"] = {"kind": case.mail.bounce.kind, "status": case.mail.bounce.status}
    if case.match.related:
        detail["related"] = list(case.match.related)
    return what, detail


def _changes(case: Case, ticket: Ticket) -> dict[str, Any]:
    """What a mail to an existing ticket changes: a person's words resume it and may raise it, never lower it."""
    if case.screening.machine or case.match.kind not in ("reply", "reopened"):
        return {}
    changes: dict[str, Any] = {}
    status = after(Status(ticket.status), Cause.CUSTOMER_REPLIED)
    if status != ticket.status:
        changes["status"] = status.value
    if case.match.kind == "reopened":
        changes["reopened"] = case.now
    if case.ranking.level < ticket.priority:
        changes |= {"priority": case.ranking.level, "reasons": case.ranking.reasons}
        changes["highest_priority"] = min(case.ranking.level, ticket.highest_priority)
    return changes


def _event(number: int, case: Case, what: str, detail: Mapping[str, Any]) -> NewEvent:
    return NewEvent(number, case.now, _actor(case), what, detail, inbound_id=case.claimed.id)


def _to(value: Any) -> dict[str, Any]:
    """A changed value as an event keeps it."""
    if isinstance(value, tuple):
        return {"to": [f"{reason.rule}: {reason.evidence} ({reason.where})" for reason in value]}
    return {"to": value.isoformat() if isinstance(value, datetime) else value}
