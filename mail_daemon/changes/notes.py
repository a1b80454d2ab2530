"""What agents put down about a ticket: the vendor, a work-around, whose fault an outage was, who works on it."""

from __future__ import annotations

from mail_daemon import timing
from mail_daemon.changes import news
from mail_daemon.changes.errors import ChangeError
from mail_daemon.changes.keeping import keep
from mail_daemon.desk import Desk
from mail_daemon.domain.by import By
from mail_daemon.domain.clockwork import PAGE
from mail_daemon.domain.ticket import CATEGORIES
from mail_daemon.store.rows import Ticket
from mail_daemon.store.store import Work

FAULTS = ("customer", "provider")

_LONGEST_REF = 200
_LONGEST_TEXT = 20_000


def note_vendor(work: Work, desk: Desk, ticket: Ticket, ref: str, by: By) -> Ticket:
    """The vendor's own reference for the case (policy section 9). Raises ChangeError."""
    ref = " ".join(ref.split())
    if not ref or len(ref) > _LONGEST_REF:
        raise ChangeError(f"Write the vendor's reference in one line of at most {_LONGEST_REF} characters.")
    return keep(work, ticket, by, ("vendor noted", {"ref": ref}), vendor_ref=ref)


def note_workaround(work: Work, desk: Desk, ticket: Ticket, text: str, by: By) -> Ticket:
    """What helps until the problem is solved goes to the customer (policy section 9). Raises ChangeError."""
    text = text.strip()
    if not text or len(text) > _LONGEST_TEXT:
        raise ChangeError(f"Write the work-around in words, at most {_LONGEST_TEXT} characters.")
    ticket = keep(work, ticket, by, ("work-around noted", {"text": text}), workaround=text)
    news.tell(work, desk, ticket, news.WORKAROUND, by, text=text)
    return ticket


def note_fault(work: Work, desk: Desk, ticket: Ticket, fault: str, by: By) -> Ticket:
    """Whose fault an uncovered priority 1 was; the customer's alone is billed (policy section 4).

    Raises ChangeError for any other ticket, and for another word than those of FAULTS.
    """
    ref = desk.ref(ticket.id)
    if fault not in FAULTS:
        raise ChangeError(f"{fault!r} is nobody's fault; write one of {', '.join(FAULTS)}.")
    if not ticket.cause_review:
        raise ChangeError(f"{ref} has no cause to review: it was no priority 1 outside standard support hours.")
    return keep(work, ticket, by, ("fault noted", {"from": ticket.fault, "to": fault}), fault=fault)


def assign(work: Work, desk: Desk, ticket: Ticket, agent: str | None, by: By) -> Ticket:
    """Gives the ticket to an agent by name, whom no page need call any more; None: to all who take its category.

    Raises ChangeError.
    """
    names = [each.name for each in desk.directory.agents]
    if agent is not None and agent not in names:
        raise ChangeError(f"There is no agent {agent!r}; write one of {', '.join(names)}.")
    ticket = keep(work, ticket, by, ("assignee changed", {"from": ticket.assignee, "to": agent}), assignee=agent)
    if agent is not None:
        timing.stop(work, desk, ticket, [PAGE], by)
    return ticket


def rename(work: Work, ticket: Ticket, subject: str, by: By) -> Ticket:
    """Gives it another subject, which later letters carry. Raises ChangeError."""
    subject = " ".join(subject.split())
    if not subject or len(subject) > _LONGEST_REF:
        raise ChangeError(f"Write the subject in one line of at most {_LONGEST_REF} characters.")
    return keep(work, ticket, by, ("subject changed", {"from": ticket.subject, "to": subject}), subject=subject)


def categorise(work: Work, desk: Desk, ticket: Ticket, category: str, by: By) -> Ticket:
    """Raises ChangeError for a category that is none."""
    if category not in CATEGORIES:
        raise ChangeError(f"There is no category {category!r}; write one of {', '.join(CATEGORIES)}.")
    return keep(work, ticket, by, ("category changed", {"from": ticket.category, "to": category}), category=category)
