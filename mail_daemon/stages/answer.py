"""Answer: the letters that a mail causes, written into the outbox with what caused them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from mail_daemon import notices
from mail_daemon.case import Case
from mail_daemon.changes.maintenance_letters import running
from mail_daemon.desk import Desk
from mail_daemon.domain.decisions import Screening, Sender
from mail_daemon.domain.identity import Role, untagged
from mail_daemon.escalation import REPLY, broken_promises, escalation
from mail_daemon.letters import acknowledgement
from mail_daemon.settings.policy import Agent
from mail_daemon.store.outbox import Outbox
from mail_daemon.store.rows import Clock, Draft, NewClock, NewEvent, Ticket
from mail_daemon.store.rows_inbound import Claimed
from mail_daemon.store.tickets import Tickets
from mail_daemon.telling import warnings_to
from mail_daemon.writing import Thread, desk_facts, draft, no_ticket
from parsers.mail import Mail
from responders.letter import Letter, MaintenanceFacts, Promises
from responders.times import spoken, spoken_duration

_WHAT = {
    "new": "new ticket",
    "reply": "reply",
    "reopened": "reopened by a reply",
    "follow-up": "new ticket, follows an ended one",
    "stranger": "stranger",
    "unproven": "a mail in an agent's name, unproven",
    "bounce": "a letter of ours came back",
}
_DAY = timedelta(hours=24)


def answer(
    outbox: Outbox,
    tickets: Tickets,
    desk: Desk,
    case: Case,
    ticket: Ticket,
    clocks: Sequence[Clock | NewClock],
    *,
    asked: bool = False,
) -> tuple[tuple[Draft, ...], str | None]:
    """Queues what the customer and the agents get; returns it, and why there is no acknowledgement.

    `asked`: the agent in whose name the mail came was asked about it, which is telling enough.
    """
    suppressed = _why_not(outbox, desk, case) if case.opens else None
    drafts = _notices(outbox, tickets, desk, case, ticket, clocks, asked=asked)
    if case.opens and suppressed is None:
        drafts.insert(0, _acknowledgement(desk, case, ticket, clocks))
    if suppressed is not None:
        detail = {"letter": "acknowledgement", "reason": suppressed}
        event = NewEvent(ticket.id, case.now, "mail-daemon", "answer suppressed", detail, case.claimed.id)
        tickets.add_events([event])
    if _asks_again(desk, case, ticket, clocks) and not _why_not(outbox, desk, case):
        drafts.insert(0, _escalation(desk, case, ticket, clocks))
        tickets.change(ticket.id, escalated=case.now)
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
    if case.match.kind == "unproven":
        return "nothing proves that the agent wrote it"
    return case.screening.unanswerable or _capped(outbox, desk, case.sender, case.now)


def _capped(outbox: Outbox, desk: Desk, sender: Sender, now: datetime) -> str | None:
    """No forged address is bombed through us: few answers to one address, a bounded number to all unproven."""
    caps = desk.settings.answers
    since = now - caps.window
    most = caps.known if sender.proven else caps.unproven
    within = spoken_duration(caps.window)
    to_one, to_unproven = outbox.answered(sender.address, since)
    if to_one >= most:
        return f"the cap of answers to one address: {_answers(to_one)} to {sender.address} within {within}"
    if not sender.proven and to_unproven >= caps.overall:
        return f"the cap of answers to unproven senders: {_answers(to_unproven)} within {within}"
    today = outbox.answers_to(sender.address, now - _DAY)
    if today >= caps.per_day:
        return f"the cap of answers to one address: {_answers(today)} to {sender.address} within 24 hours"
    return None


def _answers(number: int) -> str:
    return f"{number} answer{'' if number == 1 else 's'}"


def _acknowledgement(desk: Desk, case: Case, ticket: Ticket, clocks: Sequence[Clock | NewClock]) -> Draft:
    sender = case.sender
    felt = [each for each in case.running if each.impact != "NO-IMPACT"]
    return acknowledgement(
        desk,
        ticket,
        clocks,
        sender.address,
        sender.name if sender.proven else "",
        zone=sender.zone,
        language=sender.language,
        thread=_thread(case.mail),
        now=case.now,
        running=running(felt, sender.zone, sender.language),
    )


def _asks_again(desk: Desk, case: Case, ticket: Ticket, clocks: Sequence[Clock | NewClock]) -> bool:
    """Whether a customer writes again on an overdue ticket and has not been given the contacts lately (section 7)."""
    lately = case.now - desk.policy.clocks.escalate_again
    overdue = ticket.overdue and bool(broken_promises(clocks, case.now))
    return overdue and case.match.kind in ("reply", "reopened") and not (ticket.escalated and ticket.escalated > lately)


def _escalation(desk: Desk, case: Case, ticket: Ticket, clocks: Sequence[Clock | NewClock]) -> Draft:
    sender = case.sender
    letter = escalation(desk, ticket, clocks, REPLY, now=case.now)
    return draft(
        desk,
        replace(letter, greeting_name=sender.name, proven=sender.proven and ticket.proven),
        sender.address,
        to_name=sender.name if sender.proven else "",
        role=Role.CUSTOMER,
        ticket_id=ticket.id,
        thread=_thread(case.mail),
        replied=True,
        now=case.now,
    )


def _notices(
    outbox: Outbox,
    tickets: Tickets,
    desk: Desk,
    case: Case,
    ticket: Ticket,
    clocks: Sequence[Clock | NewClock],
    *,
    asked: bool,
) -> list[Draft]:
    """One mail for each agent, since each carries that agent's own token; beyond the cap a single warning."""
    if not case.heard and _echo(desk, case):
        return []
    # Who writes need not be told of it, unless somebody else may have written in his name.
    writer = None if case.match.kind == "unproven" and not asked else case.sender.address
    to = [a for a in desk.directory.agents_for(ticket.category, ticket.assignee) if a.address != writer]
    if not to or case.match.kind not in _WHAT:
        return []
    cause, caps = untagged(case.sender.address), desk.settings.answers
    caused = outbox.caused(cause, case.now - caps.window)
    warned = {agent for agent in to if caused[untagged(agent.address), "warning"]}
    full = {agent for agent in to if caused[untagged(agent.address), "notice"] >= caps.notices}
    if withheld := [agent.address for agent in to if agent in warned | full]:
        tickets.add_events([_suppressed(desk, case, ticket, withheld)])
    told = _told(tickets, desk, case, ticket, clocks, [agent for agent in to if agent not in warned | full])
    told += _withholding(desk, case, ticket, [agent.address for agent in to if agent in full - warned])
    return [replace(draft, cause=cause) for draft in told]


