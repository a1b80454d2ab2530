"""One mailbox's thread: take in what is new, say that it is stored, wait for more."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from mail_daemon import maillog
from mail_daemon.mailboxes.base import Mailbox
from mail_daemon.stages.receive import receive
from mail_daemon.store.blobs import Blobs
from mail_daemon.store.store import Store

_SLICE = 30.0  # seconds


class Poller:
    """`arrived` is called after each stored batch; `clock` tells the time in UTC."""

    def __init__(
        self,
        mailbox: Mailbox,
        store: Store,
        blobs: Blobs,
        *,
        poll_seconds: float,
        clock: Callable[[], datetime],
        arrived: Callable[[], None],
    ) -> None:
        self.mailbox = mailbox
        self.alive: Callable[[], None] = lambda: None  # told after each batch
        self.stopping: Callable[[], bool] = lambda: False
        self.looked = False  # whether it has been through the mailbox once
        self._store = store
        self._blobs = blobs
        self._poll_seconds = poll_seconds
        self._clock = clock
        self._arrived = arrived

    def step(self) -> bool:
        """One pass over the mailbox. Raises MailboxDown, StoreDown or BlobsDown."""
        for batch in self.mailbox.batches(self._known):
            new = receive(self._store, self._blobs, batch, now=self._clock())
            maillog.received(self.mailbox.name, len(batch), new)
            self._arrived()
            self.mailbox.done(batch)
            self.alive()
        self.looked = True
        return False

    def idle(self) -> None:
        """Waits for mail, in slices that the watchdog sees. Raises MailboxDown."""
        left = self._poll_seconds
        while left > 0 and not self.stopping() and not self.mailbox.wait(min(left, _SLICE)):
            left -= _SLICE
            self.alive()

    def _known(self, keys: Collection[str]) -> set[str]:
        with self._store.read() as work:
            return work.inbound.known(self.mailbox.name, keys)
