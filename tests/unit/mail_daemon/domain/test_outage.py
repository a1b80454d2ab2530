"""The story of an outage, out of the events of its ticket."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from mail_daemon.domain.outage import Outage, outage
from mail_daemon.store.rows import Event
from tests.stored import NOW


def after(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


def event(minutes: int, what: str, **detail: Any) -> Event:
    return Event(1, 1001, after(minutes), "ann", what, detail, None, None)


def status(minutes: int, before: str, to: str) -> Event:
    return event(minutes, "status changed", **{"from": before, "to": to})


def priority(minutes: int, before: int, to: int) -> Event:
    return event(minutes, "priority changed", **{"from": before, "to": to})


def told(*events: Event, began: int = 0) -> Outage:
    return outage(events, reported=NOW, began=after(began), acknowledged=after(1), answered=after(9))


def story(found: Outage) -> list[tuple[int, str]]:
    return [((each.at - NOW) // timedelta(minutes=1), each.what.value) for each in found.timeline]


RESTORED = (status(9, "new", "open"), status(50, "open", "monitoring"), priority(50, 1, 3))


def test_an_outage_from_its_report_to_its_end() -> None:
    found = told(*RESTORED, status(600, "monitoring", "resolved"), priority(600, 3, 4))
    assert story(found) == [(0, "reported"), (1, "acknowledged"), (9, "answered"), (50, "restored"), (600, "resolved")]
    assert (found.restored, found.resolved) == (after(50), after(600))
    assert found.lasted == timedelta(minutes=50)


def test_while_it_lasts_it_has_no_duration() -> None:
    found = told(status(9, "new", "open"))
    assert found.restored is None
    assert found.lasted is None


def test_resolved_at_once_it_is_restored_by_that() -> None:
    assert told(status(30, "open", "resolved")).lasted == timedelta(minutes=30)


def test_a_relapse_ends_with_the_last_restoration() -> None:
    back = (status(70, "monitoring", "open"), priority(70, 3, 1))
    assert told(*RESTORED, *back).restored is None
    found = told(*RESTORED, *back, status(90, "open", "monitoring"), priority(90, 1, 3))
    assert story(found)[3:] == [(50, "restored"), (70, "relapsed"), (90, "restored")]
    assert found.lasted == timedelta(minutes=90)


def test_a_question_about_a_resolved_outage_does_not_bring_it_back() -> None:
    found = told(*RESTORED, status(600, "monitoring", "resolved"), status(700, "resolved", "open"))
    assert found.restored == after(50)
    assert found.resolved is None
    assert story(found)[-1] == (700, "reopened")


def test_a_resolved_outage_that_is_reported_again_is_back() -> None:
    ended = (status(600, "monitoring", "resolved"), priority(600, 3, 4))
    found = told(*RESTORED, *ended, priority(700, 4, 1), status(700, "resolved", "open"))
    assert found.restored is None
    assert story(found)[-2:] == [(700, "relapsed"), (700, "reopened")]


def test_trouble_that_grows_counts_from_its_raise() -> None:
    found = told(priority(120, 3, 2), status(150, "open", "monitoring"), priority(150, 2, 3), began=120)
    assert story(found)[-2:] == [(120, "raised"), (150, "restored")]
    assert found.lasted == timedelta(minutes=30)


def test_an_outage_on_a_ticket_that_was_solved_before_is_a_new_one() -> None:
    found = told(status(10, "open", "resolved"), priority(300, 4, 1), status(300, "resolved", "open"), began=300)
    assert (300, "raised") in story(found)
    assert found.restored is None


def test_the_vendor_and_a_work_around_are_told_and_a_lowering_is_not() -> None:
    found = told(status(20, "open", "vendor"), event(30, "work-around noted", text="x"), priority(40, 1, 2))
    assert story(found)[3:] == [(20, "vendor"), (30, "workaround")]


def test_time_on_hold_is_the_accounts_own_affair() -> None:
    found = told(*RESTORED, status(60, "monitoring", "on_hold"), status(80, "on_hold", "monitoring"))
    assert found.restored == after(50)
    assert len(found.timeline) == 4


def test_what_was_put_down_later_is_told_when_it_happened() -> None:
    late = event(55, "status changed", **{"from": "open", "to": "monitoring", "at": after(48).isoformat()})
    assert told(late).restored == after(48)


@pytest.mark.parametrize(
    "what", ["clock", "category changed", "assignee changed", "rfo drafted", "held status changed"]
)
def test_inner_affairs_are_not_told(what: str) -> None:
    assert len(told(event(20, what, to="monitoring", **{"from": "open"})).timeline) == 3
