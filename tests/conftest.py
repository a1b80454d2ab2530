"""The real servers of the tests; where one is not installed, its tests are skipped with what is missing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import dovecot as dovecot_server
from tests.servers import postgres as postgres_server
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres
from tests.servers.sink import Sink


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    """A Dovecot of the test's own, with empty mailboxes."""
    if not dovecot_server.installed():
        pytest.skip("Dovecot is missing: apt install dovecot-imapd dovecot-lmtpd")
    if not shutil.which("openssl"):
        pytest.skip("openssl is missing: apt install openssl")
    with Dovecot() as running:
        yield running


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    """An SMTP server of the test's own that accepts everything until told otherwise."""
    with Sink(tmp_path / "sink") as running:
        yield running


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL for all tests; each takes a database of its own from it."""
    if not postgres_server.installed():
        pytest.skip("PostgreSQL is missing: apt install postgresql")
    with Postgres() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database: what uses it runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/mail-daemon.db"
    server: Postgres = request.getfixturevalue("postgres")
    return server.url(server.database())
