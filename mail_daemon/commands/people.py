"""Orders about whose a ticket is: its agent, its account, who takes part; and what it is called."""

from __future__ import annotations

from dataclasses import replace

from mail_daemon import notices
from mail_daemon.changes import hold, notes
from mail_daemon.changes import people as change
from mail_daemon.changes.errors import ChangeError
from mail_daemon.commands.running import Done, InTicket, Run, changed, told
from mail_daemon.domain import orders
from mail_daemon.domain.ticket import Status
from mail_daemon.settings.policy import Agent
from mail_daemon.store.rows import Ticket

_NOBODY = "nobody"


def assign(run: Run, ticket: Ticket, order: orders.Assign) -> Done:
    """Another agent gets a notice, to go on from."""
    agent = _agent(run, order.agent) if order.agent else None
    given = notes.assign(run.work, run.desk, ticket, agent.name if agent else None, run.by)
    if agent and agent.name != run.agent.name:
        _hand_over(run, given, agent)
    return changed(given, "Assigned to", ticket.assignee or _NOBODY, given.assignee or _NOBODY)


def categorise(run: Run, ticket: Ticket, order: orders.Categorise) -> Done:
    """What is about the service waits for no payment (policy section 12)."""
    then = notes.categorise(run.work, run.desk, ticket, order.category, run.by)
    done = changed(then, "Category", ticket.category, then.category)
    if then.status != Status.ON_HOLD or not hold.service_related(run.desk, then.category):
        return done
    released = hold.release(run.work, run.desk, then, run.by, what="service")
    return Done(released, done.changes + changed(released, "Status", then.status, released.status).changes)


def set_account(run: Run, ticket: Ticket, order: orders.SetAccount) -> Done:
    then = change.set_account(run.work, run.desk, ticket, order.name, run.by)
    return changed(then, "Account", ticket.account, then.account)


def set_subject(run: Run, ticket: Ticket, order: orders.SetSubject) -> Done:
    then = notes.rename(run.work, ticket, order.subject, run.by)
    return changed(then, "Subject", ticket.subject, then.subject)


def add_copy(run: Run, ticket: Ticket, order: orders.AddCc) -> Done:
    ticket = change.add_copy(run.work, run.desk, ticket, order.address, run.by)
    return told(ticket, "Takes part", f"{order.address}{_unless_proven(ticket)}")


def accept(run: Run, ticket: Ticket, order: orders.Accept) -> Done:
    ticket = change.accept(run.work, run.desk, ticket, order.address, run.by)
    return changed(ticket, order.address, "a stranger", f"takes part{_unless_proven(ticket)}")


def _unless_proven(ticket: Ticket) -> str:
    return "" if ticket.proven else ", and gets copies once something proves who the customer is"


def _agent(run: Run, name: str) -> Agent:
    if name == orders.ME:
        return run.agent
    agents = run.desk.directory.agents
    if found := next((each for each in agents if name in (each.name, each.address)), None):
        return found
    raise ChangeError(f"There is no agent {name!r}; write one of {', '.join(each.name for each in agents)}.")


def _hand_over(run: Run, ticket: Ticket, agent: Agent) -> None:
    clocks, now = run.work.clocks.of(ticket.id), run.by.now
    letter = notices.letter_inside(run.desk, notices.NOTICE, ticket, clocks, now=now)
    letter = replace(letter, what=f"yours now, given by {run.agent.name}: a ticket")
    run.work.outbox.add(notices.drafts(run.work.tickets, run.desk, ticket, letter, [agent], cause=None, now=now))


ORDERS: InTicket = {
    orders.Assign: assign,
    orders.Categorise: categorise,
    orders.SetAccount: set_account,
    orders.SetSubject: set_subject,
    orders.AddCc: add_copy,
    orders.Accept: accept,
}
