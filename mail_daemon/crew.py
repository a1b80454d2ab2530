"""The threads that work for the desk: the filer, the timekeeper, the deliverer and the pusher; each wakes the next."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime

from mail_daemon.deliverer import Deliverer
from mail_daemon.desk import Desk
from mail_daemon.filer import Filer
from mail_daemon.store.blobs import Blobs
from mail_daemon.store.errors import StoreDown
from mail_daemon.store.store import Store
from mail_daemon.timekeeper import Beginning, Timekeeper
from mail_daemon.workers import Worker
from parsers.sandbox import Reader
from responders.push import Push
from responders.smtp import Relay

_TICK = 5.0  # seconds
_TICK_ONCE = 0.2


class Crew:
    """`looked` says whether each mailbox has been looked at once, `polled` whether no more mail can come.

    With `once`, each ends after the one before it: the pollers, the filer, the timekeeper, the two that deliver.
    """

    def __init__(
        self,
        store: Store,
        blobs: Blobs,
        reader: Reader,
        relay: Callable[[], Relay],
        push: Push,
        *,
        desk: Callable[[], Desk],
        clock: Callable[[], datetime],
        down: tuple[type[Exception], ...],
        looked: Callable[[], bool],
        polled: Callable[[], bool],
        once: bool,
    ) -> None:
        self._filer = Filer(store, blobs, reader, desk=desk, clock=clock, filed=self._ring_others)
        ready = self._filed if once else Beginning(store, looked).over
        keeper = Timekeeper(store, desk=desk, clock=clock, ready=ready, fired=self._ring_deliverers)
        self._deliverer = Deliverer(store, relay, desk=desk, clock=clock)
        self._pusher = Deliverer(store, lambda: push, desk=desk, clock=clock, channel="push")
        tick = _TICK_ONCE if once else _TICK
        self.filing = Worker("filer", self._filer.step, down=down, once=polled if once else None, tick=tick)
        self.keeping = Worker("timekeeper", keeper.step, down=down, once=self._filed if once else None, tick=tick)
        kept = self._kept if once else None
        self.delivering = Worker("deliverer", self._deliverer.step, down=down, once=kept, tick=tick)
        self.pushing = Worker("pusher", self._pusher.step, down=down, once=kept, tick=tick)
        self._filer.alive, self._deliverer.alive = self.filing.alive, self.delivering.alive
        self._pusher.alive = self.pushing.alive
        self.workers = (self.filing, self.keeping, self.delivering, self.pushing)

    def start(self) -> None:
        for worker in self.workers:
            worker.start()

    def ring(self) -> None:
        for worker in self.workers:
            worker.wake()

    def hurry(self) -> None:
        """The daemon ends: no further letter is begun."""
        self._deliverer.stopping.set()
        self._pusher.stopping.set()

    def release(self) -> None:
        """Gives back what was claimed and not done, where its thread has ended."""
        with contextlib.suppress(StoreDown):
            if not self.filing.is_alive():
                self._filer.release()
            if not self.delivering.is_alive():
                self._deliverer.release()
                self._deliverer.close()
            if not self.pushing.is_alive():
                self._pusher.release()

    def _ring_others(self) -> None:
        self.keeping.wake()
        self._ring_deliverers()

    def _ring_deliverers(self) -> None:
        self.delivering.wake()
        self.pushing.wake()

    def _filed(self) -> bool:
        return not self.filing.is_alive()

    def _kept(self) -> bool:
        return not self.keeping.is_alive()
