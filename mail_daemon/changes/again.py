"""Letters to the customer that an agent asks for: the last one again, and whom to turn to."""

from __future__ import annotations

import secrets

from mail_daemon.changes.errors import ChangeError
from mail_daemon.changes.keeping import keep
from mail_daemon.desk import Desk
from mail_daemon.domain.by import By
from mail_daemon.domain.identity import NONCE_BYTES, Role
from mail_daemon.escalation import ASKED, escalation
from mail_daemon.store.rows import Draft, Posted, Ticket
from mail_daemon.store.store import Work
from mail_daemon.telling import tell_customer
from responders.composer import anew
from responders.renderer import INSIDE


def escalate(work: Work, desk: Desk, ticket: Ticket, by: By) -> Ticket:
    """Sends the escalation contacts (policy section 7), whatever is due. Raises ChangeError."""
    letter = escalation(desk, ticket, work.clocks.of(ticket.id), ASKED, now=by.now)
    if not letter.contacts:
        raise ChangeError("No contacts are named for this: an admin writes them under `escalation` in policy.yaml.")
    if not tell_customer(work, desk, ticket, letter, now=by.now):
        raise ChangeError(f"No letter went to the customer of {desk.ref(ticket.id)} yet; answer in your own words.")
    names = [contact.name for contact in letter.contacts]
    return keep(work, ticket, by, ("escalated", {"contacts": names}), escalated=by.now)


def resend(work: Work, desk: Desk, ticket: Ticket, by: By) -> tuple[Ticket, Posted]:
    """The last letter to the customer goes out again, as it was, and which it is. Raises ChangeError."""
    letters = [each for each in work.outbox.of(ticket.id) if each.letter not in INSIDE]
    if not letters:
        raise ChangeError(f"No letter about {desk.ref(ticket.id)} went to its customer yet.")
    last = letters[-1]
    if last.state == "waiting":
        raise ChangeError(f"The last letter, {last.letter}, has not left yet: {last.error or 'it is on its way'}.")
    work.outbox.add([_copy(work, desk, ticket, last, by)])
    told = ("letter sent again", {"letter": last.letter, "to": list(last.recipients)})
    return keep(work, ticket, by, told), last


def _copy(work: Work, desk: Desk, ticket: Ticket, last: Posted, by: By) -> Draft:
    """With a Message-ID of its own, since mail programs show the same one once only."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    token = desk.signer.token(ticket.id, last.recipients[0], Role.CUSTOMER, issued=by.now, nonce=nonce)
    message_id = desk.signer.message_id(token)
    return Draft(
        letter=last.letter,
        recipients=last.recipients,
        envelope_from=desk.envelope_sender,
        message_id=message_id,
        content=anew(work.outbox.content(last.id) or b"", message_id, by.now),
        queued=by.now,
        ticket_id=ticket.id,
        proven=last.proven,
    )
