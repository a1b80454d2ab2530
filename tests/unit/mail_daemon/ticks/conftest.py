"""An office whose policy has all that time acts on."""

from __future__ import annotations

import pytest

from mail_daemon.store.store import Store
from tests.office import Office
from tests.unit.mail_daemon.ticks.watched import watched


@pytest.fixture
def office(store: Store) -> Office:
    return Office(store, watched())
