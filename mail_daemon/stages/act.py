"""Act: a proven agent's mail does what it says: commands first, then its words, all of it or nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mail_daemon.case import Case
from mail_daemon.changes.errors import ChangeError
from mail_daemon.commands import confirming, conversation, known, transcript
from mail_daemon.commands.own_words import above_quotes, says_something
from mail_daemon.commands.run import carry_out
from mail_daemon.commands.running import Done, Run
from mail_daemon.desk import Desk
from mail_daemon.domain import script
from mail_daemon.domain.by import By
from mail_daemon.domain.orders import ASKS_FIRST, Merge, New, Note, RfoSend, Spam
from mail_daemon.domain.script import Script
from mail_daemon.domain.understanding import Understood, hints, understood
from mail_daemon.store.rows import Draft, Ticket
from mail_daemon.store.store import Work

_NOTES = frozenset({"note", "internal"})
_NOTHING_NEW = "nothing in it is new; write your words above what you quote"
_TO_NOBODY = "your words went to nobody, since this mail answers no ticket; #new opens one"
_WHY = {
    Merge: "tickets that were merged can't be parted again",
    RfoSend: "this goes to the customers, and can't be taken back",
    Spam: "the ticket ends as spam, and its sender hears no more",
}


@dataclass(frozen=True, slots=True)
class Acted:
    """The ticket as it stands then, or the one that goes on in its place; and the letters to the agent."""

    ticket: Ticket | None
    letters: tuple[Draft, ...] = ()


class _Rehearsed(Exception):
    """Undoes what only was to be tried."""


def act(work: Work, desk: Desk, case: Case, ticket: Ticket | None) -> Acted:
    """Does nothing for anybody but a proven agent. `ticket` is None in a mail to the desk that answers none."""
    agent = desk.directory.agent(case.sender.address)
    if case.match.kind != "command" or agent is None:
        return Acted(ticket)
    by = By(agent.name, case.now, at=case.dispatched, inbound_id=case.claimed.id)
    answer = confirming.answered(work, desk, case.match.proof, agent, case.mail.text, by)
    run = Run(work, desk, agent, by, case)
    if answer is None and _says_nothing(case):
        return Acted(ticket, (transcript.failure(run, ticket, [_NOTHING_NEW]),))
    if answer is None:
        return _follow(run, ticket, _written(case.mail.text), confirmed=False)
    if answer.script is None:
        return Acted(ticket, (transcript.failure(run, ticket, [answer.why], transcript.UNCONFIRMED),))
    run = replace(run, by=replace(by, inbound_id=answer.asked.inbound_id or by.inbound_id))
    return _follow(run, ticket, answer.script, confirmed=True)


def _follow(run: Run, ticket: Ticket | None, written: Script, *, confirmed: bool) -> Acted:
    read = understood(written, run.by.now, run.zone, run.desk.settings.desk.tag)
    if read.problems:
        return Acted(ticket, (transcript.failure(run, ticket, map(transcript.line, read.problems)),))
    sections = ticket is not None and _completes_rfo(run, read)
    inside = not sections and conversation.stays_inside(run.work, run.desk, run.case)
    if inside and ticket is not None:
        read = replace(read, orders=(*read.orders, *_as_note(read.words)), words="")
    speaks = ticket is not None and not sections and not inside and _speaks(run, written, read)
    run = replace(run, words=read.words, speaks=speaks)
    asks = next((type(each) for each in read.orders if isinstance(each, ASKS_FIRST) and not confirmed), None)
    try:
        if ticket is not None and speaks and (question := _overtaken(run, ticket, written)):
            return Acted(ticket, (question,))
        with run.work.savepoint():
            done = carry_out(run, ticket, read.orders, sections=sections)
            if asks:
                raise _Rehearsed
    except ChangeError as error:
        return Acted(ticket, (transcript.failure(run, ticket, [str(error)]),))
    except _Rehearsed:
        assert asks is not None
        return Acted(ticket, (confirming.ask(run.work, run.desk, run.agent, ticket, written, _WHY[asks], run.by),))
    return _told(run, done, written, read)


def _says_nothing(case: Case) -> bool:
    """Whether all of it is what it quotes."""
    text, files = case.mail.text, any(not each.inline for each in case.mail.attachments)
    return bool(text.strip()) and not above_quotes(text).strip() and not files


def _written(text: str) -> Script:
    """Without what stands below as quoted or forwarded, unless all of the mail is a note."""
    own = script.read(above_quotes(text))
    return script.read(text) if any(each.verb in _NOTES for each in own.commands) else own


def _told(run: Run, done: Done, written: Script, read: Understood) -> Acted:
    remarks = [transcript.line(hint) for hint in hints(written)]
    if done.ticket is None and read.words.strip():
        remarks.append(_TO_NOBODY)
    letter = transcript.success(run, done, remarks)
    return Acted(done.ticket, (letter,) if letter else ())


def _as_note(words: str) -> tuple[Note, ...]:
    """What answers a note, or a page, stays inside."""
    return (Note(words.strip()),) if words.strip() else ()


def _overtaken(run: Run, ticket: Ticket, written: Script) -> Draft | None:
    return conversation.overtaken(run.work, run.desk, run.case, ticket, run.words, written, run.by)


def _speaks(run: Run, written: Script, read: Understood) -> bool:
    """Whether something goes to the customer: words, or files in a mail that says nothing at all."""
    if any(isinstance(each, New) for each in read.orders):
        return False  # they are its report
    files = any(not each.inline for each in run.case.mail.attachments)
    if says_something(run.desk, read.words):
        return True
    return not written.commands and not run.confirmed and (files or bool(read.words.strip()))


def _completes_rfo(run: Run, read: Understood) -> bool:
    """Whether the words are a Reason for Outage's, by what they answer or are to be sent with."""
    if not read.words.strip():
        return False
    answered = known.letter_answered(run.work, run.desk, run.case)
    drafted = answered is not None and answered.letter == conversation.RFO_DRAFT and not run.confirmed
    return drafted or any(isinstance(each, RfoSend) for each in read.orders)
