"""The daemon's main thread outlives what goes wrong beside its workers."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from mail_daemon import daemon
from mail_daemon.daemon import Daemon, Wiring
from mail_daemon.mailboxes.base import MailboxDown
from mail_daemon.store.blobs import Blobs
from mail_daemon.store.store import Store
from parsers.sandbox import Reader
from responders.push import Push
from responders.smtp import Relay
from tests.fakes import FakeReader, FakeRelay
from tests.office import NOW, desk
from tests.stored import letter


@pytest.fixture
def handlers() -> Iterator[None]:
    """The signals are the tests' again afterwards."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def run(
    store: Store,
    folder: Path,
    reload: Callable[[], bool],
    *,
    relay: FakeRelay | None = None,
    listeners: Sequence[Any] = (),
    reader: FakeReader | None = None,
) -> None:
    """Until SIGTERM."""
    sender = cast(Relay, relay or FakeRelay())
    begun = Daemon(
        Wiring(
            store=store,
            blobs=Blobs("file:blobs", folder),
            reader=cast(Reader, reader or FakeReader()),
            clock=lambda: NOW,
            desk=desk,
            mailboxes=list,
            listeners=lambda _: listeners,
            relay=lambda: sender,
            push=Push(lambda recipient: ""),
            take_over_imports=lambda: 0,
            reload=reload,
            watched=[folder],
        )
    )
    begun.listen()
    begun.run()


@pytest.mark.usefixtures("handlers")
def test_neither_a_failing_watch_nor_a_failing_reload_ends_it(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watches, reloads = [0], [0]

    def watch(*_paths: Path, **_options: Any) -> Iterator[set[str]]:
        watches[0] += 1
        if watches[0] == 1:
            raise OSError("no inotify instance is left")
        while True:
            yield {"policy.yaml"}
            time.sleep(0.1)

    def reload() -> bool:
        reloads[0] += 1
        if reloads[0] == 1:
            raise OSError("too many open files")
        os.kill(os.getpid(), signal.SIGTERM)
        return False

    monkeypatch.setattr(daemon, "watch", watch)
    monkeypatch.setattr(daemon, "_WATCH_PAUSE", 0.01)
    run(store, tmp_path, reload)
    assert reloads[0] >= 2


@pytest.mark.usefixtures("handlers")
def test_a_letter_put_off_by_a_clock_that_was_ahead_leaves_soon_after_the_start(store: Store, tmp_path: Path) -> None:
    with store.begin() as work:
        work.outbox.add([letter(next_attempt=NOW + timedelta(days=1))])
    relay = FakeRelay()
    relay.before = lambda: os.kill(os.getpid(), signal.SIGTERM)
    run(store, tmp_path, lambda: False, relay=relay)
    assert len(relay.accepted) == 1


@pytest.mark.usefixtures("handlers")
def test_after_a_jump_of_the_clock_it_looks_for_such_letters_again(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wall = [time.time]
    monkeypatch.setattr(daemon.time, "time", lambda: wall[0]())
    brought = Daemon._bring_back
    relay = FakeRelay()
    relay.before = lambda: os.kill(os.getpid(), signal.SIGTERM)

    def bring_back(self: Daemon) -> Any:
        done = brought(self)
        if wall[0] is time_as_it_is:
            with store.begin() as work:
                work.outbox.add([letter(next_attempt=NOW + timedelta(days=1))])
            wall[0] = lambda: time_as_it_is() - 86_400
        return done

    time_as_it_is = wall[0]
    monkeypatch.setattr(Daemon, "_bring_back", bring_back)
    run(store, tmp_path, lambda: False, relay=relay)
    assert len(relay.accepted) == 1


class Listener:
    """A listener that can't listen if it is told so."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault, self.stopped = fault, False

    def start(self) -> None:
        if self.fault:
            raise self.fault

    def stop(self) -> None:
        self.stopped = True


@pytest.mark.usefixtures("handlers")
def test_a_listener_that_can_not_listen_ends_it_and_leaves_nothing_running(store: Store, tmp_path: Path) -> None:
    closed: list[bool] = []
    reader = FakeReader()
    reader.close = lambda: closed.append(True)  # type: ignore[method-assign]
    first, second = Listener(), Listener(MailboxDown("can't listen on 127.0.0.1:2424"))
    with pytest.raises(MailboxDown, match="can't listen"):
        run(store, tmp_path, lambda: False, reader=reader, listeners=[first, second])
    assert (first.stopped, second.stopped, closed) == (True, False, [True])
