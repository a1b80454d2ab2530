"""Prove: what follows from how a mail proves an agent, or doesn't.

A token that somebody else has shown is void from then on; an agent's mail runs once, however often it comes; and
where nothing proves that an agent wrote what comes in that agent's name, the agent is asked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from mail_daemon.case import Case
from mail_daemon.commands.confirming import UNPROVEN, ask
from mail_daemon.desk import Desk
from mail_daemon.domain import script
from mail_daemon.domain.by import DAEMON, By
from mail_daemon.domain.decisions import Match, Sender
from mail_daemon.settings.policy import Agent
from mail_daemon.store.rows import Draft, Ticket
from mail_daemon.store.rows_inbound import Claimed
from mail_daemon.store.store import Work
from parsers.mail import Mail
from responders.times import spoken_duration

_HOUR = timedelta(hours=1)
_WHY = {
    "": "it answers no letter of ours, and no server that we trust vouches for it",
    "unauthenticated": "no server that we trust saw it pass DMARC by a signature of your domain (DKIM)",
    "void-token": (
        "somebody else has answered the same letter of ours from another address, so that letter proves nobody any "
        "more; newer letters still do"
    ),
}
_NOT_YOURS = "it answers no letter that we sent to you"


def prove(work: Work, claimed: Claimed, mail: Mail, sender: Sender, found: Match, *, now: datetime) -> Match:
    """Voids the tokens that were shown, and turns a mail that has run before into a duplicate."""
    work.proofs.void(found.exposed, inbound_id=claimed.id, now=now)
    if found.kind != "command":
        return found
    marks = list(_marks(mail, sender, found))
    if not marks or work.proofs.first(marks, inbound_id=claimed.id):
        return found
    return replace(found, kind="duplicate", how="replayed")


def set_aside(case: Case) -> str | None:
    """Why a mail in an agent's name that belongs to no ticket is not worth one; None where it is."""
    if case.match.ticket is not None:
        return None
    if case.match.kind == "duplicate":
        return "a copy of an agent's mail that has run"
    # Words may tell of an outage, so they become a ticket; commands alone wait for the agent's yes.
    if case.match.kind == "unproven" and not script.read(case.mail.text).words.strip() and not case.mail.attachments:
        return "commands in an agent's name, unproven"
    return None


def ask_agent(work: Work, desk: Desk, case: Case, ticket: Ticket | None) -> tuple[Draft, ...]:
    """Asks the agent in whose name an unproven mail came; nothing for machines, and beyond the cap."""
    agent = _claimed_agent(desk, case)
    orders = script.read(case.mail.text)
    if agent is None or not (orders.block + orders.words).strip():
        return ()
    if work.confirmations.asked(agent.address, UNPROVEN, case.now - _HOUR) >= desk.settings.answers.confirmations:
        return ()
    by = By(DAEMON, case.now, inbound_id=case.claimed.id)
    return (ask(work, desk, agent, ticket, orders, _why(desk, case), by, kind=UNPROVEN, subject=case.mail.subject),)


def _claimed_agent(desk: Desk, case: Case) -> Agent | None:
    if case.match.kind != "unproven" or case.screening.machine or case.sender.role != "agent":
        return None
    return desk.directory.agent(case.sender.address)


def _why(desk: Desk, case: Case) -> str:
    if case.match.how == "expired-token":
        age = spoken_duration(desk.settings.matching.agent_reply_within)
        return f"it answers a letter of ours that is older than {age}"
    return _WHY.get(case.match.how, _NOT_YOURS)


def _marks(mail: Mail, sender: Sender, found: Match) -> Iterator[str]:
    """What no two mails of an agent share: the Message-ID, and the letter that it answers with its own Date."""
    if mail.message_id:
        yield _digest("id", sender.address, mail.message_id)
    if found.proof and mail.date:
        yield _digest("answer", found.proof, mail.date.isoformat())


def _digest(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode("utf-8", "replace")).hexdigest()
