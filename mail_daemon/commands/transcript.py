"""The letter that answers an agent's mail: what was done, or why nothing was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mail_daemon.commands.running import Done, Run
from mail_daemon.domain.identity import Role
from mail_daemon.domain.understanding import Problem
from mail_daemon.store.rows import Draft, Ticket
from mail_daemon.writing import NO_PROMISES, Thread, about, desk_facts, draft, no_ticket
from responders.letter import Letter

DONE, FAILED, UNCONFIRMED = "done", "failed", "unconfirmed"


def success(run: Run, done: Done, remarks: Sequence[str]) -> Draft | None:
    """None where there is nothing to say, or nothing that the agent wants to hear."""
    asked = done.commands or done.history or done.tables or remarks
    if not asked and not (done.changes and run.agent.transcripts):
        return None
    letter = replace(
        _letter(run, done.ticket, DONE, remarks),
        changes=done.changes,
        commands=done.commands,
        history=done.history,
        tables=done.tables,
    )
    return _to_agent(run, letter, done.ticket)


def failure(run: Run, ticket: Ticket | None, why: Iterable[str], what: str = FAILED) -> Draft:
    return _to_agent(run, _letter(run, ticket, what, why), ticket)


def line(problem: Problem) -> str:
    return f"line {problem.line}, {problem.written}: {problem.said}"


def _letter(run: Run, ticket: Ticket | None, what: str, detail: Iterable[str]) -> Letter:
    desk, language = run.desk, run.desk.settings.desk.language
    if ticket is None:
        subject = run.case.mail.subject
        letter = Letter("transcript", language, desk_facts(desk), no_ticket(subject), NO_PROMISES)
    else:
        letter = about(desk, "transcript", ticket, (), zone=run.zone, language=language, now=run.by.now)
    return replace(letter, what=what, detail=tuple(detail))


def _to_agent(run: Run, letter: Letter, ticket: Ticket | None) -> Draft:
    """In the agent's own thread; its token lets the agent go on from there."""
    mail = run.case.mail
    written = draft(
        run.desk,
        letter,
        run.agent.address,
        to_name=run.agent.name,
        role=Role.AGENT,
        ticket_id=ticket.id if ticket else None,
        thread=Thread(mail.message_id, mail.references),
        replied=True,
        now=run.by.now,
    )
    run.work.outbox.add([written])
    return written
