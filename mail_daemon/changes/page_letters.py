"""A page: the letter to whoever is on call, and a short text to each of that person's channels."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from mail_daemon.changes.pages import why_called
from mail_daemon.desk import Desk
from mail_daemon.domain.clockwork import PAGE, RESPONSE, RUNNING, UPDATE
from mail_daemon.domain.identity import NONCE_BYTES, Role
from mail_daemon.escalation import spoken_lateness
from mail_daemon.settings.on_call import Colleague
from mail_daemon.settings.secrets import Unreadable
from mail_daemon.store.rows import Clock, Draft, NewEvent, Ticket
from mail_daemon.store.store import Work
from mail_daemon.telling import admins, insiders
from mail_daemon.writing import Thread, about, draft
from responders.letter import DeadlineFacts, Letter, PageFacts
from responders.times import spoken

_PUSH = "push"
_LONGEST_PUSH = 300  # characters: what a telephone shows at once, and two short messages carry


def call(work: Work, desk: Desk, ticket: Ticket, clock: Clock, number: int, now: datetime) -> str:
    """Queues page `number` (from 0) of this clock, and says who was called; the admins where nobody is on call."""
    on_call = desk.policy.on_call
    people = on_call.at(now)[: on_call.rhythm.level(number) + 1]
    letter = _letter(work, desk, ticket, clock, number, [each.name for each in people], now)
    if not people:
        to = admins(desk) or insiders(desk, ticket)
        work.outbox.add([_mail(desk, letter, ticket, address, "", now) for address in to])
        return "nobody is on call, so the admins were called"
    most, since = desk.settings.answers.notices, now - desk.settings.answers.window
    lately = work.outbox.caused(PAGE, since)
    spared = [each for each in people if lately[each.address, PAGE] >= most]
    for person in people:
        if person not in spared:
            work.outbox.add([*_drafts(desk, letter, ticket, person, now)])
    if spared:
        detail = {"letter": PAGE, "to": [each.address for each in spared], "reason": f"{most} pages in a short time"}
        work.tickets.add_events([NewEvent(ticket.id, now, "mail-daemon", "page suppressed", detail)])
    return f"{', '.join(each.name for each in people)} called"


def _drafts(desk: Desk, letter: Letter, ticket: Ticket, person: Colleague, now: datetime) -> Iterator[Draft]:
    yield _mail(desk, letter, ticket, person.address, person.name, now)
    text = _text(desk, letter)
    for number in range(1, _channels(person) + 1):
        yield _push(desk, ticket, f"{person.name}/{number}", text, now)


def _mail(desk: Desk, letter: Letter, ticket: Ticket, address: str, name: str, now: datetime) -> Draft:
    written = draft(
        desk,
        letter,
        address,
        to_name=name,
        role=Role.AGENT,
        ticket_id=ticket.id,
        thread=Thread(),
        replied=False,
        now=now,
    )
    return replace(written, cause=PAGE)


def _push(desk: Desk, ticket: Ticket, recipient: str, text: str, now: datetime) -> Draft:
    """A row of the outbox that says whose channel it is for; what that is, is looked up as it is delivered."""
    token = desk.signer.token(
        ticket.id, recipient, Role.AGENT, issued=now, nonce=secrets.token_bytes(NONCE_BYTES)
    )  # for a unique id: it stands in no mail
    return Draft(
        letter=PAGE,
        recipients=(recipient,),
        envelope_from="",
        message_id=desk.signer.message_id(token),
        content=text.encode(),
        queued=now,
        ticket_id=ticket.id,
        channel=_PUSH,
    )


def _channels(person: Colleague) -> int:
    try:
        return len(person.urls())
    except Unreadable:
        return len(person.channels) or 1  # the one that can't be looked up says so as it is delivered


def _text(desk: Desk, letter: Letter) -> str:
    """One paragraph, from the template `push`."""
    whole = " ".join(desk.renderer.render(replace(letter, name=_PUSH)).text.split())
    return whole if len(whole) <= _LONGEST_PUSH else whole[: _LONGEST_PUSH - 1] + "…"


def _letter(
    work: Work, desk: Desk, ticket: Ticket, clock: Clock, number: int, called: list[str], now: datetime
) -> Letter:
    own = desk.settings.desk
    clocks = work.clocks.of(ticket.id)
    letter = about(desk, PAGE, ticket, clocks, zone=own.timezone, language=own.language, now=now)
    due = {each.kind: each.due for each in clocks if each.state == RUNNING and each.due}
    expected = RESPONSE if RESPONSE in due else UPDATE  # an answer is news, too
    return replace(
        letter,
        what=why_called(work, ticket),
        page=PageFacts(number + 1, spoken(clock.started, own.timezone, own.language), tuple(called)),
        deadlines=(_deadline(desk, expected, due[expected], now),) if expected in due else (),
    )


def _deadline(desk: Desk, kind: str, due: datetime, now: datetime) -> DeadlineFacts:
    own = desk.settings.desk
    late = spoken_lateness(due, now, own.language) if due < now else ""
    return DeadlineFacts(kind, spoken(due, own.timezone, own.language), late)
