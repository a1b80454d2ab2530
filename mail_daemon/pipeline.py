"""The straight line that a mail walks, readable top to bottom.

Receiving stores the bytes (transaction 1) and reading runs in a child process, outside any transaction;
what stands here is transaction 2: all of it happens, or none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mail_daemon.case import Case
from mail_daemon.desk import Desk
from mail_daemon.domain.decisions import Screening
from mail_daemon.stages.answer import answer, refuse
from mail_daemon.stages.clocks import first_due, run_clocks
from mail_daemon.stages.identify import identify
from mail_daemon.stages.match import Rules, match
from mail_daemon.stages.record import record
from mail_daemon.stages.screen import Gate, screen
from mail_daemon.stages.triage import triage
from mail_daemon.store.rows import Claimed, Draft, Ticket
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


def file_mail(work: Work, desk: Desk, claimed: Claimed, mail: Mail, *, now: datetime) -> Outcome:
    """Reads from top to bottom as the mail goes. Raises StaleClaim when another process was faster."""
    screening = screen(mail, _gate(desk), refused=claimed.refused)
    sender = identify(mail, desk.directory, zone=desk.settings.desk.timezone, language=desk.settings.desk.language)
    if screening.quarantine:
        letters = refuse(work.outbox, desk, claimed, mail, sender, screening, now=now)
        work.inbound.quarantine(claimed, reason=screening.quarantine)
        return Outcome(screening, letters=letters, quarantined=screening.quarantine)

    found = match(work.tickets, _rules(desk), mail, sender, machine=screening.machine, now=now)
    if found.kind == "bounce" and found.ticket is None:
        reason = "a delivery report about no letter of ours"
        work.inbound.quarantine(claimed, reason=reason)
        return Outcome(screening, quarantined=reason)

    ranking = triage(desk.rules, subject=mail.subject, text=mail.text, importance=mail.importance)
    case = Case(claimed, mail, screening, sender, found, ranking, now)
    due = first_due(desk, case) if case.opens else None
    ticket = record(work.tickets, case, ours=desk.settings.desk.addresses, next_due=due)
    clocks = run_clocks(work.clocks, work.tickets, desk, case, ticket)
    letters, suppressed = answer(work.outbox, work.tickets, desk, case, ticket, clocks)
    work.inbound.filed(claimed, ticket_id=ticket.id, match=found.kind, facts=_facts(case))
    return Outcome(screening, case, ticket, letters, suppressed=suppressed)


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
        agents_authenticate=bool(settings.trusted.authserv_ids),
    )


def _facts(case: Case) -> dict[str, object]:
    """What `ticket` shows about how the mail was proven and mended."""
    seen = case.mail.authentication
    facts: dict[str, object] = {"dmarc": seen.dmarc, "dkim": seen.dkim, "spf": seen.spf}
    if case.mail.defects:
        facts["defects"] = list(case.mail.defects[:20])
    return facts
