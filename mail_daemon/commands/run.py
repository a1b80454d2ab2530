"""Carries out what an agent's mail orders, one order after the other; whoever calls undoes all when one fails."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mail_daemon.changes.errors import ChangeError
from mail_daemon.commands import people, reports, rfo, states, tickets
from mail_daemon.commands.conversation import post
from mail_daemon.commands.running import Anywhere, Done, InTicket, Run, told
from mail_daemon.domain import orders
from mail_daemon.domain.orders import Order
from mail_daemon.domain.ticket import Status
from mail_daemon.store.rows import Ticket

_IN_TICKET: InTicket = {
    **states.ORDERS,
    **people.ORDERS,
    **tickets.ORDERS,
    **rfo.ORDERS,
    **reports.IN_TICKET,
}
_ANYWHERE: Anywhere = {orders.New: tickets.new, **reports.ANYWHERE}

# These come after the words, which answer the customer and go out in the ticket as it was.
_LAST = (orders.Pending, orders.Vendor, orders.Merge)


def carry_out(run: Run, ticket: Ticket | None, given: Sequence[Order], *, sections: bool = False) -> Done:
    """Runs all orders, and sends the words where the run speaks. Raises ChangeError, and some may have run by then.

    `ticket` is None in a mail to the desk. `sections`: the words are those of a Reason for Outage.
    """
    done = Done(ticket)
    if sections and ticket is not None:
        done = rfo.complete(run, ticket)
    first = sorted((each for each in given if not _comes_last(each)), key=lambda each: not isinstance(each, orders.New))
    done = _all(run, done, first)
    if run.speaks and done.ticket is not None:
        ticket = post(run.work, run.desk, run.case, done.ticket, run.words, run.by)
        # An answer alone goes without a transcript.
        done = _joined(done, told(ticket, "Your answer", "sent to the customer") if given else Done(ticket))
    done = _all(run, done, filter(_comes_last, given))
    if done.ticket is not None and any(isinstance(each, orders.New) for each in given):
        tickets.announce(run, done.ticket)
    return done


def _comes_last(order: Order) -> bool:
    if isinstance(order, orders.SetStatus):
        return order.status is not Status.OPEN  # an answer to what has ended would stop no clock
    return isinstance(order, _LAST)


def _all(run: Run, done: Done, given: Iterable[Order]) -> Done:
    for order in given:
        done = _joined(done, _one(run, done.ticket, order))
    return done


def _one(run: Run, ticket: Ticket | None, order: Order) -> Done:
    if anywhere := _ANYWHERE.get(type(order)):
        return anywhere(run, ticket, order)
    if ticket is None:
        raise ChangeError("This mail answers no ticket; send these commands in a reply to one of its letters.")
    return _IN_TICKET[type(order)](run, ticket, order)


def _joined(done: Done, then: Done) -> Done:
    return Done(
        then.ticket,
        done.changes + then.changes,
        done.commands + then.commands,
        done.history + then.history,
        done.tables + then.tables,
    )
