"""A new database for each test, once on SQLite and once on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mail_daemon.store.migrate import upgrade
from mail_daemon.store.store import Store
from tests.servers import postgres
from tests.servers.postgres import Postgres


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """One PostgreSQL for all tests, which a test that stops it starts again."""
    if not postgres.installed():
        pytest.skip("PostgreSQL is missing: apt install postgresql")
    with Postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Postgres) -> str:
    """A database with all tables, since copying one is faster than making them anew."""
    name = postgres_server.database()
    store = Store(postgres_server.url(name))
    upgrade(store)
    store.close()
    return name


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.integration)])
def blank(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store whose database has no tables yet."""
    if request.param == "sqlite":
        store = Store("sqlite:///var/mail-daemon.db", base=tmp_path)
    else:
        server = request.getfixturevalue("postgres_server")
        store = Store(server.url(server.database()))
    yield store
    store.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.integration)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store that is ready."""
    if request.param == "sqlite":
        store = Store("sqlite:///var/mail-daemon.db", base=tmp_path)
        upgrade(store)
    else:
        server = request.getfixturevalue("postgres_server")
        store = Store(server.url(server.database(request.getfixturevalue("postgres_template"))))
    yield store
    store.close()
