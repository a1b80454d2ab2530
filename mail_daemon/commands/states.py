"""Orders that move a ticket: its state, its priority, what it waits for."""

from __future__ import annotations

from mail_daemon import timing
from mail_daemon.changes import hold, news, notes
from mail_daemon.changes.errors import ChangeError
from mail_daemon.changes.ticket import answered, move, rank
from mail_daemon.commands.conversation import outward
from mail_daemon.commands.running import Done, InTicket, Run, changed, told
from mail_daemon.domain import orders
from mail_daemon.domain.standing import Standing
from mail_daemon.domain.ticket import OUTAGES, Cause, Status
from mail_daemon.domain.verbs import way_to
from mail_daemon.store.rows import Ticket
from mail_daemon.telling import may_be_told

# What the customer is told as a ticket gets into such a state (policy sections 5 and 9).
_NEWS = {
    Status.VENDOR: news.VENDOR,
    Status.MONITORING: news.RESTORED,
    Status.RESOLVED: news.RESOLVED,
    Status.CLOSED: news.CLOSED,
}


def set_status(run: Run, ticket: Ticket, order: orders.SetStatus) -> Done:
    if ticket.status == order.status:
        return told(ticket, "Status", f"{ticket.status} already")
    if ticket.status == Status.NEW and order.status is Status.OPEN and run.speaks:
        return Done(ticket)  # the words that follow open it
    return _moved(run, ticket, order.status)


def pending(run: Run, ticket: Ticket, order: orders.Pending) -> Done:
    before = ticket.status
    if before != Status.PENDING:
        ticket = _move(run, ticket, Status.PENDING)
    timing.wait(run.work, run.desk, ticket, order.until, run.by)
    until = run.spoken(order.until) if order.until else "the customer writes"
    return changed(ticket, "Status", before, f"pending, until {until}")


def vendor(run: Run, ticket: Ticket, order: orders.Vendor) -> Done:
    noted = changed(ticket, "Vendor's reference", ticket.vendor_ref, order.ref)
    ticket = notes.note_vendor(run.work, run.desk, ticket, order.ref, run.by)
    if ticket.status == Status.VENDOR:
        return Done(ticket, noted.changes)
    moved = _moved(run, ticket, Status.VENDOR)
    return Done(moved.ticket, noted.changes + moved.changes)


def workaround(run: Run, ticket: Ticket, order: orders.Workaround) -> Done:
    """An agent's own words, so that they answer the customer, too (policy section 8)."""
    text = outward(run.work, run.desk, run.case, ticket, order.text)
    if not may_be_told(run.work, ticket, news.LETTER):
        raise ChangeError(f"No letter went to the customer of {run.desk.ref(ticket.id)} yet; answer in your own words.")
    ticket = notes.note_workaround(run.work, run.desk, ticket, text, run.by)
    return told(answered(run.work, run.desk, ticket, run.by), "Work-around", "sent to the customer")


def set_priority(run: Run, ticket: Ticket, order: orders.Rank) -> Done:
    before = ticket.priority
    if ticket.status == Status.ON_HOLD and order.level in OUTAGES:  # an outage waits for no payment (section 12)
        ticket = hold.release(run.work, run.desk, ticket, run.by, what="service")
    ranked = rank(run.work, run.desk, ticket, order.level, run.by)
    return changed(ranked, "Priority", before, ranked.priority)


def _moved(run: Run, ticket: Ticket, target: Status) -> Done:
    then = _move(run, ticket, target)
    what = _NEWS.get(target)
    sent = news.tell(run.work, run.desk, then, what, run.by) if what and not run.speaks else []
    return changed(then, "Status", ticket.status, f"{then.status}{'; the customer is told' if sent else ''}")


def _move(run: Run, ticket: Ticket, target: Status) -> Ticket:
    cause = way_to(Status(ticket.status), target)
    if cause is None:
        raise ChangeError(_no_way(run, ticket, target))
    if cause is Cause.HELD:
        if run.desk.standing(ticket.account) is Standing.GOOD:
            raise ChangeError(f"{ticket.account or ticket.requester} owes nothing; what waits otherwise is #pending.")
        return hold.hold(run.work, run.desk, ticket, run.by)
    return move(run.work, run.desk, ticket, cause, run.by)


def _no_way(run: Run, ticket: Ticket, target: Status) -> str:
    ref = run.desk.ref(ticket.id)
    if ticket.status == Status.NEW and target is Status.OPEN:
        return f"{ref} is new, and open once you have answered its customer."
    ways = [status.value for status in Status if way_to(Status(ticket.status), status)]
    return f"{ref} is {ticket.status} and can't become {target}; it can become {' or '.join(ways)}."


ORDERS: InTicket = {
    orders.SetStatus: set_status,
    orders.Pending: pending,
    orders.Vendor: vendor,
    orders.Workaround: workaround,
    orders.Rank: set_priority,
}
