"""What admins do about planned maintenance (policy section 11): announce, update, cancel, complete.

Each verb only reads, and returns the round of letters that it would cause: so a dry run shows what the real one does.
The letters are written outside any transaction, since thousands take a while, and `carry_out` puts them into the
outbox; whoever calls it has asked the verb again in that transaction, and got the same round.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mail_daemon.changes.errors import ChangeError
from mail_daemon.changes.maintenance_letters import Post
from mail_daemon.desk import Desk
from mail_daemon.domain.maintenance import OVER_FOR_READER, Announcement, News, Status
from mail_daemon.settings.policy import Account
from mail_daemon.store.rows import Draft
from mail_daemon.store.rows_duties import Maintenance, MaintenanceLetter
from mail_daemon.store.store import Work
from responders.addresses import BadAddress, wire

_BATCH = 100  # letters in memory at a time
OVERTAKEN = "somebody else has just announced it or changed what is known of accounts; try again"


class TooLate(ChangeError):
    """The window lies in the past."""


@dataclass(frozen=True, slots=True)
class Round:
    """Letters that are due, and how the maintenance stands with them. `posts` are in the order of accounts."""

    said: Announcement
    before: Maintenance | None
    status: Status
    sequence: int
    posts: Sequence[Post]
    nobody: Sequence[str] = ()  # accounts that it concerns and that have nobody to write to

    @property
    def changed(self) -> bool:
        """Whether there is anything new, beyond readers who had not been told."""
        return self.before is None or self.before.sequence != self.sequence


def announce(work: Work, desk: Desk, said: Announcement, *, now: datetime, late: bool = False) -> Round:
    """For the first time, or as an update. What has not changed is told to those alone who do not know it yet.

    Raises ChangeError, and TooLate for a window that has begun (an update: that is over) unless `late`.
    """
    before = work.maintenances.get(said.key, lock=True)
    if before is not None and before.status != Status.ANNOUNCED:
        raise ChangeError(f"{said.key} was {before.status} already; announce it anew with another id")
    same = before is not None and said_before(before) == said
    if not same and not late:
        _in_time(said, before, now)
    told = Told(work.maintenances.letters(before.id)) if before else Told(())
    sequence = 0 if before is None else before.sequence + (not same)
    readers, nobody = _all_readers(work, desk, said, told, now)
    posts = [told.news(*each) for each in readers.items()]
    if before and not same:
        posts += (post for post in told.dropped(said) if post.reader not in readers)
    elif same:
        posts = [post for post in posts if post.news == News.ANNOUNCED and now < said.ends]
    return Round(said, before, Status.ANNOUNCED, sequence, posts, nobody)


def cancel(work: Work, desk: Desk, key: str, text: str, *, now: datetime) -> Round:
    """It does not take place. Raises ChangeError."""
    return _end(work, desk, _open(work, key), Status.CANCELLED, News.CANCELLED, text)


def complete(work: Work, desk: Desk, key: str, text: str, *, now: datetime) -> Round:
    """The work is done. Raises ChangeError."""
    before = _open(work, key)
    if now < before.starts:
        raise ChangeError(f"{key} has not begun; if it will not take place: mail-daemon maintenance cancel {key}")
    return _end(work, desk, before, Status.COMPLETED, News.COMPLETED, text)


def carry_out(work: Work, due: Round, drafts: Iterator[Draft], *, now: datetime) -> None:
    """Keeps the maintenance and queues the letters, one for each post. Raises ChangeError."""
    if due.before is None and not work.maintenances.add(due.said, now=now):
        raise ChangeError(OVERTAKEN)
    if due.before is not None and due.changed:
        work.maintenances.change(due.before.id, due.said, status=due.status, sequence=due.sequence)
    kept = work.maintenances.get(due.said.key)
    assert kept is not None
    for start in range(0, len(due.posts), _BATCH):
        posts = due.posts[start : start + _BATCH]
        batch = [next(drafts) for _ in posts]
        work.outbox.add(batch)
        work.maintenances.note(
            [
                MaintenanceLetter(kept.id, post.reader, due.sequence, post.account, post.news, draft.message_id)
                for post, draft in zip(posts, batch, strict=True)
            ]
        )


def said_before(row: Maintenance) -> Announcement:
    """What was announced last."""
    return Announcement(
        row.key, row.service, row.impact, row.starts, row.ends, row.accounts, dict(row.texts), row.upgrade
    )


class Told:
    """Who has heard of a maintenance so far, in which letters."""

    def __init__(self, letters: Iterable[MaintenanceLetter]) -> None:
        self._letters: dict[str, list[MaintenanceLetter]] = {}
        for letter in letters:
            self._letters.setdefault(letter.recipient, []).append(letter)
        self._accounts: dict[str, list[str]] = {}
        for reader, his in self._letters.items():
            self._accounts.setdefault(his[-1].account, []).append(reader)

    def knows(self, reader: str) -> bool:
        """Whether it is still on, as far as this reader has been told."""
        return reader in self._letters and self._letters[reader][-1].what not in OVER_FOR_READER

    def of(self, account: str) -> list[str]:
        """The readers for whom it is on, who were told since they belong to this account."""
        return [reader for reader in self._accounts.get(account, ()) if self.knows(reader)]

    def accounts(self) -> list[str]:
        return list(self._accounts)

    def news(self, reader: str, account: str, news: News | None = None, text: str = "") -> Post:
        """The next letter to a reader, in the thread of those before it."""
        before = tuple(letter.message_id for letter in self._letters.get(reader, ()))
        return Post(reader, account, news or (News.UPDATED if self.knows(reader) else News.ANNOUNCED), before, text)

    def dropped(self, said: Announcement) -> Iterator[Post]:
        """To readers whose accounts it concerns no longer."""
        for account in self.accounts():
            if not said.concerns(account):
                yield from (self.news(reader, account, News.DROPPED) for reader in self.of(account))


def _in_time(said: Announcement, before: Maintenance | None, now: datetime) -> None:
    if now >= said.ends:
        raise TooLate("this window is over; write a later one, or add --late to tell of it all the same")
    if now >= said.starts and (before is None or before.starts != said.starts):
        raise TooLate("this window has begun; write a later one, or add --late to tell of it all the same")


def _all_readers(
    work: Work, desk: Desk, said: Announcement, told: Told, now: datetime
) -> tuple[dict[str, str], list[str]]:
    """Each reader with the account that he is told for, in the order of accounts; and the accounts without any."""
    readers: dict[str, str] = {}
    nobody: list[str] = []
    for account in desk.directory.accounts.values():
        if said.concerns(account.name):
            found = list(_readers(work, desk, account, told, now))
            nobody += () if found else (account.name,)
            for reader in found:
                readers.setdefault(reader, account.name)
    return readers, nobody


def _readers(work: Work, desk: Desk, account: Account, told: Told, now: datetime) -> Iterator[str]:
    """The account's contacts; where it has none, who opened its tickets lately, and whoever was told for that."""
    rules = desk.policy.maintenance
    found: Iterable[str] = account.contacts
    if not account.contacts:
        since = now - rules.requesters_within
        found = [*told.of(account.name), *work.maintenances.requesters(account.name, since, rules.most_requesters)]
    yield from (reader for reader in dict.fromkeys(found) if _can_be_told(desk, reader))


def _can_be_told(desk: Desk, address: str) -> bool:
    try:
        wire(address)
    except BadAddress:
        return False
    return address not in desk.settings.desk.addresses and desk.directory.agent(address) is None


def _open(work: Work, key: str) -> Maintenance:
    before = work.maintenances.get(key, lock=True)
    if before is None:
        raise ChangeError(f"no maintenance {key!r} was announced; see mail-daemon maintenance list")
    if before.status != Status.ANNOUNCED:
        raise ChangeError(f"{key} was {before.status} already")
    return before


def _end(work: Work, desk: Desk, before: Maintenance, status: Status, news: News, text: str) -> Round:
    told = Told(work.maintenances.letters(before.id))
    posts = [
        told.news(reader, account, news, text)
        for account in told.accounts()
        for reader in told.of(account)
        if _still(desk.directory.accounts, account, reader)
    ]
    return Round(said_before(before), before, status, before.sequence + 1, posts)


def _still(accounts: Mapping[str, Account], name: str, reader: str) -> bool:
    """False for a contact whom the account has since replaced by others."""
    account = accounts.get(name)
    return account is None or not account.contacts or reader in account.contacts
