"""The poller: nothing is told to the mailbox that is not stored, and nothing is stored twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mail_daemon.mailboxes.base import MailboxDown
from mail_daemon.poller import Poller
from mail_daemon.store.blobs import Blobs
from mail_daemon.store.errors import BlobsDown, StoreDown
from tests.fakes import FailingStore, FakeMailbox
from tests.office import NOW


def raw(number: int) -> bytes:
    return f"Message-ID: <{number}@acme.example>\r\nSubject: {number}\r\n\r\nHello\r\n".encode()


class Bench:
    def __init__(self, folder: Path, *mails: bytes, batch: int = 100) -> None:
        self.store = FailingStore("sqlite:///mail-daemon.db", base=folder)
        self.blobs = Blobs("file:blobs", folder)
        self.mailbox = FakeMailbox(*mails, received=NOW, batch=batch)
        self.arrived: list[int] = []  # mails stored, at each call
        self.poller = Poller(
            self.mailbox,
            self.store,
            self.blobs,
            poll_seconds=60,
            clock=lambda: NOW,
            arrived=lambda: self.arrived.append(self.stored()),
        )

    def stored(self) -> int:
        with self.store.read() as work:
            return sum(work.inbound.get(number) is not None for number in range(1, 20))


@pytest.fixture
def folder(store: Any, tmp_path: Path) -> Path:
    return tmp_path


def test_new_mails_are_stored_and_then_done_with(folder: Path) -> None:
    bench = Bench(folder, raw(1), raw(2))
    assert bench.poller.step() is False
    assert bench.stored() == 2
    assert bench.mailbox.finished == ["1:1", "1:2"]
    assert bench.arrived == [2]


def test_the_mailbox_is_told_nothing_before_the_mails_are_durable(folder: Path) -> None:
    bench = Bench(folder, raw(1))
    bench.mailbox.before_done = lambda: bench.stored() == 1 or pytest.fail("done with a mail that is not stored")
    bench.poller.step()
    with bench.store.read() as work:
        stored = work.inbound.get(1)
    assert stored is not None
    assert bench.blobs.get(stored.blob) == raw(1)


def test_a_large_mailbox_comes_in_batches_each_stored_and_told(folder: Path) -> None:
    bench = Bench(folder, *map(raw, range(5)), batch=2)
    bench.poller.step()
    assert bench.arrived == [2, 4, 5]


def test_the_same_mail_in_two_mailboxes_is_stored_once(folder: Path) -> None:
    bench = Bench(folder, raw(1))
    bench.poller.step()
    other = Bench(folder, raw(1))
    other.mailbox.name = "sales"
    other.poller.step()
    assert other.stored() == 1
    assert other.mailbox.finished == ["1:1"]


@pytest.mark.parametrize("fault", ["failing", "losing"])
def test_when_the_store_is_down_the_mails_stay_in_the_mailbox(folder: Path, fault: str) -> None:
    bench = Bench(folder, raw(1))
    setattr(bench.store, fault, 1)
    with pytest.raises(StoreDown):
        bench.poller.step()
    assert bench.mailbox.finished == []
    bench.poller.step()
    assert bench.stored() == 1


def test_when_the_blobs_are_down_the_mails_stay_in_the_mailbox(folder: Path) -> None:
    (folder / "blobs").write_text("a file where the folder should be")
    bench = Bench(folder, raw(1))
    with pytest.raises(BlobsDown):
        bench.poller.step()
    assert bench.mailbox.finished == []
    assert bench.stored() == 0


def test_a_mailbox_that_fails_after_storing_doubles_nothing(folder: Path) -> None:
    def down() -> None:
        raise MailboxDown("connection lost")

    bench = Bench(folder, raw(1))
    bench.mailbox.before_done = down
    with pytest.raises(MailboxDown):
        bench.poller.step()
    bench.mailbox.before_done = lambda: None
    bench.poller.step()
    assert bench.stored() == 1


def test_waiting_goes_on_in_slices_that_the_watchdog_sees(folder: Path) -> None:
    bench = Bench(folder)
    seen: list[int] = []
    bench.poller.alive = lambda: seen.append(len(bench.mailbox.waits))
    bench.poller.idle()
    assert bench.mailbox.waits == [30, 30]
    assert seen == [1, 2]


def test_waiting_ends_when_something_arrives(folder: Path) -> None:
    bench = Bench(folder)
    bench.mailbox.wake()
    bench.poller.idle()
    assert bench.mailbox.waits == [30]


def test_waiting_ends_when_the_daemon_stops(folder: Path) -> None:
    bench = Bench(folder)
    bench.poller.stopping = lambda: True
    bench.poller.idle()
    assert bench.mailbox.waits == []
