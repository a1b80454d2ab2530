"""The daemon only ticks: it starts the threads, rings their bells, and ends them in order.

Main thread: signals (their handlers only set events), scheduled ticks, reload, watchdog. Beside it one
thread per mailbox, one filer, one deliverer; each wakes the next, and the ticks are the safety net.
"""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import schedule
from watchfiles import watch

from mail_daemon import maillog
from mail_daemon.deliverer import Deliverer
from mail_daemon.desk import Desk
from mail_daemon.filer import Filer
from mail_daemon.mailboxes.base import Arrival, Mailbox, MailboxDown
from mail_daemon.mailboxes.lmtp import Lmtp
from mail_daemon.poller import Poller
from mail_daemon.stages.receive import receive
from mail_daemon.store.blobs import Blobs
from mail_daemon.store.errors import BlobsDown, StoreDown
from mail_daemon.store.store import Store
from mail_daemon.systemd import notify
from mail_daemon.workers import Worker
from parsers.sandbox import Reader, ReadingDown
from responders.smtp import Relay, Unreachable

_DOWN = (StoreDown, BlobsDown, MailboxDown, ReadingDown, Unreachable)
_STOP_SECONDS = 8.0  # what is unfinished then is abandoned as in a crash, and repeated at the next start
_STUCK_SECONDS = 600.0  # without progress of a thread; beyond every time limit of its libraries
_JUMP_SECONDS = 30.0
_WATCH_PAUSE = 60.0  # seconds
_ORPHAN_AGE = timedelta(days=1)  # of a blob without a row; longer than any receiving takes


@dataclass(frozen=True, slots=True)
class Wiring:
    """What app.py puts together. The callables return what is in force now, after any reload."""

    store: Store
    blobs: Blobs
    reader: Reader
    clock: Callable[[], datetime]
    desk: Callable[[], Desk]
    mailboxes: Callable[[], Sequence[tuple[Mailbox, float]]]  # each with its poll interval in seconds
    listeners: Callable[[Callable[[Arrival], None]], Sequence[Lmtp]]
    relay: Callable[[], Relay]
    reload: Callable[[], bool]  # True when mailboxes must be opened anew
    watched: Sequence[Path]


