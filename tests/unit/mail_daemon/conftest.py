"""A database with all tables for each test, and a desk that works with it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mail_daemon.store.migrate import upgrade
from mail_daemon.store.store import Store
from tests.office import Office, desk


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all tables and no rows, to be copied, which is faster than making it anew."""
    folder = tmp_path_factory.mktemp("empty")
    store = Store("sqlite:///mail-daemon.db", base=folder)
    upgrade(store)
    store.close()
    return folder / "mail-daemon.db"


@pytest.fixture
def store(empty_database: Path, tmp_path: Path) -> Iterator[Store]:
    shutil.copy(empty_database, tmp_path / "mail-daemon.db")
    store = Store("sqlite:///mail-daemon.db", base=tmp_path)
    yield store
    store.close()


@pytest.fixture
def office(store: Store) -> Office:
    """A desk without trusted servers: an agent is proven by the token alone."""
    return Office(store, desk())


@pytest.fixture
def guarded(store: Store) -> Office:
    """A desk that trusts a server's Authentication-Results: an agent needs a DMARC pass, too."""
    return Office(store, desk({"trusted": {"authserv_ids": ("mx.desk.example",)}}))
