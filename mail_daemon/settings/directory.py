"""Who is who, looked up by address: the agents and the accounts of the configuration."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from mail_daemon.settings.policy import Account, Agent


class Directory:
    """Lookups in constant time; built once for each configuration."""

    def __init__(
        self, agents: Sequence[Agent], accounts: Sequence[Account], *, public_domains: Collection[str] = ()
    ) -> None:
        self.agents = tuple(agents)
        self.accounts = {account.name: account for account in accounts}
        public = frozenset(domain.lower() for domain in public_domains)
        self._agents = {agent.address: agent for agent in agents}
        self._by_contact = {contact: account for account in accounts for contact in account.contacts}
        self._by_telephone = {number: account for account in accounts for number in account.telephones}
        self._by_domain = {
            domain.lower(): account
            for account in accounts
            for domain in account.domains
            if domain.lower() not in public
        }

    def agent(self, address: str) -> Agent | None:
        return self._agents.get(address)

    def account(self, address: str) -> Account | None:
        """The account of a contact, or of a mail domain that is the account's own."""
        return self._by_contact.get(address) or self._by_domain.get(address.rpartition("@")[2])

    def caller(self, telephone: str) -> Account | None:
        """The account that calls from this number, given in E.164."""
        return self._by_telephone.get(telephone)

    def agents_for(self, category: str, assignee: str | None = None) -> tuple[Agent, ...]:
        """Who hears of a ticket: its assignee, or else everybody who takes its category."""
        assigned = tuple(agent for agent in self.agents if agent.name == assignee)
        return assigned or tuple(a for a in self.agents if not a.categories or category in a.categories)


def merged(accounts: Iterable[Account], imported: Iterable[Mapping[str, Any]]) -> tuple[Account, ...]:
    """The accounts of accounts.yaml, and over them, column by column, what was imported under their names.

    Imported ones come last: what both claim (a domain that was moved) belongs to them.
    """
    known = {account.name: account for account in accounts}
    over = [_over(known.pop(given["name"], None), given) for given in imported]
    return (*known.values(), *over)


def _over(account: Account | None, given: Mapping[str, Any]) -> Account:
    """`given` was checked when it was imported."""
    zone = {"timezone": ZoneInfo(given["timezone"])} if "timezone" in given else {}
    return (account or Account(name=given["name"])).model_copy(update={**given, **zone})
