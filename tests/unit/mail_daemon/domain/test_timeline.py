"""A clock's story: its row and its events, put in order."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from mail_daemon.domain.kept import Outcome, outcome
from mail_daemon.domain.timeline import Story, stories
from mail_daemon.store.rows import Clock
from tests.stored import NOW

HOUR = timedelta(hours=1)
Change = tuple[datetime, dict[str, Any]]


def clock(kind: str = "response", **fields: Any) -> Clock:
    given: dict[str, Any] = {"state": "running", "started": NOW, "due": NOW + 4 * HOUR} | fields
    return Clock(
        **{"id": 1, "ticket_id": 1, "kind": kind, "paused_at": None, "stopped_at": None, "next_at": None, **given}
    )


def change(hours: float, did: str, kind: str = "response", **detail: Any) -> Change:
    due = detail.pop("due", None)
    detail["due"] = (NOW + due * HOUR).isoformat() if due else None
    if "at" in detail:
        detail["at"] = (NOW + detail["at"] * HOUR).isoformat()
    return NOW + hours * HOUR, {"clock": kind, "did": did, **detail}


def told(clocks: list[Clock], *events: Change, hours: float = 1) -> list[Story]:
    return stories(clocks, events, opened=NOW, now=NOW + hours * HOUR)


def moments(story: Story) -> list[tuple[float, str]]:
    return [((moment.at - NOW) / HOUR, moment.did) for moment in story.timeline]


def test_one_that_runs_begins_with_the_ticket_and_ends_with_what_is_to_come() -> None:
    (story,) = told([clock()])
    assert moments(story) == [(0, "started"), (4, "due")]
    assert story.timeline[0].due == NOW + 4 * HOUR
    assert story.outcome is Outcome.OPEN


def test_what_happened_stands_where_it_happened() -> None:
    """An agent's answer of hour 3 is filed in hour 5, after the breach."""
    (story,) = told(
        [clock(state="met", stopped_at=NOW + 3 * HOUR)],
        change(4, "breached", due=4, why="The customer was told"),
        change(5, "met", due=4, at=3),
    )
    assert moments(story) == [(0, "started"), (3, "met"), (4, "breached")]
    assert story.outcome is Outcome.MET


def test_a_broken_promise_shows_when_it_was_due() -> None:
    (story,) = told([clock(state="met", stopped_at=NOW + 6 * HOUR)], change(6, "met", due=4))
    assert moments(story) == [(0, "started"), (4, "due"), (6, "met")]
    assert (story.outcome, story.stopped) == (Outcome.BROKEN, NOW + 6 * HOUR)


def test_a_pause_moves_the_due_time_and_the_first_one_is_kept() -> None:
    (story,) = told(
        [clock(due=NOW + 6 * HOUR)], change(1, "paused", due=4), change(3, "resumed", due=6, why="the customer replied")
    )
    assert moments(story) == [(0, "started"), (1, "paused"), (3, "resumed"), (6, "due")]
    assert [moment.due for moment in story.timeline[:3]] == [NOW + 4 * HOUR, NOW + 4 * HOUR, NOW + 6 * HOUR]
    assert story.timeline[2].why == "the customer replied"


def test_one_that_was_paused_has_no_time_to_come() -> None:
    (story,) = told([clock(state="paused", paused_at=NOW + HOUR)], change(1, "paused", due=4))
    assert moments(story) == [(0, "started"), (1, "paused")]


def test_a_ticket_that_was_taken_up_again_has_a_story_for_each_of_its_clocks() -> None:
    first, second = told(
        [
            clock(state="met", stopped_at=NOW + HOUR),
            clock("resolution", state="met", stopped_at=NOW + HOUR),
            clock(started=NOW + 9 * HOUR, due=NOW + 13 * HOUR),
        ],
        change(1, "met", due=4),
        change(9, "started", due=13),
        change(12, "warned", due=13),
    )[::2]
    assert moments(first) == [(0, "started"), (1, "met")]
    assert moments(second) == [(9, "started"), (12, "warned"), (13, "due")]


def test_clocks_that_all_began_later_have_their_own_starts() -> None:
    first, second = told(
        [clock("page", due=None, state="met", stopped_at=NOW + 2 * HOUR), clock("page", due=None)],
        change(1, "started", "page"),
        change(2, "met", "page"),
        change(3, "started", "page"),
    )
    assert moments(first) == [(1, "started"), (2, "met")]
    assert moments(second) == [(3, "started")]
    assert (first.started, second.started, first.outcome) == (NOW + HOUR, NOW + 3 * HOUR, None)


def test_an_update_clock_begins_with_the_ticket_though_its_row_began_anew() -> None:
    (story,) = told(
        [clock("update", started=NOW + 2 * HOUR, due=NOW + 3 * HOUR)], change(2, "re-aimed", "update", due=3), hours=2.5
    )
    assert moments(story) == [(0, "started"), (2, "re-aimed"), (3, "due")]


@pytest.mark.parametrize(
    ("state", "due", "stopped", "paused", "expected"),
    [
        ("met", 4, 4, None, Outcome.MET),
        ("met", 4, 4.01, None, Outcome.BROKEN),
        ("running", 4, None, None, Outcome.BROKEN),  # now is hour 4
        ("running", 4.01, None, None, Outcome.OPEN),
        ("paused", 3, None, 2, Outcome.OPEN),
        ("paused", 3, None, 3.5, Outcome.BROKEN),
        ("ended", 4, 2, None, Outcome.ENDED),
        ("ended", 2, 3, None, Outcome.BROKEN),
        ("running", None, None, None, Outcome.UNDUE),
        ("met", None, 2, None, Outcome.UNDUE),
    ],
)
def test_a_promise_is_kept_up_to_its_last_moment(
    state: str, due: float | None, stopped: float | None, paused: float | None, expected: Outcome
) -> None:
    def at(hours: float | None) -> datetime | None:
        return None if hours is None else NOW + hours * HOUR

    assert outcome(state, at(due), stopped=at(stopped), paused=at(paused), now=NOW + 4 * HOUR) is expected
