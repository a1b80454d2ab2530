"""From which day on an account waits, and from which day its portals may be closed (policy section 12)."""

from __future__ import annotations

import pytest

from mail_daemon.domain.standing import Standing, standing


@pytest.mark.parametrize(("days", "expected"), [
    (0, Standing.GOOD),
    (21, Standing.GOOD),  # "more than 21 days"
    (22, Standing.HELD),
    (29, Standing.HELD),
    (30, Standing.SUSPENDED),  # "thirty (30) days or more"
    (31, Standing.SUSPENDED),
    (100_000, Standing.SUSPENDED),
])  # fmt: skip
def test_the_days_decide_as_the_policy_says(days: int, expected: Standing) -> None:
    assert standing(days, disputed=False, hold_after=21, suspend_from=30) is expected


@pytest.mark.parametrize("days", [0, 22, 30, 400])
def test_a_disputed_bill_counts_as_paid(days: int) -> None:
    assert standing(days, disputed=True, hold_after=21, suspend_from=30) is Standing.GOOD


@pytest.mark.parametrize(("days", "expected"), [(9, Standing.GOOD), (10, Standing.SUSPENDED), (40, Standing.SUSPENDED)])
def test_who_is_suspended_is_held_as_well_even_where_the_figures_are_swapped(days: int, expected: Standing) -> None:
    assert standing(days, disputed=False, hold_after=30, suspend_from=10) is expected
