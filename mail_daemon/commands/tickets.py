"""Orders that open, part, join and end tickets, and those that put something down about one."""

from __future__ import annotations

from mail_daemon.changes import again, ending, merging, notes, opening, time
from mail_daemon.changes.errors import ChangeError
from mail_daemon.changes.people import outsider
from mail_daemon.commands.conversation import note
from mail_daemon.commands.running import Done, InTicket, Run, changed, told
from mail_daemon.domain import orders
from mail_daemon.domain.billing import spoken_worked
from mail_daemon.store.rows import NewMessage, Ticket
from mail_daemon.writing import Thread

_LONGEST_SUBJECT = 200


def new(run: Run, ticket: Ticket | None, order: orders.New) -> Done:
    """Opens a ticket with the words as its report; its letters wait for the orders beside it: see `announce`.

    `ticket` is what the mail itself opened while nothing proved it; it goes on in the new one.
    """
    if ticket is not None and ticket.requester:
        address = run.desk.settings.desk.address
        raise ChangeError(f"#new opens a ticket by a mail of its own: write it to {address}, and not as an answer.")
    if not run.words.strip():
        raise ChangeError("Write below the commands what was reported; it becomes the ticket's text.")
    outsider(run.desk, order.for_)
    subject = _subject(run, ticket)
    described = opening.for_customer(run.desk, order.for_, subject, run.words, run.by.moment)
    opened = opening.open_ticket(run.work, run.desk, described, {"for": order.for_}, run.by)
    run.work.tickets.add_message(_report(run, opened))
    if ticket is not None:
        opened = merging.merge(run.work, run.desk, ticket, opened, run.by)
    return told(opened, "Opened", f"{run.desk.ref(opened.id)} for {order.for_}")


def announce(run: Run, ticket: Ticket) -> None:
    """Tells the customer and the other agents of a ticket that `new` opened."""
    opening.tell_all(run.work, run.desk, ticket, run.words, run.by, thread=Thread())


def merge(run: Run, ticket: Ticket, order: orders.Merge) -> Done:
    into = merging.merge(run.work, run.desk, ticket, run.named(order.into), run.by)
    return changed(into, "Merged", run.desk.ref(ticket.id), run.desk.ref(into.id))


def split(run: Run, ticket: Ticket, order: orders.Split) -> Done:
    ticket, other = opening.split(run.work, run.desk, ticket, run.by)
    return told(ticket, "Split off", f"{run.desk.ref(other.id)}: {other.subject}")


def link(run: Run, ticket: Ticket, order: orders.LinkTo) -> Done:
    other = run.named(order.ticket)
    ticket = merging.link(run.work, run.desk, ticket, other, run.by)
    return told(ticket, "Linked", f"{run.desk.ref(other.id)}: {other.subject}")


def spam(run: Run, ticket: Ticket, order: orders.Spam) -> Done:
    if run.words.strip():
        raise ChangeError("Nothing goes to the sender of spam; send #spam in a mail without other words.")
    then = ending.spam(run.work, run.desk, ticket, run.by)
    return changed(then, "Status", ticket.status, f"{then.status}, as spam")


def escalate(run: Run, ticket: Ticket, order: orders.Escalate) -> Done:
    return told(again.escalate(run.work, run.desk, ticket, run.by), "Contacts", "sent to the customer")


def resend(run: Run, ticket: Ticket, order: orders.Resend) -> Done:
    ticket, letter = again.resend(run.work, run.desk, ticket, run.by)
    return told(ticket, "Sent again", f"{letter.letter}, to {', '.join(letter.recipients)}")


def log_time(run: Run, ticket: Ticket, order: orders.LogTime) -> Done:
    ticket = time.log_time(
        run.work, run.desk, ticket, minutes=order.minutes, kind=order.kind, text=order.text, by=run.by
    )
    return told(ticket, "Time", f"{spoken_worked(order.minutes)} {order.kind}")


def fault(run: Run, ticket: Ticket, order: orders.Fault) -> Done:
    then = notes.note_fault(run.work, run.desk, ticket, order.fault, run.by)
    return changed(then, "Fault", ticket.fault, then.fault)


def put_down(run: Run, ticket: Ticket, order: orders.Note) -> Done:
    return told(note(run.work, run.desk, run.case, ticket, order.text, run.by), "Note", "kept inside")


def _subject(run: Run, ticket: Ticket | None) -> str:
    given = ticket.subject if ticket else run.case.mail.subject
    return " ".join((given.strip() or run.words.strip().partition("\n")[0])[:_LONGEST_SUBJECT].split())


def _report(run: Run, ticket: Ticket) -> NewMessage:
    """Only agents see it: the customer said it in words of his own."""
    mail = run.case.mail
    return NewMessage(
        ticket_id=ticket.id,
        direction="in",
        author=run.agent.address,
        at=run.case.claimed.received,
        subject=ticket.subject,
        text=run.words,
        visibility="internal",
        inbound_id=run.by.inbound_id,
        attachments=() if run.confirmed else mail.attachments,
        message_ids={mail.message_id: "received"} if mail.message_id else {},
    )


ORDERS: InTicket = {
    orders.Merge: merge,
    orders.Split: split,
    orders.LinkTo: link,
    orders.Spam: spam,
    orders.Escalate: escalate,
    orders.Resend: resend,
    orders.LogTime: log_time,
    orders.Fault: fault,
    orders.Note: put_down,
}
