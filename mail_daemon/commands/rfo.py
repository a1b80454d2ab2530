"""Orders about a Reason for Outage (policy section 6), and the words of one."""

from __future__ import annotations

from mail_daemon.changes import rfo
from mail_daemon.changes.rfo_letters import sections
from mail_daemon.commands.conversation import outward
from mail_daemon.commands.running import Done, InTicket, Run, told
from mail_daemon.domain import orders
from mail_daemon.domain.rfo import completed
from mail_daemon.store.rows import Ticket

_WHAT = "Reason for Outage"


def complete(run: Run, ticket: Ticket) -> Done:
    """The words are its sections: those of a reply to its draft. Raises ChangeError where there are none."""
    words = outward(run.work, run.desk, run.case, ticket, run.words)
    kept = rfo.complete(run.work, run.desk, ticket, completed(words), run.by)
    missing = " and ".join(sections(kept).missing())
    return told(run.afresh(ticket), _WHAT, f"still lacks {missing}" if missing else "complete, to be sent")


def draft(run: Run, ticket: Ticket, order: orders.RfoDraft) -> Done:
    rfo.draft(run.work, run.desk, ticket, run.by)
    return told(run.afresh(ticket), _WHAT, "the draft comes by a mail of its own")


def send(run: Run, ticket: Ticket, order: orders.RfoSend) -> Done:
    sent = rfo.send(run.work, run.desk, ticket, run.by)
    refs = ", ".join(run.desk.ref(number) for number in run.work.rfos.sharing(sent.id))
    return told(run.afresh(ticket), _WHAT, f"sent to the customer of {refs}")


def waive(run: Run, ticket: Ticket, order: orders.RfoWaive) -> Done:
    rfo.waive(run.work, run.desk, ticket, order.reason, run.by)
    return told(run.afresh(ticket), _WHAT, f"waived: {order.reason}")


def share(run: Run, ticket: Ticket, order: orders.RfoShare) -> Done:
    others = [run.named(number) for number in order.tickets]
    rfo.share(run.work, run.desk, [ticket, *others], run.by)
    return told(run.afresh(ticket), _WHAT, f"shared with {', '.join(run.desk.ref(each.id) for each in others)}")


ORDERS: InTicket = {
    orders.RfoDraft: draft,
    orders.RfoSend: send,
    orders.RfoWaive: waive,
    orders.RfoShare: share,
}
