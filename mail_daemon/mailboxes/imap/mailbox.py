"""A mailbox on an IMAP server: each mail is handed over once, then moved, marked, deleted or kept."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from mail_daemon import maillog
from mail_daemon.mailboxes.base import Arrival, MailboxDown
from mail_daemon.mailboxes.imap import done as finishing
from mail_daemon.mailboxes.imap import fetch, idle
from mail_daemon.mailboxes.imap.connection import Client, connect, speaking_to
from mail_daemon.mailboxes.imap.fetch import Facts
from mail_daemon.mailboxes.size import LARGE, grouped, spooling, sweep, too_large
from mail_daemon.settings.sections import ImapMailbox


def check(section: ImapMailbox, password: str) -> str:
    """Logs in and tells in one line what it saw. Raises MailboxDown."""
    client = connect(section, password)
    try:
        with speaking_to(section):
            _, count = fetch.select(client, section.folder, readonly=True)
            sock = client.wire.sock
            tls = sock.version() if isinstance(sock, ssl.SSLSocket) else "no TLS"
            wanted = ("IDLE", "MOVE", "UIDPLUS")
            offers = ", ".join(name if client.offers(name) else f"no {name}" for name in wanted)
    finally:
        client.hang_up(politely=True)
    return f"{section.host}:{section.port}: {tls}, {offers}; {section.folder} holds {count} mails"


class Imap:
    """One folder of one account. `known` and the UIDVALIDITY in every key keep a mail from coming twice."""

    def __init__(
        self,
        section: ImapMailbox,
        *,
        password: str,
        mail_size: int,
        batch: int,
        spool: Path,
        clock: Callable[[], datetime],
    ) -> None:
        """`mail_size` in bytes; large mails are spooled in a folder of this mailbox's own below `spool`.

        `clock` stands in where the server gives a mail no date.
        """
        self.name = section.name
        self._section, self._password = section, password
        self._mail_size, self._batch, self._clock = mail_size, batch, clock
        self._spool = spool / section.name
        self._place = _place(section)
        self._client: Client | None = None
        self._bell = idle.Bell()
        self._validity = 0
        self._after = 0  # every mail up to this UID is finished with, as far as this connection has seen
        self._open: set[str] = set()  # keys that are new and not yet done

    def batches(self, known: Callable[[Collection[str]], set[str]]) -> Iterator[Sequence[Arrival]]:
        """See base.Mailbox. A batch holds at most `batch` mails, and 8 MB or one mail that is larger."""
        with spooling(self._spool):
            sweep(self._spool)
        self._open.clear()
        uids = self._new_uids()
        again: list[int] = []
        for start in range(0, len(uids), self._batch):
            chunk = uids[start : start + self._batch]
            stored = known([self._key(uid) for uid in chunk])
            new = [uid for uid in chunk if self._key(uid) not in stored]
            self._open.update(self._key(uid) for uid in new)
            for group in self._groups(new):
                if arrivals := self._fetch(group):
                    yield arrivals
            again += [uid for uid in chunk if self._key(uid) in stored]
        # Last, so that a folder that takes no more mails (full, or forbidden) keeps none from being taken in.
        for start in range(0, len(again), self._batch):
            self._finish_again(again[start : start + self._batch])
        if uids and not self._open:
            self._after = uids[-1]

    def done(self, batch: Sequence[Arrival]) -> None:
        """See base.Mailbox. Unlinks the spool files of the batch."""
        current = [arrival for arrival in batch if arrival.key.startswith(f"{self._validity}:")]
        taken = [_uid(arrival) for arrival in current if not arrival.refused]
        refused = [_uid(arrival) for arrival in current if arrival.refused]
        if self._section.done != "keep" and current:
            with self._speaking() as client:
                finishing.finish(client, self._section.done, taken, refused=refused)
        self._open.difference_update(arrival.key for arrival in batch)
        for arrival in batch:
            if arrival.path:
                arrival.path.unlink(missing_ok=True)

    def wait(self, seconds: float) -> bool:
        """See base.Mailbox. Raises MailboxDown if the connection breaks meanwhile."""
        if self._client is None or not self._section.idle:
            self._bell.wait(seconds)
            return False
        with self._speaking() as client:
            if client.offers("IDLE"):
                return idle.wait(client, self._bell, seconds)
        self._bell.wait(seconds)
        return False

    def wake(self) -> None:
        self._bell.ring()

    def close(self) -> None:
        if self._client:
            self._client.hang_up(politely=True)
            self._client = None
        self._bell.close()

    def _new_uids(self) -> list[int]:
        with self._speaking() as client:
            client.wire.expect(seconds=idle.ANSWER)
            client.wire.noop()  # a dead connection should not cost the whole minute of a SELECT
            readonly = self._section.done == "keep"
            validity, exists = fetch.select(client, self._section.folder, readonly=readonly)
            if validity != self._validity:
                if self._validity:
                    maillog.uidvalidity_changed(self.name, self._section.folder, self._validity, validity)
                self._validity, self._after = validity, 0
            return fetch.uids_after(client, self._after, exists)

    def _groups(self, uids: Sequence[int]) -> list[list[Facts]]:
        with self._speaking() as client:
            return grouped(fetch.facts(client, uids))

    def _fetch(self, mails: Sequence[Facts]) -> list[Arrival]:
        with self._speaking() as client:
            ordinary = [mail for mail in mails if mail.size <= min(LARGE, self._mail_size)]
            bodies = fetch.bodies(client, ordinary)
            found = [self._arrival(client, mail, bodies) for mail in mails]
        return [arrival for arrival in found if arrival]

    def _arrival(self, client: Client, mail: Facts, bodies: dict[int, bytes]) -> Arrival | None:
        if mail.size > self._mail_size:
            return self._refused(client, mail, mail.size)
        if mail.size > LARGE:
            return self._spooled(client, mail)
        raw = bodies.get(mail.uid)
        if raw is None:
            return None
        return Arrival(self.name, self._key(mail.uid), self._received(mail), len(raw), raw)

    def _spooled(self, client: Client, mail: Facts) -> Arrival | None:
        path = self._spool / f"{self._validity}-{mail.uid}.eml"
        size = fetch.to_file(client, mail, path, limit=self._mail_size)
        if size is None:
            return None
        if size > self._mail_size:  # the server had told less
            path.unlink()
            return self._refused(client, mail, size)
        return Arrival(self.name, self._key(mail.uid), self._received(mail), size, path=path)

    def _refused(self, client: Client, mail: Facts, size: int) -> Arrival | None:
        header = fetch.header(client, mail.uid)
        if header is None:
            return None
        reason = too_large(size, self._mail_size)
        return Arrival(self.name, self._key(mail.uid), self._received(mail), size, header, refused=reason)

    def _finish_again(self, uids: Sequence[int]) -> None:
        if self._section.done != "keep" and uids:
            with self._speaking() as client:
                mails = fetch.facts(client, uids)
                finishing.finish_again(client, self._section.done, mails, mail_size=self._mail_size)

    @contextmanager
    def _speaking(self) -> Iterator[Client]:
        """A connection; after any trouble with it a new one is made the next time."""
        try:
            with speaking_to(self._section):
                if self._client is None:
                    self._client = connect(self._section, self._password)
                    self._after = 0
                    finishing.prepare(self._client, self._section.done)
                yield self._client
        except MailboxDown:
            if self._client:
                self._client.hang_up()
                self._client = None
            raise

    def _received(self, mail: Facts) -> datetime:
        return mail.received or self._clock()

    def _key(self, uid: int) -> str:
        return f"{self._validity}:{uid}:{self._place}"


def _uid(arrival: Arrival) -> int:
    return int(arrival.key.split(":")[1])


def _place(section: ImapMailbox) -> str:
    """Tells folders apart: servers give the same UIDVALIDITY to several, and a section may come to name another.

    A mail that was taken for a stored one would be moved or deleted unread.
    """
    named = f"{section.host}\0{section.username}\0{section.folder}"
    return hashlib.sha256(named.encode()).hexdigest()[:12]
