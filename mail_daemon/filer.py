"""The filer's thread: claims mails in order of receipt, has them read ahead, and files them in batches."""

from __future__ import annotations

import random
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future, wait
from datetime import datetime, timedelta
from functools import partial

from mail_daemon import maillog
from mail_daemon.desk import Desk
from mail_daemon.domain.retry import pause
from mail_daemon.pipeline import Outcome, file_mail
from mail_daemon.stages.read import read
from mail_daemon.store.blobs import Blobs
from mail_daemon.store.errors import BlobMissing, BlobsDown, StaleClaim, StoreDown
from mail_daemon.store.rows_inbound import Claimed
from mail_daemon.store.store import Store, Work
from parsers.mail import Mail
from parsers.sandbox import Failure, Reader

_BATCH = 50  # mails a commit; more gains nothing and delays the first letters
_AHEAD = 2  # batches claimed, so that the child reads one while the other is filed
_CLAIM = timedelta(minutes=30)  # a claim outlives every reading limit of its batch
_SLICE = 30.0  # seconds
_FIRST_PAUSE = timedelta(seconds=1)
_LONGEST_PAUSE = timedelta(minutes=1)

_Reading = tuple[list[Claimed], "Future[list[Mail | Failure]]"]


class Filer:
    """`desk` returns the desk in force; `filed` is called after each commit."""

    def __init__(
        self,
        store: Store,
        blobs: Blobs,
        reader: Reader,
        *,
        desk: Callable[[], Desk],
        clock: Callable[[], datetime],
        filed: Callable[[], None],
    ) -> None:
        self.alive: Callable[[], None] = lambda: None
        self._store = store
        self._blobs = blobs
        self._reader = reader
        self._desk = desk
        self._clock = clock
        self._filed = filed
        self._ahead: deque[_Reading] = deque()
        self._unsure = False  # whether mails may be claimed that are not in hand
        self._ready = False  # whether the reading child has started

    def step(self) -> bool:
        """Files one batch; False when nothing waits. Raises StoreDown, BlobsDown or ReadingDown."""
        try:
            return self._step()
        except CancelledError:
            return False  # the daemon ends; what is claimed is taken back at its next start

    def _step(self) -> bool:
        if not self._ready:
            # A claim counts as an attempt: no mail is to be blamed for what ends the daemon while it starts.
            self._reader.wait_until_ready()
            self._ready = True
        while self._may_claim() and (batch := self._claim()):
            self._ahead.append((batch, self._submit(batch)))
        if not self._ahead:
            return False
        batch, reading = self._ahead[0]
        while not wait([reading], _SLICE).done:
            self.alive()  # a batch may take all the time that its mails may take
        try:
            results = reading.result()
        except CancelledError:
            raise
        except Exception:
            self.release()  # no mail is to blame when no child can be started
            raise
        self._file(batch, results)  # when the store is down, the batch stays at the head
        self._ahead.popleft()
        return True

    def release(self) -> None:
        """Gives back what is claimed and not filed, as if it had not been tried."""
        if self._ahead:
            self._give_back([each for batch, _ in self._ahead for each in batch])
        self._ahead.clear()

    def _may_claim(self) -> bool:
        suspects = any(claimed.attempts > 1 for batch, _ in self._ahead for claimed in batch)
        return len(self._ahead) < (1 if self._unsure else _AHEAD) and not suspects

    def _claim(self) -> list[Claimed]:
        now = self._clock()
        limit = self._desk().settings.limits.reading_attempts
        unsure, self._unsure = self._unsure, True  # a commit whose answer is lost may have claimed mails
        with self._store.begin() as work:
            if unsure:
                work.inbound.reclaim()
            every = work.inbound.claim(now=now, until=now + _CLAIM, limit=_BATCH)
            batch = _together(every)
            work.inbound.release(every[len(batch) :])
            guilty = bool(batch) and batch[0].attempts > limit
            # Attempts are counted before reading, so a mail that ends the daemon is known as such.
            reason = f"reading it ended the daemon {limit} times"
            if guilty:
                work.inbound.quarantine(batch[0], reason=reason)
        self._unsure = False
        if not guilty:
            return batch
        maillog.quarantined(batch[0].id, reason)
        return self._claim()

    def _submit(self, batch: list[Claimed]) -> Future[list[Mail | Failure]]:
        try:
            return read(self._reader, self._blobs, batch, trusted=self._desk().trusted)
        except BlobsDown:
            self._give_back(batch)
            raise

    def _give_back(self, claimed: list[Claimed]) -> None:
        with self._store.begin() as work:
            work.inbound.release(claimed)

    def _file(self, batch: Sequence[Claimed], results: Sequence[Mail | Failure]) -> None:
        desk = self._desk()
        with self._store.begin() as work:
            told = [self._file_one(work, desk, *each) for each in zip(batch, results, strict=True)]
        self._filed()
        self.alive()
        for tell in told:
            tell()

    def _file_one(self, work: Work, desk: Desk, claimed: Claimed, result: Mail | Failure) -> Callable[[], None]:
        """Returns what tells the log, which must hear of nothing before it is committed."""
        try:
            filed = self._try(work, desk, claimed, result)
            if isinstance(filed, Outcome):
                return partial(_log, desk, claimed, filed)
            return self._failed(work, desk, claimed, filed.reason, filed.traceback)
        except StaleClaim:
            return partial(maillog.overtaken, "mail", claimed.id)

    def _try(self, work: Work, desk: Desk, claimed: Claimed, result: Mail | Failure) -> Outcome | Failure:
        if isinstance(result, Failure):
            return result
        try:
            with work.savepoint():
                return file_mail(work, desk, claimed, result, raw=self._blobs.get, now=self._clock())
        except (StaleClaim, StoreDown):
            raise
        except Exception as error:  # the one catch-all: it keeps the mail and its traceback
            if isinstance(error, BlobsDown) and not isinstance(error, BlobMissing):
                raise  # no mail is to blame
            return Failure(f"{type(error).__name__}: {error}", traceback.format_exc())

    def _failed(self, work: Work, desk: Desk, claimed: Claimed, reason: str, trace: str) -> Callable[[], None]:
        if claimed.attempts >= desk.settings.limits.reading_attempts:
            work.inbound.quarantine(claimed, reason=reason, traceback=trace)
            return partial(maillog.quarantined, claimed.id, reason)
        rest = pause(
            claimed.attempts,
            first=_FIRST_PAUSE,
            longest=_LONGEST_PAUSE,
            jitter=random.random(),  # noqa: S311
        )
        work.inbound.deferred(claimed, reason=reason, next_attempt=self._clock() + rest)
        return partial(maillog.retried, claimed.id, claimed.attempts, reason)


def _together(claimed: list[Claimed]) -> list[Claimed]:
    """The leading mails that may share a batch: one that was tried before is a suspect and goes alone."""
    suspects = [index for index, each in enumerate(claimed) if each.attempts > 1]
    if not suspects:
        return claimed
    return claimed[: suspects[0] or 1]


def _log(desk: Desk, claimed: Claimed, outcome: Outcome) -> None:
    if outcome.quarantined:
        maillog.quarantined(claimed.id, outcome.quarantined)
    if outcome.ticket and outcome.case:
        ref = desk.ref(outcome.ticket.id)
        maillog.filed(claimed.id, ref, outcome.case.match.kind, outcome.ticket.priority)
        if outcome.suppressed:
            maillog.suppressed(claimed.id, ref, outcome.suppressed)
