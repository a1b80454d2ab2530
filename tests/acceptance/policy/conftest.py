"""The desk as it ships, at work on a new database for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from mail_daemon.desk import Desk
from mail_daemon.store.migrate import upgrade
from mail_daemon.store.store import Store
from tests.acceptance import shipped
from tests.commands import Shell
from tests.office import Office

URL = "sqlite:///var/mail-daemon.db"


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Desk]:
    """A config folder with an empty database, and its desk."""
    folder = tmp_path_factory.mktemp("shipped") / "config"
    desk = shipped.desk(folder)
    (folder / "var").mkdir()
    store = Store(URL, base=folder)
    upgrade(store)
    store.close()
    return folder, desk


@pytest.fixture
def shell(installed: tuple[Path, Desk], tmp_path: Path) -> Iterator[Shell]:
    """The commands, on the office's own config folder."""
    yield Shell(Path(shutil.copytree(installed[0], tmp_path / "config")))
    structlog.reset_defaults()


@pytest.fixture
def office(installed: tuple[Path, Desk], shell: Shell) -> Iterator[Office]:
    store = Store(URL, base=shell.folder)
    yield Office(store, installed[1])
    store.close()
