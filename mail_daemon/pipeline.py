"""The straight line that a mail walks, readable top to bottom.

Receiving stores the bytes (transaction 1) and reading runs in a child process, outside any transaction;
what stands here is transaction 2: all of it happens, or none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from mail_daemon.case import Case
from mail_daemon.desk import Desk
from mail_daemon.domain.clockwork import next_due
from mail_daemon.domain.decisions import Screening
from mail_daemon.stages import maintenance
from mail_daemon.stages.act import act
from mail_daemon.stages.answer import answer, refuse
from mail_daemon.stages.bill import bill
from mail_daemon.stages.call import call
from mail_daemon.stages.clocks import first_clocks, run_clocks
from mail_daemon.stages.hold import hold
from mail_daemon.stages.identify import identify
from mail_daemon.stages.match import Rules, match
from mail_daemon.stages.prove import ask_agent, prove, set_aside
from mail_daemon.stages.record import record
from mail_daemon.stages.screen import Gate, screen
from mail_daemon.stages.triage import readings, said_anew, triage
from mail_daemon.stages.voicemail import hear, match_call, rank_call, unanswerable
from mail_daemon.store.rows import Draft, Ticket
from mail_daemon.store.rows_inbound import Claimed
from mail_daemon.store.store import Work
from parsers.mail import Mail


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mail: a ticket with its letters, or the quarantine with its reason."""

    screening: Screening
    case: Case | None = None
    ticket: Ticket | None = None
    letters: tuple[Draft, ...] = ()
    quarantined: str | None = None
    suppressed: str | None = None


def file_mail(
    work: Work, desk: Desk, claimed: Claimed, mail: Mail, *, raw: Callable[[str], bytes], now: datetime
) -> Outcome:
    """Reads from top to bottom as the mail goes; `raw` fetches the bytes of a stored mail.

    Raises StaleClaim when another process was faster, and BlobsDown when `raw` does.
    """
    screening = screen(mail, _gate(desk), refused=claimed.refused)
    sender = identify(mail, desk.directory, zone=desk.settings.desk.timezone, language=desk.settings.desk.language)
    if screening.quarantine:
        letters = refuse(work.outbox, desk, claimed, mail, sender, screening, now=now)
        work.inbound.quarantine(claimed, reason=screening.quarantine)
        return Outcome(screening, letters=letters, quarantined=screening.quarantine)

    if voicemail := hear(desk, mail, sender):
        screening, sender = unanswerable(screening), voicemail.sender
        found = match_call(work.tickets, voicemail)
    else:
        found = match(work.tickets, work.proofs, _rules(desk), mail, sender, machine=screening.machine, now=now)
        found = prove(work, claimed, mail, sender, found, now=now)
    notice = maintenance.answered(work.maintenances, desk.signer, mail, sender)
    if reason := maintenance.set_aside(mail, screening, found, notice):
        work.inbound.quarantine(claimed, reason=reason)
        return Outcome(screening, quarantined=reason)

    read = readings(mail.attachments)
    asked = work.tickets.get(found.ticket) if found.ticket is not None else None
    subject = said_anew(mail.subject, asked.subject) if asked else mail.subject
    ranking = triage(desk.rules, subject=subject, text=mail.text, importance=mail.importance, readings=read)
    if voicemail:
        ranking = rank_call(desk, voicemail, found, ranking)
    ranking = maintenance.ranked(ranking, notice, found)
    case = Case(claimed, mail, screening, sender, found, ranking, now, raw, voicemail)
    case = maintenance.noted(work.maintenances, case, notice)
    if reason := set_aside(case):
        letters = ask_agent(work, desk, case, None)
        work.inbound.quarantine(claimed, reason=reason)
        return Outcome(screening, case, letters=letters, quarantined=reason)
    if found.kind == "command" and found.ticket is None:
        acted = act(work, desk, case, None)
        number = acted.ticket.id if acted.ticket else None
        work.inbound.filed(claimed, ticket_id=number, match=found.kind, facts=_facts(case))
        return Outcome(screening, case, acted.ticket, acted.letters)

    first = first_clocks(desk, case)
    ticket = record(
        work.tickets,
        case,
        ours=desk.settings.desk.addresses,
        next_due=next_due((clock.kind, clock.due) for clock in first),
        cause_review=desk.cause_review(ranking.level, case.dispatched),
        billable=bill(desk.wishes, case),
    )
    ticket, clocks = run_clocks(work, desk, case, ticket, first)
    ticket, clocks = hold(work, desk, case, ticket, clocks)
    call(work, desk, case, ticket)
    acted = act(work, desk, case, ticket)
    questions = ask_agent(work, desk, case, ticket)
    letters, suppressed = answer(work.outbox, work.tickets, desk, case, ticket, clocks, asked=bool(questions))
    work.inbound.filed(claimed, ticket_id=ticket.id, match=found.kind, facts=_facts(case))
    return Outcome(screening, case, acted.ticket, (*acted.letters, *questions, *letters), suppressed=suppressed)


def _gate(desk: Desk) -> Gate:
    settings = desk.settings
    return Gate(
        ours=settings.desk.addresses,
        refused_senders=settings.matching.refused_senders,
        is_ours=lambda message_id: desk.signer.read(message_id) is not None,
    )


def _rules(desk: Desk) -> Rules:
    settings = desk.settings
    return Rules(
        signer=desk.signer,
        tag=settings.desk.tag,
        reopen_within=settings.matching.reopen_within,
        agent_reply_within=settings.matching.agent_reply_within,
        agents_authenticate=bool(settings.trusted.authserv_ids) and settings.matching.agent_proof == "strict",
        agents_by_address=settings.matching.agent_proof == "address",
    )


def _facts(case: Case) -> dict[str, object]:
    """What `ticket` shows about how the mail was proven and mended."""
    seen = case.mail.authentication
    facts: dict[str, object] = {"dmarc": seen.dmarc, "dkim": seen.dkim, "spf": seen.spf}
    if case.mail.defects:
        facts["defects"] = list(case.mail.defects[:20])
    return facts
