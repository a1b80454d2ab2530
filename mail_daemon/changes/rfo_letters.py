"""The letters of a Reason for Outage: the draft to agents, and the mail with its PDF to a customer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from mail_daemon.desk import Desk
from mail_daemon.domain.by import By
from mail_daemon.domain.clockwork import MET, RESPONSE, RFO, RUNNING
from mail_daemon.domain.identity import Role
from mail_daemon.domain.outage import Outage, outage
from mail_daemon.domain.rfo import Sections
from mail_daemon.store.rows import Clock, Ticket
from mail_daemon.store.rows_duties import Rfo
from mail_daemon.store.store import Work
from mail_daemon.telling import insiders, tell_customer, to_customer
from mail_daemon.writing import Thread, about, draft
from responders import pdf
from responders.enclosure import Enclosure
from responders.letter import MomentFacts, RfoFacts
from responders.times import spoken, spoken_duration

LETTER, DRAFT, DOCUMENT = "rfo", "rfo-draft", "rfo-document"


def sections(rfo: Rfo) -> Sections:
    return Sections(rfo.service, rfo.cause, rfo.impact, rfo.resolution, rfo.prevention)


def owed(clocks: Iterable[Clock]) -> Clock | None:
    """The clock of the Reason for Outage that is still owed."""
    return next((clock for clock in clocks if clock.kind == RFO and clock.state == RUNNING), None)


def told(work: Work, ticket: Ticket, rfo: Rfo | None, zone: ZoneInfo, language: str) -> RfoFacts:
    """What a template may see of it: this ticket's own times, and the words so far."""
    return _facts(
        _outage(work, ticket, work.clocks.of(ticket.id)), sections(rfo) if rfo else Sections(), zone, language
    )


def to_agents(work: Work, desk: Desk, ticket: Ticket, rfo: Rfo, by: By) -> list[int]:
    """Queues the draft to each of the ticket's agents, to be filled in by a reply; returns the letters' ids."""
    own, clocks = desk.settings.desk, work.clocks.of(ticket.id)
    clock = owed(clocks)
    facts = replace(
        told(work, ticket, rfo, own.timezone, own.language),
        due=spoken(clock.due, own.timezone, own.language) if clock and clock.due else "",
        missing=sections(rfo).missing(),
    )
    letter = about(desk, DRAFT, ticket, clocks, zone=own.timezone, language=own.language, now=by.now)
    letter = replace(letter, rfo=facts, detail=tuple(_others(work, desk, ticket, rfo)))
    return work.outbox.add(
        [
            draft(
                desk,
                letter,
                each,
                role=Role.AGENT,
                ticket_id=ticket.id,
                thread=Thread(),
                replied=False,
                now=by.now,
            )
            for each in insiders(desk, ticket)
        ]
    )


def to_its_customer(work: Work, desk: Desk, ticket: Ticket, rfo: Rfo, by: By) -> list[int]:
    """Queues the mail with its PDF, in the ticket's thread, and returns its id.

    It holds this ticket's own times and names only, whoever else shares the words.
    """
    zone = ZoneInfo(ticket.zone) if ticket.zone else desk.settings.desk.timezone
    letter = to_customer(desk, LETTER, ticket, work.clocks.of(ticket.id), now=by.now)
    letter = replace(letter, rfo=told(work, ticket, rfo, zone, letter.language))
    document = desk.renderer.document(replace(letter, name=DOCUMENT))
    paper = pdf.render(document, created=by.now, fonts=desk.renderer.fonts)
    enclosed = Enclosure(f"RFO-{desk.ref(ticket.id)}.pdf", "application/pdf", paper)
    return tell_customer(work, desk, ticket, letter, now=by.now, enclosures=(enclosed,))


def _outage(work: Work, ticket: Ticket, clocks: Sequence[Clock]) -> Outage:
    began = [clock.started for clock in clocks if clock.kind == RFO]
    answers = [clock.stopped_at for clock in clocks if clock.kind == RESPONSE and clock.state == MET]
    letters = [each for each in work.outbox.of(ticket.id) if each.letter == "acknowledgement"]
    return outage(
        work.tickets.events(ticket.id),
        reported=ticket.opened,
        began=began[-1] if began else ticket.opened,
        acknowledged=next((each.sent_at or each.queued for each in letters if each.state != "failed"), None),
        answered=answers[0] if answers else None,
    )


def _facts(story: Outage, said: Sections, zone: ZoneInfo, language: str) -> RfoFacts:
    def at(moment: datetime | None) -> str:
        return spoken(moment, zone, language) if moment else ""

    return RfoFacts(
        service=said.service,
        cause=said.cause,
        impact=said.impact,
        resolution=said.resolution,
        prevention=said.prevention,
        reported=at(story.reported),
        began=at(story.began),
        acknowledged=at(story.acknowledged),
        answered=at(story.answered),
        restored=at(story.restored),
        resolved=at(story.resolved),
        lasted=spoken_duration(story.lasted, language) if story.lasted else "",
        timeline=tuple(MomentFacts(at(each.at), each.what) for each in story.timeline),
    )


def _others(work: Work, desk: Desk, ticket: Ticket, rfo: Rfo) -> Iterable[str]:
    """The further tickets that share it, for agents' eyes only."""
    for number in work.rfos.sharing(rfo.id):
        if number != ticket.id and (other := work.tickets.get(number)):
            yield f"{desk.ref(number)}, {other.account or other.requester}"
