"""SIGKILL at random moments: nothing is lost, nothing is doubled."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance import killed
from tests.acceptance.desk import Desk
from tests.servers.dovecot import Dovecot
from tests.servers.sink import Sink

pytestmark = pytest.mark.acceptance


def test_killed_at_random_moments_the_daemon_files_and_answers_each_mail_once(
    tmp_path: Path, dovecot: Dovecot, sink: Sink, database_url: str
) -> None:
    desk = Desk(tmp_path, sink=sink, dovecot=dovecot, database=database_url, changes=killed.CHANGES)
    outcome = killed.run(desk, dovecot, count=200, kills=15 if "sqlite" in database_url else 10, seed=3)
    assert outcome.problems == []
