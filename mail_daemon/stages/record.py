"""Record: the mail becomes a ticket, or a message of one, with its people, attachments and events."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from mail_daemon.case import Case
from mail_daemon.domain.by import DAEMON
from mail_daemon.domain.identity import untagged
from mail_daemon.domain.priority import Reason
from mail_daemon.store.rows import NewEvent, NewMessage, NewTicket, Participant, Ticket
from mail_daemon.store.tickets import Tickets, as_opened

_INTERNAL = frozenset({"command", "unproven", "duplicate", "bounce"})
_UNHEARD = frozenset({"stranger", "unproven", "duplicate", "bounce"})
_STRONG = frozenset({"token", "message-id"})  # evidence that lets a customer bring in others
_MOST_COPIES = 20
_MOST_IDS = 20


def record(
    tickets: Tickets,
    case: Case,
    *,
    ours: Collection[str],
    next_due: datetime | None,
    cause_review: bool,
    billable: Reason | None,
) -> Ticket:
    """Opens or continues the ticket and returns it; what exists is held from here on for this transaction.

    `ours` are never participants. For a new ticket: when its first promise is due, whether its cause is to be
    reviewed, and why work on it is billed.
    """
    if case.match.ticket is not None:
        ticket = _continued(tickets, case, case.match.ticket)
    else:
        new = _new_ticket(case, next_due, cause_review=cause_review)
        ticket = _opened(tickets, case, replace(new, billable=billable.rule if billable else None))
    if case.opens and billable:
        tickets.add_events([_billed(ticket.id, case, billable)])
    tickets.add_message(_message(ticket.id, case))
    if people := list(_people(case, ours)):
        tickets.add_participants(ticket.id, people)
    for other in case.match.related:
        tickets.link(ticket.id, other, "follow-up" if case.match.kind == "follow-up" else "mentioned")
    return ticket


def _opened(tickets: Tickets, case: Case, new: NewTicket) -> Ticket:
    ticket = as_opened(tickets.open(new), new)
    tickets.add_events([_event(ticket.id, case)])
    return ticket


def _continued(tickets: Tickets, case: Case, number: int) -> Ticket:
    ticket = tickets.get(number, lock=True)
    if ticket is None:
        raise LookupError(f"ticket {number} is gone")
    tickets.change(number, changed=case.now)
    tickets.add_events([_event(number, case)])
    return replace(ticket, changed=case.now)


def _new_ticket(case: Case, next_due: datetime | None, *, cause_review: bool) -> NewTicket:
    sender = case.sender
    if case.match.kind == "unproven":  # nobody shall ask for anything in an agent's name
        sender = replace(sender, address="", name="", account=None, authenticated=False)
    return NewTicket(
        subject=case.subject,
        requester=sender.address,
        requester_name=sender.name,
        opened=case.dispatched,
        category=case.ranking.category,
        priority=case.ranking.level,
        reasons=case.ranking.reasons,
        account=sender.account,
        language=sender.language,
        zone=sender.zone.key,
        thread_index=case.mail.thread_index,
        proven=sender.proven,
        next_due=next_due,
        cause_review=cause_review,
        telephone=case.voicemail.telephone if case.voicemail else None,
    )


def _message(number: int, case: Case) -> NewMessage:
    mail = case.mail
    answered = [each for each in (mail.in_reply_to, *reversed(mail.references)) if each]
    # What a mail refers to whose sender is not heard here must not find this ticket for others.
    heard = case.match.how and case.match.kind not in _UNHEARD
    observed = answered[:_MOST_IDS] if heard or case.maintenance else []
    return NewMessage(
        ticket_id=number,
        direction="in",
        author=case.author or mail.sender.address,
        at=case.claimed.received,
        subject=mail.subject,
        text=mail.text,
        quoted="\n".join(part for part in (mail.quoted, mail.signature) if part),
        visibility="internal" if case.match.kind in _INTERNAL or case.voicemail else "public",
        inbound_id=case.claimed.id,
        attachments=mail.attachments,
        message_id=mail.message_id,
        message_ids=dict.fromkeys(observed, "observed") | ({mail.message_id: "received"} if mail.message_id else {}),
    )


def _people(case: Case, ours: Collection[str]) -> Iterator[Participant]:
    sender, kind = case.sender, case.match.kind
    if not sender.address or sender.address in ours or kind in _INTERNAL:
        return
    role = "requester" if case.opens else "stranger" if kind == "stranger" else "colleague"
    yield Participant(sender.address, sender.name, role, copies=case.opens)
    if case.voicemail:  # its other recipients are the telephone system's, not the customer's
        return
    if case.opens or (case.match.how in _STRONG and role != "stranger"):
        others = [a for a in (*case.mail.to, *case.mail.cc) if a.address and untagged(a.address) not in ours]
        for other in others[:_MOST_COPIES]:
            yield Participant(other.address, other.name, "cc", copies=True)


def _billed(number: int, case: Case, billable: Reason) -> NewEvent:
    detail = {"to": billable.rule, "evidence": billable.evidence, "where": billable.where}
    return NewEvent(number, case.now, DAEMON, "billable noted", detail, case.claimed.id)


def _event(number: int, case: Case) -> NewEvent:
    what = "opened" if case.opens else case.match.kind
    detail: dict[str, Any] = {"match": case.match.kind, "how": case.match.how}
    if case.screening.machine:
        detail["automatic"] = case.mail.automatic or "delivery report"
    if case.mail.bounce:
        detail["bounce"] = {"kind": case.mail.bounce.kind, "status": case.mail.bounce.status}
    if case.voicemail:
        detail["telephone"] = case.voicemail.telephone
    if case.maintenance:
        detail["maintenance"] = case.maintenance.key
    if case.match.related:
        detail["related"] = list(case.match.related)
    return NewEvent(number, case.now, case.author or "unknown sender", what, detail, case.claimed.id)
