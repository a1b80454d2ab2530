"""Planned maintenance that is told of too late, twice at once, or in the middle of a crash."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mail_daemon.changes import maintenance
from mail_daemon.changes.errors import ChangeError
from mail_daemon.changes.maintenance import Round, TooLate
from mail_daemon.changes.maintenance_letters import written
from mail_daemon.desk import Desk
from tests.office import HOUR, NOW, Office
from tests.unit.mail_daemon.changes.announced import (
    ACME,
    BETA,
    SAID,
    announce,
    employ,
    entry,
    mails,
)

# --- the time -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("late_by", "says"), [(timedelta(0), "has begun"), (4 * HOUR, "is over")])
def test_a_window_in_the_past_is_refused_unless_it_is_meant(house: Office, late_by: timedelta, says: str) -> None:
    house.now = SAID.starts + late_by
    with pytest.raises(TooLate, match=f"this window {says}; write a later one, or add --late"):
        announce(house)
    assert len(announce(house, late=True)) == 3


def test_a_running_window_may_grow_but_not_move(house: Office) -> None:
    announce(house)
    house.now = SAID.starts + HOUR
    with pytest.raises(TooLate):
        announce(house, replace(SAID, starts=SAID.starts + timedelta(minutes=1)))
    assert announce(house, replace(SAID, ends=SAID.ends + HOUR))[0] == ("dana@acme.example", "updated")
    _, event = entry(mails(house, "dana@acme.example")[-1])
    assert str(event["x-maintnote-status"]) == "IN-PROCESS"


def test_the_same_file_after_the_end_tells_nobody_new(house: Office) -> None:
    announce(house)
    house.now = SAID.ends
    employ(house, ACME.model_copy(update={"contacts": (*ACME.contacts, "new@acme.example")}), BETA)
    assert announce(house) == []


# --- faults -------------------------------------------------------------------------------------------------


def test_a_crash_between_leaves_nothing_behind(house: Office) -> None:
    def broken(desk: Desk, due: Round) -> Any:
        yield next(written(desk, due.said, due.before, due.posts, sequence=0, now=NOW))
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"), house.store.begin() as work:
        due = maintenance.announce(work, house.desk, SAID, now=NOW)
        maintenance.carry_out(work, due, broken(house.desk, due), now=NOW)
    assert house.letters() == []
    assert len(announce(house)) == 3


def test_two_who_announce_at_once_send_it_once(house: Office) -> None:
    with house.store.begin() as work:
        due = maintenance.announce(work, house.desk, SAID, now=NOW)
    announce(house)
    with pytest.raises(ChangeError, match="somebody else has just announced it"), house.store.begin() as work:
        maintenance.carry_out(work, due, iter(()), now=NOW)
    assert len(house.letters()) == 3
