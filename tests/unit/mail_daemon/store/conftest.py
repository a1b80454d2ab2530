"""A new SQLite database for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mail_daemon.store.migrate import upgrade
from mail_daemon.store.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store("sqlite:///mail-daemon.db", base=tmp_path)
    upgrade(store)
    yield store
    store.close()
