"""A desk whose customers are told of maintenance."""

from __future__ import annotations

import pytest

from tests.office import Office
from tests.unit.mail_daemon.changes.announced import ACME, BETA, GAMMA, employ


@pytest.fixture
def house(office: Office) -> Office:
    """A desk with these accounts."""
    employ(office, ACME, BETA, GAMMA)
    return office