def _told(
    tickets: Tickets,
    desk: Desk,
    case: Case,
    ticket: Ticket,
    clocks: Sequence[Clock | NewClock],
    to: Iterable[Agent],
) -> list[Draft]:
    own = desk.settings.desk
    letter = replace(
        notices.letter_inside(desk, notices.NOTICE, ticket, clocks, now=case.now),
        what=_what(desk, case),
        writer=notices.writer(case.mail.sender.name, case.author or case.mail.sender.address),
        text=case.mail.text[: notices.TEXT_SHOWN],
        attachments=notices.attachment_facts(case.mail.attachments),
        detail=tuple(desk.ref(number) for number in case.match.related),
        running=running(case.running, own.timezone, own.language),
        maintenance=MaintenanceFacts(case.maintenance.key) if case.maintenance else MaintenanceFacts(),
    )
    return notices.drafts(tickets, desk, ticket, letter, to, cause=case.claimed.id, now=case.now)


def _what(desk: Desk, case: Case) -> str:
    if case.voicemail:
        return "voicemail"
    if case.match.kind == "unproven" and case.sender.role != "agent":
        void = "that letter proves nobody any more, newer ones do"
        return f"a mail from another address that answers a letter to an agent, unproven ({void}),"
    if case.match.how == "expired-token":
        age = spoken_duration(desk.settings.matching.agent_reply_within)
        return f"{_WHAT['unproven']}, since it answers a letter that is older than {age}"
    return _WHAT[case.match.kind]


def _withholding(desk: Desk, case: Case, ticket: Ticket, to: Sequence[str]) -> list[Draft]:
    """Tells that a sender causes so many notices that no more go out until the window has passed."""
    window, own = desk.settings.answers.window, desk.settings.desk
    what = f"Many mails from {_named(case.sender)}: no more notices of them for {spoken_duration(window)}"
    detail = (
        f"Until {spoken(case.now + window, own.timezone, own.language)} they are filed without a notice; "
        "`mail-daemon tickets` shows what they opened.",
        "If it is a robot: matching.refused_senders in mail-daemon.yaml keeps it out.",
    )
    return warnings_to(desk, ticket, what, detail, to, case.now)


def _suppressed(desk: Desk, case: Case, ticket: Ticket, to: Sequence[str]) -> NewEvent:
    caps = desk.settings.answers
    reason = f"the cap of notices: {caps.notices} of {_named(case.sender)} within {spoken_duration(caps.window)}"
    detail = {"letter": "notice", "to": list(to), "reason": reason}
    return NewEvent(ticket.id, case.now, "mail-daemon", "notice suppressed", detail, case.claimed.id)


def _named(sender: Sender) -> str:
    return sender.address or "senders without an address"


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


def _thread(mail: Mail) -> Thread:
    return Thread(mail.message_id, mail.references)
