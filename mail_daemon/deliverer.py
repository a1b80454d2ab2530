"""The deliverer's thread: claims letters of one channel that are due and sends them, one after the other.

Mails and pushes each have a deliverer of their own, so that no slow push server holds up a mail.
"""

from __future__ import annotations

import random
import threading
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal

from mail_daemon.desk import Desk
from mail_daemon.stages.deliver import Answer, Road, deliver, send
from mail_daemon.store.rows import Waiting
from mail_daemon.store.store import Store
from responders.smtp import MOST_WAITS, Unreachable

_BATCH = 50


class Deliverer:
    """`road` returns the mail server's relay in force, which a reload may have replaced; or the way of pushes."""

    def __init__(
        self,
        store: Store,
        road: Callable[[], Road],
        *,
        desk: Callable[[], Desk],
        clock: Callable[[], datetime],
        channel: Literal["mail", "push"] = "mail",
    ) -> None:
        self.alive: Callable[[], None] = lambda: None
        self.stopping = threading.Event()
        self._store = store
        self._road = road
        self._desk = desk
        self._clock = clock
        self._channel = channel
        self._claimed: deque[Waiting] = deque()
        self._until = datetime.min.replace(tzinfo=UTC)  # when the claim runs out
        self._connected: Road | None = None
        self._unsure = False  # whether letters may be claimed that are not in hand
        self._answered: tuple[Waiting, Answer] | None = None  # not committed yet: the store was down

    def step(self) -> bool:
        """Sends one batch; False when nothing is due. Raises StoreDown, or Unreachable for the mail server."""
        self._commit()
        if not self._claimed and not self._claim():
            return False
        try:
            while self._claimed and not self._late() and not self.stopping.is_set():
                answer = send(self._current_road(), self._claimed[0])
                self._answered = self._claimed.popleft(), answer
                self._commit()
                self.alive()
        except Unreachable:
            self.release()
            raise
        return True

    def release(self) -> None:
        """Gives back what is claimed and not sent, as if it had not been tried."""
        if self._claimed:
            with self._store.begin() as work:
                work.outbox.release(list(self._claimed))
            self._claimed.clear()

    def close(self) -> None:
        self._current_road().close()

    def _current_road(self) -> Road:
        """The road in force; the connection of one that a reload has replaced is closed."""
        road = self._road()
        if self._connected is not None and self._connected is not road:
            self._connected.close()
        self._connected = road
        return road

    def _commit(self) -> None:
        if self._answered:
            letter, answer = self._answered
            jitter = random.random()  # noqa: S311  spreads retries; no secret
            deliver(self._store, self._desk(), letter, answer, now=self._clock(), jitter=jitter)
            self._answered = None

    def _claim(self) -> bool:
        now = self._clock()
        until = now + 2 * self._longest_send()
        unsure, self._unsure = self._unsure, True  # a commit whose answer is lost may have claimed letters
        with self._store.begin() as work:
            if unsure:
                work.outbox.reclaim(self._channel)
            claimed = work.outbox.claim(now=now, until=until, limit=_BATCH, channel=self._channel)
        self._claimed.extend(claimed)
        self._until, self._unsure = until, False
        return bool(claimed)

    def _late(self) -> bool:
        """Whether the claim could run out while the next letter is sent: then it is anybody's, and dropped."""
        if self._clock() + self._longest_send() > self._until:
            self._claimed.clear()
        return not self._claimed

    def _longest_send(self) -> timedelta:
        return self._desk().settings.smtp.timeout * MOST_WAITS
