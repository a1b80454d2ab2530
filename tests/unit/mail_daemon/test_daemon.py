"""The daemon's main thread outlives what goes wrong beside its workers."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from mail_daemon import daemon
from mail_daemon.daemon import Daemon, Wiring
from mail_daemon.store.blobs import Blobs
from mail_daemon.store.store import Store
from parsers.sandbox import Reader
from responders.smtp import Relay
from tests.fakes import FakeReader, FakeRelay
from tests.office import NOW, desk


@pytest.fixture
def handlers() -> Iterator[None]:
    """The signals are the tests' again afterwards."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def run(store: Store, folder: Path, reload: Callable[[], bool]) -> None:
    """Until SIGTERM."""
    relay = cast(Relay, FakeRelay())
    begun = Daemon(
        Wiring(
            store=store,
            blobs=Blobs("file:blobs", folder),
            reader=cast(Reader, FakeReader()),
            clock=lambda: NOW,
            desk=desk,
            mailboxes=list,
            listeners=lambda _: [],
            relay=lambda: relay,
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
