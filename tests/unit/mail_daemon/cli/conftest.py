"""A configured desk of its own for each test, with its commands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests import commands
from tests.commands import Shell, configured
from tests.office import Office


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """A desk without a database."""
    yield Shell(configured(tmp_path / "config"))
    structlog.reset_defaults()  # `run` sends the log to its own standard error


@pytest.fixture
def office(shell: Shell, empty_database: Path) -> Iterator[Office]:
    """The desk of the shell at work, with its database."""
    office = commands.at_work(shell.folder, empty_database)
    yield office
    office.store.close()
