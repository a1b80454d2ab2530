"""Answer: the letters that a mail causes, written into the outbox with what caused them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from mail_daemon.case import Case
from mail_daemon.desk import Desk
from mail_daemon.domain.decisions import Screening, Sender
from mail_daemon.domain.identity import Role
from mail_daemon.domain.sla import install_earliest
from mail_daemon.store.outbox import Outbox
from mail_daemon.store.rows import Claimed, Clock, Draft, NewClock, NewEvent, Ticket
from mail_daemon.store.tickets import Tickets
from mail_daemon.writing import Thread, about, desk_facts, draft, no_ticket
from parsers.mail import Attachment, Mail
from responders.letter import AttachmentFacts, Letter, Promises
from responders.times import spoken

_WHAT = {
    "new": "new ticket",
    "reply": "reply",
    "reopened": "reopened by a reply",
    "follow-up": "new ticket, follows an ended one",
    "stranger": "a stranger wrote to this ticket",
    "unproven": "a mail in an agent's name, unproven",
    "bounce": "a letter of ours came back",
}
_TEXT_SHOWN = 20_000  # characters of the customer's text in a notice; the whole stands in the ticket


def answer(
    outbox: Outbox,
    tickets: Tickets,
    desk: Desk,
    case: Case,
    ticket: Ticket,
    clocks: Sequence[Clock | NewClock],
) -> tuple[tuple[Draft, ...], str | None]:
    """Queues the acknowledgement and the notices; returns them, and why there is no acknowledgement."""
    suppressed = _why_not(outbox, desk, case) if case.opens else None
    drafts = _notices(desk, case, ticket, clocks)
    if case.opens and suppressed is None:
        drafts.insert(0, _acknowledgement(desk, case, ticket, clocks))
    if suppressed is not None:
        detail = {"letter": "acknowledgement", "reason": suppressed}
        event = NewEvent(ticket.id, case.now, "mail-daemon", "answer suppressed", detail, case.claimed.id)
        tickets.add_events([event])
    outbox.add(drafts)
    return tuple(drafts), suppressed


def refuse(
    outbox: Outbox,
    desk: Desk,
    claimed: Claimed,
    mail: Mail,
    sender: Sender,
    screening: Screening,
    *,
    now: datetime,
) -> tuple[Draft, ...]:
    """A polite letter to the sender of a mail that was too large, under the same caps as any answer."""
    reason = claimed.refused
    if not reason or screening.unanswerable or _capped(outbox, desk, sender, now):
        return ()
    letter = Letter(
        name="refused",
        language=sender.language,
        desk=desk_facts(desk),
        ticket=no_ticket(mail.subject if sender.proven else ""),
        promises=Promises("", "", "", ""),
        greeting_name=sender.name if sender.proven else "",
        detail=(reason,),
        proven=sender.proven,
    )
    refusal = draft(
        desk,
        letter,
        sender.address,
        role=Role.CUSTOMER,
        ticket_id=None,
        thread=_thread(mail),
        replied=True,
        now=now,
    )
    outbox.add([refusal])
    return (refusal,)


def _why_not(outbox: Outbox, desk: Desk, case: Case) -> str | None:
    return case.screening.unanswerable or _capped(outbox, desk, case.sender, case.now)


def _capped(outbox: Outbox, desk: Desk, sender: Sender, now: datetime) -> str | None:
    """No forged address is bombed through us: few answers to one address, a bounded number to all unproven."""
    caps = desk.settings.answers
    since = now - caps.window
    most = caps.known if sender.proven else caps.unproven
    to_one, to_unproven = outbox.answered(sender.address, since)
    if to_one >= most:
        return f"the cap of answers to one address: {to_one} to {sender.address} within {_minutes(caps.window)}"
    if not sender.proven and to_unproven >= caps.overall:
        return f"the cap of answers to unproven senders: {to_unproven} within {_minutes(caps.window)}"
    return None


def _minutes(window: timedelta) -> str:
    return f"{window.total_seconds() / 60:g} min"


def _acknowledgement(desk: Desk, case: Case, ticket: Ticket, clocks: Sequence[Clock | NewClock]) -> Draft:
    sender = case.sender
    letter = about(desk, "acknowledgement", ticket, clocks, zone=sender.zone, language=sender.language, now=case.now)
    if ticket.category == "install":
        earliest = install_earliest(desk.calendar, ticket.opened, days=desk.policy.install_notice_days)
        letter = replace(letter, install_earliest=spoken(earliest, sender.zone, sender.language))
    return draft(
        desk,
        letter,
        sender.address,
        to_name=sender.name if sender.proven else "",
        role=Role.CUSTOMER,
        ticket_id=ticket.id,
        thread=_thread(case.mail),
        replied=True,
        now=case.now,
    )


def _notices(desk: Desk, case: Case, ticket: Ticket, clocks: Sequence[Clock | NewClock]) -> list[Draft]:
    """One mail for each agent, since each carries that agent's own token."""
    if case.screening.machine and _echo(desk, case):
        return []
    # Who writes need not be told of it, unless somebody else may have written in his name.
    writer = None if case.match.kind == "unproven" else case.sender.address
    to = [a for a in desk.directory.agents_for(ticket.category, ticket.assignee) if a.address != writer]
    if not to or case.match.kind not in _WHAT:
        return []
    zone, language = desk.settings.desk.timezone, desk.settings.desk.language
    letter = replace(
        about(desk, "notice", ticket, clocks, zone=zone, language=language, now=case.now),
        what=_WHAT[case.match.kind],
        text=case.mail.text[:_TEXT_SHOWN],
        attachments=tuple(_attachment(each) for each in case.mail.attachments),
        detail=tuple(desk.ref(number) for number in case.match.related),
    )
    return [
        draft(
            desk,
            letter,
            agent.address,
            to_name=agent.name,
            role=Role.AGENT,
            ticket_id=ticket.id,
            thread=Thread(),
            replied=False,
            now=case.now,
        )
        for agent in to
    ]


def _echo(desk: Desk, case: Case) -> bool:
    """What machines reply is only filed: an agent's full mailbox or absence would answer every notice of it."""
    if case.mail.bounce is not None:
        return _ours_to_an_agent(desk, [case.mail.bounce.original_message_id])
    if case.match.kind in ("reply", "stranger") or case.sender.role == "agent":
        return True
    # It may answer from another address: a member of a list of agents, or where an agent forwards to.
    return _ours_to_an_agent(desk, [case.mail.in_reply_to, *case.mail.references])


def _ours_to_an_agent(desk: Desk, ids: Iterable[str | None]) -> bool:
    """Whether one of these Message-IDs is that of a letter of ours to an agent."""
    tokens = [desk.signer.read(each) for each in ids if each]
    return any(token is not None and token.role is Role.AGENT for token in tokens)


def _attachment(attachment: Attachment) -> AttachmentFacts:
    size = attachment.size
    shown = f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))} kB"
    return AttachmentFacts(attachment.name, attachment.kind, shown, attachment.text)


def _thread(mail: Mail) -> Thread:
    return Thread(mail.message_id, mail.references)
