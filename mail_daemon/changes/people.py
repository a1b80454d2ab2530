"""Who a ticket belongs to and who takes part in it."""

from __future__ import annotations

from difflib import get_close_matches

from mail_daemon.changes.errors import ChangeError
from mail_daemon.changes.keeping import Told, keep
from mail_daemon.desk import Desk
from mail_daemon.domain.by import By
from mail_daemon.domain.identity import untagged
from mail_daemon.store.rows import Participant, Ticket
from mail_daemon.store.store import Work
from responders.addresses import BadAddress, wire

_STRANGER, _COPY = "stranger", "cc"  # roles in a ticket
_MOST_SHOWN = 10


def set_account(work: Work, desk: Desk, ticket: Ticket, name: str | None, by: By) -> Ticket:
    """Whose ticket it is; everybody of the account is heard in it. Raises ChangeError."""
    account = None if name is None else _account(desk, name)
    told = ("account changed", {"from": ticket.account, "to": account})
    return keep(work, ticket, by, told, account=account)


def add_copy(work: Work, desk: Desk, ticket: Ticket, address: str, by: By) -> Ticket:
    """Lets somebody take part, with copies of what goes to the customer. Raises ChangeError."""
    outsider(desk, address)
    known = work.tickets.participants(ticket.id).get(address)
    if known is None:
        work.tickets.add_participants(ticket.id, [Participant(address, "", _COPY, copies=True)])
    elif known.role == _STRANGER:
        raise ChangeError(f"{address} is a stranger who wrote here; #accept {address} lets them take part.")
    elif known.copies:
        raise ChangeError(f"{address} takes part already.")
    else:
        work.tickets.change_participant(ticket.id, address, copies=True)
    return keep(work, ticket, by, ("participant added", {"address": address}))


def accept(work: Work, desk: Desk, ticket: Ticket, address: str, by: By) -> Ticket:
    """A stranger who wrote in the ticket takes part from now on. Raises ChangeError."""
    outsider(desk, address)
    people = work.tickets.participants(ticket.id)
    strangers = sorted(each.address for each in people.values() if each.role == _STRANGER)
    if address not in strangers:
        shown = ", ".join(strangers[:_MOST_SHOWN]) or "none has"
        raise ChangeError(f"{address} is no stranger who wrote here ({shown}); #cc {address} lets anybody take part.")
    work.tickets.change_participant(ticket.id, address, role=_COPY, copies=True)
    told: Told = ("stranger accepted", {"address": address})
    return keep(work, ticket, by, told)


def outsider(desk: Desk, address: str) -> None:
    """Raises ChangeError for an address that can't be a customer's: ours, an agent's, or none that gets mail."""
    if untagged(address) in desk.settings.desk.addresses:
        raise ChangeError(f"{address} is our own address.")
    if desk.directory.agent(address):
        raise ChangeError(f"{address} is an agent's, who hears of the ticket from us.")
    try:
        wire(address)
    except BadAddress:
        raise ChangeError(f"No mail can be sent to {address}; look for a typing mistake.") from None


def _account(desk: Desk, name: str) -> str:
    by_name = {known.casefold(): known for known in desk.directory.accounts}
    if found := by_name.get(name.casefold()):
        return found
    near = [by_name[each] for each in get_close_matches(name.casefold(), by_name, 3)]
    hint = f"did you mean {' or '.join(near)}?" if near else "`mail-daemon accounts list` shows them all."
    raise ChangeError(f"There is no account {name!r}; {hint}")
