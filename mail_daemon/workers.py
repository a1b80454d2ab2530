"""One thread with one step that it repeats: work, wait when idle, wait longer when something is down."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from mail_daemon import maillog
from mail_daemon.domain.retry import pause

_FIRST_PAUSE = timedelta(seconds=1)
_LONGEST_PAUSE = timedelta(minutes=1)


class Worker(threading.Thread):
    """Repeats `step` until it is stopped.

    `step` returns whether there may be more to do at once; when not, `idle` waits. `down` are the exceptions
    that mean "try again later" and whose text is one line for the log. With `once`, the thread ends at the
    first idle moment at which `once` says that nothing more can come, and at the first failure.
    """

    def __init__(
        self,
        name: str,
        step: Callable[[], bool],
        *,
        down: tuple[type[Exception], ...],
        idle: Callable[[], None] | None = None,
        once: Callable[[], bool] | None = None,
        tick: float = 5.0,
    ) -> None:
        super().__init__(name=name, daemon=True)
        self.beat = time.monotonic()
        self.failure: str | None = None  # what is down now
        self._step = step
        self._down = down
        self._idle = idle or self._wait_for_bell
        self._once = once
        self._tick = tick
        self._bell = threading.Event()
        self.stopping = threading.Event()

    def run(self) -> None:
        failures, dropped = 0, False  # dropped: it was the waiting that failed last
        while not self.stopping.is_set():
            self.alive()
            last = self._once is not None and self._once()  # asked before the step, so that nothing slips by
            busy, reason = self._attempt(self._step)
            # Where every wait fails, as on a server that drops each IDLE, steps alone are no recovery.
            if reason is None and (busy or not dropped):
                failures = self._recovered()
            dropped = dropped and reason is None
            if reason is None and not busy and not last:
                _, reason = self._attempt(self._idle)
                dropped = reason is not None
                failures = failures if dropped else self._recovered()
            if (reason is not None and self._once) or (last and not busy):
                break
            if reason is not None:
                failures += 1
                self._rest(failures, reason)

    def _recovered(self) -> int:
        """How many failures there have been since: none."""
        if self.failure:
            maillog.recovered(self.name, self.failure)
        self.failure = None
        return 0

    def alive(self) -> None:
        """Progress for the watchdog; a long step calls it, too."""
        self.beat = time.monotonic()

    def wake(self) -> None:
        self._bell.set()

    def stop(self) -> None:
        self.stopping.set()
        self._bell.set()

    def _attempt(self, action: Callable[[], bool | None]) -> tuple[bool, str | None]:
        """Whether there may be more to do at once, and what is down."""
        try:
            return bool(action()), None
        except self._down as fault:
            reason = str(fault)
        except Exception as defect:
            maillog.crashed(self.name, defect)
            reason = f"{type(defect).__name__}: {defect}"
        self.failure = reason
        return False, reason

    def _rest(self, failures: int, reason: str) -> None:
        # Jitter spreads reconnects; nothing secret depends on it.
        seconds = pause(
            failures,
            first=_FIRST_PAUSE,
            longest=_LONGEST_PAUSE,
            jitter=random.random(),  # noqa: S311
        ).total_seconds()
        maillog.waiting(self.name, reason, seconds)
        deadline = time.monotonic() + seconds
        while not self.stopping.is_set() and (left := deadline - time.monotonic()) > 0:
            self.stopping.wait(min(left, self._tick))
            self.alive()

    def _wait_for_bell(self) -> None:
        self._bell.wait(self._tick)
        self._bell.clear()
