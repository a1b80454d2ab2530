"""What work costs: policy sections 3, 4 and 13, as figures."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail_daemon.domain.billing import KINDS, Rate, Verdict, Worked, charges, parse_worked, spoken_worked

RATE = Rate(Decimal("125.00"), "USD", minimum=60, increment=30)
REVIEWED = {"cause_review": True, "fault": "customer"}
BILLED: dict[str, dict[str, Any]] = {"emergency": REVIEWED, "install": {"billable": "tonight"}, "professional": {}}

kinds = st.sampled_from(KINDS)
minutes = st.integers(min_value=1, max_value=1440)


def bill(kind: str, *worked: int, ticket: int = 1, rate: Rate = RATE, **facts: Any) -> list[str]:
    """The amount of each entry."""
    facts = facts or BILLED[kind]
    return [str(each.amount) for each in charges([Worked(ticket, kind, each, **facts) for each in worked], rate)]


def total(kind: str, worked: Sequence[int], rate: Rate = RATE) -> Decimal:
    return sum((Decimal(amount) for amount in bill(kind, *worked, rate=rate)), Decimal(0))


@pytest.mark.parametrize(
    ("kind", "worked", "amount"),
    [
        # "a billable support rate of $125.00 per hour will be charged, with a one-hour minimum"
        ("install", 1, "125.00"),
        ("install", 60, "125.00"),
        ("install", 61, "187.50"),
        ("install", 90, "187.50"),
        ("install", 91, "250.00"),
        ("emergency", 5, "125.00"),
        ("emergency", 150, "312.50"),
        # "Professional Services Fees or Custom programming is billed at $125 per hour in half-hour increments"
        ("professional", 1, "62.50"),
        ("professional", 30, "62.50"),
        ("professional", 31, "125.00"),
        ("professional", 60, "125.00"),
    ],
)
def test_an_hour_is_the_least_then_half_hours_begun(kind: str, worked: int, amount: str) -> None:
    assert bill(kind, worked) == [amount]


def test_a_tickets_work_of_one_kind_is_added_up_before_it_is_rounded() -> None:
    assert bill("install", 20, 20, 20, 1) == ["125.00", "0.00", "0.00", "62.50"]
    assert bill("professional", 20, 20, 20) == ["62.50", "62.50", "0.00"]


def test_each_kind_and_each_ticket_is_counted_for_itself() -> None:
    entries = [
        Worked(1, "install", 10, billable="tonight"),
        Worked(1, "professional", 10),
        Worked(1, "install", 10, billable="tonight"),
        Worked(2, "install", 10, billable="tonight"),
    ]
    assert [str(each.amount) for each in charges(entries, RATE)] == ["125.00", "62.50", "0.00", "125.00"]


def test_what_is_taken_back_is_credited() -> None:
    assert bill("install", 90, -30) == ["187.50", "-62.50"]
    assert bill("install", 30, -30) == ["125.00", "-125.00"]


@pytest.mark.parametrize(
    ("kind", "facts", "verdict", "why"),
    [
        ("emergency", {"cause_review": True, "fault": "customer"}, Verdict.BILLED, "the customer's fault"),
        ("emergency", {"cause_review": True, "fault": "provider"}, Verdict.FREE, "our fault"),
        ("emergency", {"cause_review": True}, Verdict.OPEN, "to be reviewed: whose fault it was"),
        ("emergency", {"cause_review": False}, Verdict.FREE, "no priority 1 outside standard hours"),
        ("install", {"billable": "priority handling"}, Verdict.BILLED, "priority handling"),
        ("install", {"billable": None}, Verdict.FREE, "planned within standard hours"),
        ("professional", {"fault": "provider"}, Verdict.BILLED, "professional services"),
    ],
)
def test_what_is_billed_and_why(kind: str, facts: dict[str, Any], verdict: Verdict, why: str) -> None:
    (charge,) = charges([Worked(1, kind, 60, **facts)], RATE)
    assert (charge.verdict, charge.why) == (verdict, why)
    assert charge.amount == (Decimal("0.00") if verdict is Verdict.FREE else Decimal("125.00"))


@pytest.mark.parametrize(
    ("hourly", "worked", "amount"), [("99.99", 30, "50.00"), ("0.01", 30, "0.01"), ("100.03", 30, "50.02")]
)
def test_halves_of_a_cent_go_up(hourly: str, worked: int, amount: str) -> None:
    assert bill("professional", worked, rate=Rate(Decimal(hourly), "USD", 60, 30)) == [amount]


@given(kinds, minutes, minutes)
def test_more_minutes_never_cost_less(kind: str, one: int, more: int) -> None:
    assert total(kind, [one + more]) >= total(kind, [one])


@given(kinds, st.lists(minutes, min_size=1, max_size=8), st.decimals(min_value=0, max_value=999, places=2))
def test_how_work_is_cut_into_entries_changes_nothing(kind: str, worked: list[int], hourly: Decimal) -> None:
    rate = Rate(hourly, "USD", 60, 30)
    assert total(kind, worked, rate) == total(kind, [sum(worked)], rate)


@given(kinds, minutes, st.integers(0, 180), st.integers(1, 120))
def test_what_is_billed_is_no_less_than_what_was_worked_and_less_than_an_increment_beyond_it(
    kind: str, worked: int, minimum: int, increment: int
) -> None:
    billed = Rate(Decimal(1), "USD", minimum, increment).minutes(worked, kind)
    least = 0 if kind == "professional" else minimum
    assert max(worked, least) <= billed < max(worked, least) + increment
    assert (billed - least) % increment == 0


@pytest.mark.parametrize(
    ("text", "worked"),
    [("1h30m", 90), ("2h", 120), ("45m", 45), (" 1H ", 60), ("-30m", -30), ("-1h5m", -65), ("90m", 90)],
)
def test_time_as_agents_write_it(text: str, worked: int) -> None:
    assert parse_worked(text) == worked


@pytest.mark.parametrize("text", ["", "-", "0m", "90", "1h 30m", "1.5h", "m", "1d", "٣h", "1h30m x", "99999h"])
def test_what_is_no_time_is_answered_with_how_it_is_written(text: str) -> None:
    with pytest.raises(ValueError, match="write it like 1h30m, 2h or 45m, or -30m to take back"):
        parse_worked(text)


@given(st.text())
def test_no_text_makes_it_fail_otherwise(text: str) -> None:
    with contextlib.suppress(ValueError):
        parse_worked(text)


@given(st.integers(-9999, 9999).filter(bool))
def test_what_is_told_is_what_is_read(worked: int) -> None:
    assert parse_worked(spoken_worked(worked)) == worked
