"""Maintenance: which mails answer a letter about planned work, and what is worked on while a ticket opens (section 11).

Such a letter belongs to no ticket. A person's answer opens one, and later answers join it; machines' are set aside,
since a letter to every customer would else bring a ticket for each who is away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mail_daemon.case import Case
from mail_daemon.domain.decisions import Match, Screening, Sender
from mail_daemon.domain.identity import NO_TICKET, Role, Signer, Token
from mail_daemon.domain.maintenance import concerns
from mail_daemon.domain.priority import Ranking
from mail_daemon.store.maintenances import Maintenances
from mail_daemon.store.rows_duties import Maintenance
from parsers.mail import Mail

CATEGORY = "maintenance"
_MOST_IDS = 20
_TROUBLE = 2  # words of this priority or above keep their own category, since something has broken


@dataclass(frozen=True, slots=True)
class Answered:
    """The maintenance whose letter a mail answers, and whether its sender is whom that letter went to."""

    maintenance: Maintenance
    by_reader: bool


def answered(maintenances: Maintenances, signer: Signer, mail: Mail, sender: Sender) -> Answered | None:
    """Reads the store only where the mail names a letter that we signed and that belongs to no ticket."""
    tokens = dict(_without_ticket(signer, mail))
    found = maintenances.answered(list(tokens)) if tokens else {}
    for message_id, maintenance in found.items():
        return Answered(maintenance, signer.meant_for(tokens[message_id], sender.address))
    return None


def set_aside(mail: Mail, screening: Screening, found: Match, answered: Answered | None) -> str | None:
    """Why a mail without a ticket is not worth one; None where it is."""
    about = f"the letter about maintenance {answered.maintenance.key}" if answered else ""
    if found.kind == "bounce" and found.ticket is None:
        return f"a delivery report about {about or 'no letter of ours'}"
    if found.kind != "new" or not screening.machine:
        return None
    if mail.automatic == "invitation-answer":
        return "a calendar program's answer to an invitation"
    # What came through a list, a person may have written.
    return f"a machine's answer to {about}" if about and mail.automatic not in ("list", "bulk") else None


def ranked(ranking: Ranking, answered: Answered | None, found: Match) -> Ranking:
    """The category of a new ticket that a reader's answer opens."""
    if found.kind != "new" or not (answered and answered.by_reader) or ranking.level <= _TROUBLE:
        return ranking
    return replace(ranking, category=CATEGORY)


def noted(maintenances: Maintenances, case: Case, answered: Answered | None) -> Case:
    """With what the ticket and its letters tell of maintenance."""
    if answered and answered.by_reader:
        case = replace(case, maintenance=answered.maintenance)
    if not case.opens:
        return case
    account = case.sender.account
    running = [each for each in maintenances.running(case.now) if concerns(each.accounts, account)]
    return replace(case, running=tuple(running))


def _without_ticket(signer: Signer, mail: Mail) -> Iterator[tuple[str, Token]]:
    bounced = (mail.bounce.original_message_id,) if mail.bounce else ()
    ids = [each for each in (*bounced, mail.in_reply_to, *reversed(mail.references)) if each]
    for message_id in dict.fromkeys(ids[:_MOST_IDS]):
        token = signer.read(message_id)
        if token is not None and token.ticket == NO_TICKET and token.role is Role.CUSTOMER:
            yield message_id, token
