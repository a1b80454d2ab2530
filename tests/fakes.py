"""What stands beside the daemon, in memory: a mailbox, a mail server that takes letters, the reading child.

Each counts what was asked of it, and fails when a test tells it to.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from mail_daemon.mailboxes.base import Arrival
from mail_daemon.store.errors import StoreDown
from mail_daemon.store.store import Store, Work
from parsers.mail import Mail
from parsers.sandbox import Failure, Job
from responders.smtp import LeftOut
from tests.written import mail


class FakeMailbox:
    """Holds mails under growing keys until they are done with; `batch` are handed over at a time."""

    def __init__(self, *mails: bytes, received: datetime, name: str = "support", batch: int = 100) -> None:
        self.name = name
        self.arrivals = [
            Arrival(name, f"1:{number}", received, len(raw), raw) for number, raw in enumerate(mails, start=1)
        ]
        self.before_done: Callable[[], None] = lambda: None
        self.finished: list[str] = []  # keys
        self.waits: list[float] = []
        self.arrives = False  # what `wait` answers
        self.closed = False
        self._batch = batch

    def batches(self, known: Callable[[Collection[str]], set[str]]) -> Iterator[Sequence[Arrival]]:
        stored = known([arrival.key for arrival in self.arrivals])
        new = [arrival for arrival in self.arrivals if arrival.key not in stored]
        for start in range(0, len(new), self._batch):
            yield new[start : start + self._batch]

    def done(self, batch: Sequence[Arrival]) -> None:
        self.before_done()
        self.finished += [arrival.key for arrival in batch]
        self.arrivals = [arrival for arrival in self.arrivals if arrival.key not in self.finished]

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        return self.arrives

    def wake(self) -> None:
        self.arrives = True

    def close(self) -> None:
        self.closed = True


class FakeRelay:
    """Accepts letters, but for `faults`, which it raises one by one, and `left_out`, whom it refuses."""

    def __init__(self, *faults: Exception | None) -> None:
        self.faults = deque(faults)
        self.left_out: LeftOut = {}
        self.accepted: list[bytes] = []
        self.recipients: list[tuple[str, ...]] = []
        self.before: Callable[[], None] = lambda: None
        self.closed = False

    def send(self, envelope_from: str, recipients: Sequence[str], content: bytes) -> LeftOut:
        self.before()
        fault = self.faults.popleft() if self.faults else None
        if fault is not None:
            raise fault
        self.accepted.append(content)
        self.recipients.append(tuple(recipients))
        return {to: error for to, error in self.left_out.items() if to in recipients}

    def close(self) -> None:
        self.closed = True


def as_written(raw: bytes) -> Mail | Failure:
    """Reads every mail as a customer's; what stands after the empty line is its text."""
    return mail(message_id=None, text=raw.decode().partition("\n\n")[2])


class FakeReader:
    """Reads in this process, by `read`, whose exceptions are those of the future."""

    def __init__(self, read: Callable[[bytes], Mail | Failure] = as_written) -> None:
        self.read = read
        self.batches: list[list[int]] = []  # ids of the mails
        self.before: Callable[[], None] = lambda: None

    def wait_until_ready(self) -> None:
        """A fake is ready at once."""

    def submit(self, batch: Sequence[Job]) -> Future[list[Mail | Failure]]:
        self.batches.append([job.id for job in batch])
        self.before()
        future: Future[list[Mail | Failure]] = Future()
        try:
            future.set_result([self._read_one(job) for job in batch])
        except Exception as fault:
            future.set_exception(fault)
        return future

    def _read_one(self, job: Job) -> Mail | Failure:
        try:
            raw = Path(job.path).read_bytes() if job.path else job.raw or b""
        except OSError as error:
            return Failure(f"{type(error).__name__}: {error}")
        return self.read(raw)

    def close(self) -> None:
        pass


class FailingStore(Store):
    """A real store whose next commits fail, or are done while their answer is lost."""

    failing = 0
    losing = 0

    @contextmanager
    def begin(self) -> Iterator[Work]:
        with super().begin() as work:
            yield work
            if self.failing:
                self.failing -= 1
                raise StoreDown("the disk is full")
        if self.losing:
            self.losing -= 1
            raise StoreDown("the server closed the connection")
