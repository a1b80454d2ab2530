"""Section 10: new versions, features and improvements cost nothing. It is a text in the letters that bring them."""

from __future__ import annotations

import pytest

from tests.acceptance.policy.announced import announced
from tests.acceptance.policy.walked import said
from tests.commands import Shell
from tests.office import Office

pytestmark = pytest.mark.acceptance


@pytest.mark.parametrize("upgrade", [True, False])
def test_who_hears_of_a_new_version_reads_that_it_costs_nothing(office: Office, shell: Shell, *, upgrade: bool) -> None:
    announced(shell, upgrade=upgrade)
    (words,) = said(office, "maintenance")
    assert ("The new version costs you nothing: every new version of our software" in words) is upgrade
