"""A Reason for Outage on its way (policy section 6): drafted, completed, shared, sent, or waived.

Whoever calls has read the tickets with `tickets.get(id, lock=True)` in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace

from mail_daemon import timing
from mail_daemon.changes.errors import ChangeError
from mail_daemon.changes.keeping import keep
from mail_daemon.changes.rfo_letters import LETTER, owed, sections, to_agents, to_its_customer
from mail_daemon.desk import Desk
from mail_daemon.domain.by import By
from mail_daemon.domain.clockwork import ENDED, RFO
from mail_daemon.domain.rfo import LONGEST, Sections, listed, mentions, too_long
from mail_daemon.store.rows import Ticket
from mail_daemon.store.rows_duties import Rfo
from mail_daemon.store.store import Work
from mail_daemon.telling import may_be_told

DRAFTED, SENT, WAIVED = "draft", "sent", "waived"

_LONGEST_LINE = 500  # of a reason, of a service's name
_MOST_SHARING = 50  # tickets: a PDF is made for each, in one transaction


def draft(work: Work, desk: Desk, ticket: Ticket, by: By) -> Rfo:
    """Mails what is known and written so far to the ticket's agents. Raises ChangeError where none is owed."""
    rfo = replace(_current(work, desk, ticket, by), drafted=by.now)
    work.rfos.change(rfo.id, drafted=by.now)
    to_agents(work, desk, ticket, rfo, by)
    keep(work, ticket, by, ("rfo drafted", {"rfo": rfo.id, "missing": list(sections(rfo).missing())}))
    return rfo


def complete(work: Work, desk: Desk, ticket: Ticket, said: Sections, by: By) -> Rfo:
    """Puts down what an agent has written; sections that he left out stay. Raises ChangeError."""
    said = replace(said, service=" ".join(said.service.split()))
    names = [name for name, _ in said.filled()]
    if not names:
        raise ChangeError("I found no section in it; write lines that begin with Cause:, Impact:, Resolution: ...")
    for name, length in too_long(said):
        raise ChangeError(f"The {name} has {length} characters; write at most {LONGEST}, so that it stays readable.")
    if len(said.service) > _LONGEST_LINE:
        raise ChangeError(f"The service is one short line of at most {_LONGEST_LINE} characters.")
    rfo = _with(work, _current(work, desk, ticket, by), said, by)
    told = ("rfo completed", {"rfo": rfo.id, "sections": names, "missing": list(sections(rfo).missing())})
    for each in _sharing(work, ticket, rfo):
        keep(work, each, by, told)
    return rfo


def share(work: Work, desk: Desk, tickets: Sequence[Ticket], by: By) -> Rfo:
    """One Reason for Outage for several tickets of one outage: that of the first, or the first that has words.

    Raises ChangeError where there is nothing to share, or where a ticket owes none.
    """
    first, *others = {ticket.id: ticket for ticket in tickets}.values()
    if not others or len(others) >= _MOST_SHARING:
        raise ChangeError(f"Name two or more tickets of one outage, at most {_MOST_SHARING}.")
    drafts = [_current(work, desk, ticket, by) for ticket in (first, *others)]
    words = next((sections(each) for each in drafts if len(sections(each).missing()) < 4), sections(drafts[0]))
    rfo = _with(work, drafts[0], words, by)
    work.rfos.give(rfo.id, [ticket.id for ticket in others])
    refs = [desk.ref(ticket.id) for ticket in (first, *others)]
    for ticket, before in zip((first, *others), drafts, strict=True):
        replaced = dict(sections(before).filled()) if before.id != rfo.id else {}
        keep(work, ticket, by, ("rfo shared", {"rfo": rfo.id, "tickets": refs, "replaced": replaced}))
    return rfo


def send(work: Work, desk: Desk, ticket: Ticket, by: By) -> Rfo:
    """Mails it to the customer of each ticket that shares it, each alone. Raises ChangeError, and sends nothing."""
    rfo = _current(work, desk, ticket, by)
    if missing := sections(rfo).missing():
        ways = ", ".join(f"`{name.capitalize()}: ...`" for name in missing)
        raise ChangeError(f"The Reason for Outage lacks its {listed(missing)}; reply to its draft with {ways}.")
    tickets = list(_sharing(work, ticket, rfo))
    _check_readers(work, desk, tickets, rfo)
    for each in tickets:
        letter, *_ = to_its_customer(work, desk, each, rfo, by)
        kept = keep(work, each, by, ("rfo sent", {"rfo": rfo.id, "to": each.requester, "letter": letter}))
        timing.stop(work, desk, kept, [RFO], by)
        timing.refresh(work, kept, now=by.now)
    work.rfos.change(rfo.id, state=SENT, sent_at=by.now)
    return replace(rfo, state=SENT, sent_at=by.now)


