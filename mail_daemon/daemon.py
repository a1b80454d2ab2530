"""The daemon only ticks: it starts the threads, rings their bells, and ends them in order.

Main thread: signals (their handlers only set events), scheduled ticks, reload, watchdog. Beside it one
thread per mailbox, one filer, one timekeeper, one deliverer of mails and one of pushes; each wakes the next,
and the ticks are the safety net.
"""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import schedule
from watchfiles import watch

from mail_daemon import maillog
from mail_daemon.crew import Crew
from mail_daemon.desk import Desk
from mail_daemon.housekeeping import EDITS, bring_back, sweep
from mail_daemon.mailboxes.base import Arrival, Mailbox, MailboxDown
from mail_daemon.poller import Poller
from mail_daemon.stages.receive import receive
from mail_daemon.store.blobs import Blobs
from mail_daemon.store.errors import BlobsDown, StoreDown
from mail_daemon.store.store import Store
from mail_daemon.systemd import notify
from mail_daemon.workers import Worker
from parsers.sandbox import Reader, ReadingDown
from responders.push import Push
from responders.smtp import Relay, Unreachable

if TYPE_CHECKING:
    from mail_daemon.mailboxes.lmtp import Lmtp

_DOWN = (StoreDown, BlobsDown, MailboxDown, ReadingDown, Unreachable)
_STOP_SECONDS = 8.0  # what is unfinished then is abandoned as in a crash, and repeated at the next start
_STUCK_SECONDS = 600.0  # without progress of a thread; beyond every time limit of its libraries
_JUMP_SECONDS = 30.0
_WATCH_PAUSE = 60.0  # seconds


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
    push: Push
    reload: Callable[[], bool]  # True when mailboxes must be opened anew
    take_over_imports: Callable[[], int]  # how many accounts, 0 where nothing is new; looks into the database
    watched: Sequence[Path]


class Daemon:
    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._stop = threading.Event()
        self._reload = threading.Event()
        self._signal = ""
        self._pollers: list[Worker] = []
        self._polled: list[Poller] = []
        self._crew = self._gather()
        self._ticks = schedule.Scheduler()

    def run(self) -> None:
        """Runs until one of the signals that `listen` took; an edit of a watched file reloads.

        Raises MailboxDown when a listener can't listen.
        """
        listeners = self._listeners()
        self._open_mailboxes()
        self._crew.start()
        threading.Thread(target=self._watch, name="watch", daemon=True).start()
        notify("READY=1")
        self._tick_until_stopped()
        maillog.stopping(self._signal)
        notify("STOPPING=1")
        for listener in listeners:
            listener.stop()
        self._end([*self._pollers, *self._crew.workers])
        maillog.stopped()

    def run_once(self) -> list[str]:
        """One pass over everything that is due; returns what was down."""
        self._crew = self._gather(once=True)
        self._open_mailboxes(once=True)
        self._crew.start()
        workers = [*self._pollers, *self._crew.workers]
        for worker in workers:
            worker.join()
        self._release()
        return [f"{worker.name}: {worker.failure}" for worker in workers if worker.failure]

    def _gather(self, *, once: bool = False) -> Crew:
        wiring = self._wiring
        return Crew(
            wiring.store,
            wiring.blobs,
            wiring.reader,
            wiring.relay,
            wiring.push,
            desk=wiring.desk,
            clock=wiring.clock,
            down=_DOWN,
            looked=lambda: all(poller.looked for poller in self._polled),
            polled=lambda: not any(worker.is_alive() for worker in self._pollers),
            once=once,
        )

    def _listeners(self) -> Sequence[Lmtp]:
        """All of them, started; or none, and nothing of the daemon is left running."""
        listeners = self._wiring.listeners(self._take_in)
        with contextlib.ExitStack() as begun:
            begun.callback(self._wiring.reader.close)
            for listener in listeners:
                listener.start()
                begun.callback(listener.stop)
            begun.pop_all()
        return listeners

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

    def _ring_filer(self) -> None:
        self._crew.filing.wake()

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
        self._ticks.every(5).seconds.do(self._crew.ring)
        self._ticks.every(5).seconds.do(self._take_over_imports)
        self._ticks.every(10).seconds.do(self._feed_watchdog)
        self._ticks.every(1).hours.do(self._sweep)
        self._ticks.every(1).seconds.do(self._bring_back)

    def _bring_back(self) -> type[schedule.CancelJob] | None:
        """Once after a start or a jump of the clock: what was put off while it was ahead would wait as long."""
        longest = self._wiring.desk().settings.delivery.longest_pause
        try:
            if bring_back(self._wiring.store, now=self._wiring.clock(), longest_pause=longest):
                self._crew.ring()
        except StoreDown:
            return None  # again at the next tick
        return schedule.CancelJob

    def _feed_watchdog(self) -> None:
        for worker in (*self._pollers, *self._crew.workers):
            silent = time.monotonic() - worker.beat
            if silent > _STUCK_SECONDS:
                maillog.stuck(worker.name, silent)
                return
        notify("WATCHDOG=1")

    def _sweep(self) -> None:
        # An exception would end the loop, since `schedule` does not catch any.
        with contextlib.suppress(StoreDown, BlobsDown):
            sweep(self._wiring.store, self._wiring.blobs, now=self._wiring.clock())

    def _watch(self) -> None:
        """Begins anew where watching fails (no inotify instance left, a folder replaced): an edit must count."""
        while not self._stop.is_set():
            try:
                folders, stop = self._wiring.watched, self._stop
                for _ in watch(*folders, watch_filter=EDITS, recursive=False, stop_event=stop, raise_interrupt=False):
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

    def _take_over_imports(self) -> None:
        try:
            if accounts := self._wiring.take_over_imports():
                maillog.accounts_taken_over(accounts)
                self._crew.keeping.wake()
        except StoreDown:
            return  # the threads that work with the database say so
        except Exception as error:
            maillog.crashed("accounts", error)

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
        self._crew.hurry()
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
        self._crew.release()
        self._wiring.reader.close()