class Daemon:
    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._stop = threading.Event()
        self._reload = threading.Event()
        self._signal = ""
        self._pollers: list[Worker] = []
        self._polled: list[Poller] = []
        self._filer = Filer(
            wiring.store,
            wiring.blobs,
            wiring.reader,
            desk=wiring.desk,
            clock=wiring.clock,
            filed=self._ring_deliverer,
        )
        self._deliverer = Deliverer(wiring.store, wiring.relay, desk=wiring.desk, clock=wiring.clock)
        self._filing, self._delivering = self._desk_workers()
        self._ticks = schedule.Scheduler()

    def run(self) -> None:
        """Runs until one of the signals that `listen` took; an edit of a watched file reloads."""
        listeners = self._wiring.listeners(self._take_in)
        for listener in listeners:
            listener.start()
        self._open_mailboxes()
        for worker in (self._filing, self._delivering):
            worker.start()
        threading.Thread(target=self._watch, name="watch", daemon=True).start()
        notify("READY=1")
        self._tick_until_stopped()
        maillog.stopping(self._signal)
        notify("STOPPING=1")
        for listener in listeners:
            listener.stop()
        self._end([*self._pollers, self._filing, self._delivering])
        maillog.stopped()

    def run_once(self) -> list[str]:
        """One pass over everything that is due; returns what was down."""
        self._open_mailboxes(once=True)
        self._filing, self._delivering = self._desk_workers(once=True)
        workers = [*self._pollers, self._filing, self._delivering]
        self._filing.start()
        self._delivering.start()
        for worker in workers:
            worker.join()
        self._release()
        return [f"{worker.name}: {worker.failure}" for worker in workers if worker.failure]

    def _desk_workers(self, *, once: bool = False) -> tuple[Worker, Worker]:
        """The filer ends after all pollers, the deliverer after the filer, where everything is done once."""
        tick = 0.2 if once else 5.0
        filing = Worker("filer", self._filer.step, down=_DOWN, once=self._all_polled if once else None, tick=tick)
        filed = (lambda: not filing.is_alive()) if once else None
        delivering = Worker("deliverer", self._deliverer.step, down=_DOWN, once=filed, tick=tick)
        self._filer.alive, self._deliverer.alive = filing.alive, delivering.alive
        return filing, delivering

    # --- threads ------------------------------------------------------------------------------------------

    def _open_mailboxes(self, *, once: bool = False) -> None:
        self._polled = [
            Poller(
                mailbox,
                self._wiring.store,
                self._wiring.blobs,
                poll_seconds=poll_seconds,
                clock=self._wiring.clock,
                arrived=self._ring_filer,
            )
            for mailbox, poll_seconds in self._wiring.mailboxes()
        ]
        self._pollers = [self._poll(poller, once) for poller in self._polled]
        for worker in self._pollers:
            worker.start()

    def _poll(self, poller: Poller, once: bool) -> Worker:
        worker = Worker(
            f"mailbox {poller.mailbox.name}",
            poller.step,
            down=_DOWN,
            idle=poller.idle,
            once=(lambda: True) if once else None,
        )
        poller.alive, poller.stopping = worker.alive, worker.stopping.is_set
        return worker

    def _take_in(self, arrival: Arrival) -> None:
        """For mail that is pushed to us; the sender is answered when this returns."""
        new = receive(self._wiring.store, self._wiring.blobs, [arrival], now=self._wiring.clock())
        maillog.received(arrival.mailbox, 1, new)
        self._ring_filer()

    def _all_polled(self) -> bool:
        return not any(worker.is_alive() for worker in self._pollers)

    def _ring_filer(self) -> None:
        self._filing.wake()

    def _ring_deliverer(self) -> None:
        self._delivering.wake()

    # --- the main thread ----------------------------------------------------------------------------------

    def listen(self) -> None:
        """From now on SIGTERM and SIGINT end the daemon in order, and SIGHUP reloads. Main thread only."""

        def stop(number: int, _frame: object) -> None:
            self._signal = signal.Signals(number).name
            self._stop.set()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGHUP, lambda *_: self._reload.set())

    def _tick_until_stopped(self) -> None:
        self._plan()
        wall, steady = time.time(), time.monotonic()
        while not self._stop.wait(0.5):
            jump = (time.time() - wall) - (time.monotonic() - steady)
            wall, steady = time.time(), time.monotonic()
            if abs(jump) > _JUMP_SECONDS:
                # `schedule` counts in wall-clock time: after a jump its plan is worth nothing.
                maillog.clock_jumped(jump)
                self._plan()
            self._ticks.run_pending()
            if self._reload.is_set():
                self._reload.clear()
                self._reload_safely()

    def _plan(self) -> None:
        self._ticks.clear()
        self._ticks.every(5).seconds.do(self._ring)
        self._ticks.every(10).seconds.do(self._feed_watchdog)
        self._ticks.every(1).hours.do(self._sweep)

    def _ring(self) -> None:
        self._ring_filer()
        self._ring_deliverer()

    def _feed_watchdog(self) -> None:
        for worker in (*self._pollers, self._filing, self._delivering):
            silent = time.monotonic() - worker.beat
            if silent > _STUCK_SECONDS:
                maillog.stuck(worker.name, silent)
                return
        notify("WATCHDOG=1")

    def _sweep(self) -> None:
        def in_use(keys: Collection[str]) -> set[str]:
            with self._wiring.store.read() as work:
                return work.inbound.blobs_in_use(keys)

        # An exception would end the loop, since `schedule` does not catch any.
        with contextlib.suppress(StoreDown, BlobsDown):
            if removed := self._wiring.blobs.sweep(self._wiring.clock() - _ORPHAN_AGE, in_use):
                maillog.swept(removed)

    def _watch(self) -> None:
        """Begins anew where watching fails (no inotify instance left, a folder replaced): an edit must count."""
        while not self._stop.is_set():
            try:
                for _ in watch(*self._wiring.watched, recursive=False, stop_event=self._stop, raise_interrupt=False):
                    self._reload.set()
            except Exception as error:
                maillog.waiting("watch", f"{type(error).__name__}: {error}", _WATCH_PAUSE)
                self._stop.wait(_WATCH_PAUSE)

    def _reload_safely(self) -> None:
        """A file that vanishes while it is read, or no descriptor left, must not end the daemon."""
        try:
            self._reload_configuration()
        except Exception as error:
            maillog.crashed("reload", error)

    def _reload_configuration(self) -> None:
        notify("RELOADING=1")
        if self._wiring.reload():
            self._stop_pollers()
            for worker in self._pollers:
                worker.join(_STOP_SECONDS)
            self._close_mailboxes()
            self._open_mailboxes()
        notify("READY=1")

    # --- the end ------------------------------------------------------------------------------------------

    def _stop_pollers(self) -> None:
        for worker, poller in zip(self._pollers, self._polled, strict=True):
            worker.stop()
            poller.mailbox.wake()

    def _close_mailboxes(self) -> None:
        for worker, poller in zip(self._pollers, self._polled, strict=True):
            if not worker.is_alive():
                poller.mailbox.close()

    def _end(self, workers: Sequence[Worker]) -> None:
        deadline = time.monotonic() + _STOP_SECONDS
        self._deliverer.stopping.set()
        self._stop_pollers()
        for worker in workers:
            worker.stop()
        for worker in workers:
            worker.join(max(0.0, deadline - time.monotonic()))
            if worker.is_alive():
                maillog.abandoned(worker.name)
        self._release()

    def _release(self) -> None:
        self._close_mailboxes()
        with contextlib.suppress(StoreDown):
            if not self._filing.is_alive():
                self._filer.release()
            if not self._delivering.is_alive():
                self._deliverer.release()
                self._deliverer.close()
        self._wiring.reader.close()