def waive(work: Work, desk: Desk, ticket: Ticket, reason: str, by: By) -> Rfo:
    """The customer of this ticket gets none, and why; tickets that shared it still do. Raises ChangeError."""
    reason = " ".join(reason.split())
    if not reason or len(reason) > _LONGEST_LINE:
        raise ChangeError(f"Say why no Reason for Outage is needed, in a line of at most {_LONGEST_LINE} characters.")
    rfo = _current(work, desk, ticket, by)
    if len(work.rfos.sharing(rfo.id)) > 1:
        rfo = work.rfos.add([ticket.id], drafted=by.now, author=by.actor, service=rfo.service)
    work.rfos.change(rfo.id, state=WAIVED, waived=reason)
    kept = keep(work, ticket, by, ("rfo waived", {"rfo": rfo.id, "reason": reason}))
    timing.stop(work, desk, kept, [RFO], by, state=ENDED)
    timing.refresh(work, kept, now=by.now)
    return replace(rfo, state=WAIVED, waived=reason)


def _current(work: Work, desk: Desk, ticket: Ticket, by: By) -> Rfo:
    """The ticket's draft, a new one where there is none. Raises ChangeError where none is owed."""
    rfo = work.rfos.of(ticket.id)
    if rfo and rfo.state == DRAFTED:
        return rfo
    if owed(work.clocks.of(ticket.id)) is None:
        raise ChangeError(_not_owed(desk, ticket, rfo))
    return work.rfos.add([ticket.id], drafted=by.now, author=by.actor, service=_service(desk, ticket))


def _not_owed(desk: Desk, ticket: Ticket, rfo: Rfo | None) -> str:
    ref = desk.ref(ticket.id)
    if rfo and rfo.state == SENT:
        return f"The Reason for Outage of {ref} has gone out; write to its customer yourself if there is more to say."
    if rfo:
        return f"The Reason for Outage of {ref} was waived: {rfo.waived}. Write to its customer yourself."
    levels = " or ".join(map(str, sorted(desk.policy.rfo.within)))
    return f"{ref} owes no Reason for Outage: it never had priority {levels}. If it was an outage, raise it first."


def _service(desk: Desk, ticket: Ticket) -> str:
    """What triage says of it. No word of the customer's: whoever shares it would read it, too."""
    rules = [
        reason.rule.partition(" (")[0].replace("-", " ")
        for reason in ticket.reasons
        if reason.where in ("subject", "body")
    ]
    return ": ".join([desk.policy.levels[ticket.highest_priority].name, *rules[:1]])


def _with(work: Work, rfo: Rfo, said: Sections, by: By) -> Rfo:
    columns = asdict(sections(rfo) | said)
    work.rfos.change(rfo.id, author=by.actor, **columns)
    return replace(rfo, author=by.actor, **columns)


def _sharing(work: Work, ticket: Ticket, rfo: Rfo) -> Iterator[Ticket]:
    for number in work.rfos.sharing(rfo.id):
        found = ticket if number == ticket.id else work.tickets.get(number, lock=True)
        if found:
            yield found


def _check_readers(work: Work, desk: Desk, tickets: Sequence[Ticket], rfo: Rfo) -> None:
    """Raises ChangeError where a customer can't be written to, or would read of another."""
    for ticket in tickets:
        if not may_be_told(work, ticket, LETTER):
            raise ChangeError(
                f"No letter of ours may go to the customer of {desk.ref(ticket.id)}: none did before. Waive it there."
            )
    named = [name for ticket in tickets if _strangers(ticket, tickets) for name in _names(desk, ticket)]
    for section, name in mentions(sections(rfo), named):
        raise ChangeError(f"The {section} names {name}, and other customers get it, too; write it without.")


def _strangers(ticket: Ticket, tickets: Sequence[Ticket]) -> bool:
    return any((each.account or each.requester) != (ticket.account or ticket.requester) for each in tickets)


def _names(desk: Desk, ticket: Ticket) -> list[str]:
    """What tells who a ticket's customer is; a first name alone does not."""
    full_name = ticket.requester_name if len(ticket.requester_name.split()) > 1 else ""
    return [desk.ref(ticket.id), ticket.account or "", ticket.requester, full_name]
